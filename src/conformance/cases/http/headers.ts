import { valuesOf } from '../../../wire/response/fields.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, NotApplicable, Unclear } from '../../verify.ts';
import { inShort, pollAnswers, type Sample } from './answers.ts';
import { aside } from './aside.ts';
import { isEntityTag } from './entity-tag.ts';

/** A Date has whole seconds: a hold of this length shows whether it is the request's or the answer's. */
const tellingMs = 2100;

/** Answers to polls, to a publish, and to something else. */
async function answersOfAllKinds(probe: Probe): Promise<Sample[]> {
  const polls = await pollAnswers(probe, { patient: false });
  const { answer: published } = await probe.publish();
  const other = await probe.request(aside(probe));
  if (other === undefined || 'cut' in other) throw new Unclear('an ordinary GET had no answer');
  return [
    ...polls,
    { what: 'the answer to a publish', answer: published },
    { what: `the answer to GET ${aside(probe).path}`, answer: other },
  ];
}

function dateOf({ answer }: Sample): number {
  return Date.parse(valuesOf(answer.rawHeaders, 'date')[0] ?? '');
}

const date = defineCase({
  id: 'http.headers.date',
  duties: [{ level: 'MUST', authority: 'RFC 9110 §6.6.1' }],
  requires: 'Answers with 2xx, 3xx and 4xx carry a Date.',
  because: 'Caches and clients reckon ages by it, and a server that has a clock has to say when it spoke.',
  seconds: ({ constants }) => 1 + Math.min(tellingMs, (constants.hold?.ms ?? Infinity) / 2) / 1000,
  async run(probe) {
    const samples = (await answersOfAllKinds(probe)).filter(({ answer }) => answer.status < 500);
    const without = samples.filter((sample) => Number.isNaN(dateOf(sample)));
    demand(without.length === 0, 'a Date on every answer', `none on ${inShort(without)}`);
    return { seen: await whoseDate(probe) };
  },
});

/** Whether the Date of a held answer is that of the answer, by the server's own clock. */
async function whoseDate(probe: Probe): Promise<string> {
  const holdMs = Math.min(tellingMs, (probe.constants.hold?.ms ?? Number.POSITIVE_INFINITY) / 2);
  const held = await probe.subscribe();
  await held.within(holdMs);
  await probe.publish();
  const reply = await held.reply('a held poll to be answered with a message');
  const after = await probe.request(aside(probe));
  if (after === undefined || 'cut' in after || holdMs < tellingMs) {
    return 'the hold is too short to see whose Date it is';
  }
  const lag = dateOf({ what: '', answer: after }) - dateOf({ what: '', answer: reply.raw });
  return lag > 1000
    ? `the Date of a held answer is that of the request: ${lag / 1000} s before the next answer's`
    : 'the Date of a held answer is that of the answer';
}

const etagSyntax = defineCase({
  id: 'http.headers.etag-syntax',
  duties: [{ level: 'MUST', authority: 'RFC 9110 §8.8.3' }],
  requires: 'An ETag is a quoted string, with W/ before it where it is weak.',
  because: 'Caches drop what they cannot read, and a client that goes on by it then goes on from nowhere.',
  async run(probe) {
    const tags = (await answersOfAllKinds(probe)).flatMap(({ what, answer }) =>
      valuesOf(answer.rawHeaders, 'etag').map((value) => ({ what, value })),
    );
    if (tags.length === 0) throw new NotApplicable('no answer carries an ETag');
    const wrong = tags.filter(({ value }) => !isEntityTag(value));
    demand(
      wrong.length === 0,
      'every ETag to be a quoted string',
      wrong.map(({ what, value }) => `${what} has ETag: ${value}`).join('; '),
    );
    return { seen: tags.map(({ value }) => value).join(', ') };
  },
});

/** Header fields of answers. */
export const httpHeaders: readonly Case[] = [date, etagSyntax];

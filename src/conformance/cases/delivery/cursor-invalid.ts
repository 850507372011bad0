import type { ProfilePlace } from '../../../wire/extract.ts';
import { hasChannels } from '../../../wire/profile.ts';
import { variablesWithin } from '../../../wire/template.ts';
import { defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { Violation } from '../../verify.ts';
import { resetOf } from './reset.ts';
import { withCursor } from './standing.ts';

const foreign = "another channel's";

/** A cursor that nobody was given. */
interface BadCursor {
  readonly name: string;
  readonly place: ProfilePlace;
  /** Statuses that say that it is bad; undefined: any 4xx. */
  readonly demanded: readonly number[] | undefined;
}

const lenient = {
  'as now': 'a bad cursor is taken for now: the poll waits, and the next message answers it',
  'nothing skipped': 'a bad cursor is answered with every message of the channel: nothing is skipped',
} as const;
type Second = keyof typeof lenient;

export const cursorInvalid = defineCase({
  id: 'delivery.cursor.invalid',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires:
    'A cursor that is malformed, of another channel or of the future has a defined answer: a refusal or a declared reset.',
  because:
    'A place that is made up from such a cursor skips messages and nobody learns of it; and odd texts have brought servers down.',
  needs: ['cursor'],
  lenient,
  seconds: ({ constants }) => 1 + (6 * constants.deliveryBudget.ms) / 1000,
  async run(probe) {
    const { first, place } = await withCursor(probe);
    const bad = await badCursors(probe, place);
    const kept = [first.text];
    for (let i = 2; i <= 4; i++) kept.push((await probe.publish(`kept ${i}`)).text);
    const seconds = new Set<Second>();
    const seen: string[] = [];
    for (const cursor of bad) {
      const client = await probe.client();
      const held = await client.ask({ place: cursor.place, still: true, fresh: true });
      const { words, second } = await answerOf(probe, held, cursor, kept);
      if (second !== undefined) seconds.add(second);
      seen.push(`${cursor.name}: ${words}`);
    }
    const [outcome] = seconds.has('as now') ? ['as now'] : [...seconds];
    return { ...(outcome !== undefined && { outcome }), seen: seen.join('; ') };
  },
});

/** @param given a good one */
async function badCursors(probe: Probe, given: ProfilePlace): Promise<BadCursor[]> {
  const { subscribe, cursor, refuses } = probe.profile;
  const everywhere = (text: string): ProfilePlace =>
    Object.fromEntries(cursor.map(({ var: name }) => [name, text]));
  const inUrl = cursor.every(({ var: name }) => !variablesWithin(subscribe.headers).includes(name));
  const demanded = refuses.badCursor;
  const cursors: BadCursor[] = [
    { name: '"x"', place: everywhere('x'), demanded },
    { name: '"-1"', place: everywhere('-1'), demanded },
    // So long a text may also be too long a URL or header.
    { name: '4 kB', place: everywhere('x'.repeat(4096)), demanded: demanded && [...demanded, 414, 431] },
    { name: '"%00"', place: everywhere(inUrl ? '\0' : '%00'), demanded },
    { name: 'the far future', place: future(given), demanded: undefined },
  ];
  if (!hasChannels(probe.profile)) return cursors;
  // The second place there: whoever counts places by channel skips the first messages here.
  const channel = await probe.newChannel();
  const other = await withCursor(probe, channel);
  const second = await probe.publish('the second there', { channel });
  await other.client.collect([second]);
  return [...cursors, { name: foreign, place: other.client.place ?? other.place, demanded }];
}

const years = 10 * 365.25 * 24 * 60 * 60 * 1000;

/** The same kind of cursor, but far ahead. */
function future(place: ProfilePlace): ProfilePlace {
  const ahead = (value: string): string => {
    if (/^[A-Z][a-z]{2}, \d{2} /.test(value)) return new Date(Date.parse(value) + years).toUTCString();
    const digits = /\d+(?=\D*$)/.exec(value);
    if (digits === null) return `${value}zzzz`;
    return (
      value.slice(0, digits.index) +
      '9'.repeat(Math.max(9, digits[0].length)) +
      value.slice(digits.index + digits[0].length)
    );
  };
  return Object.fromEntries(Object.entries(place).map(([name, value]) => [name, ahead(String(value))]));
}

/** @throws Violation for an answer that is none of those that are accepted */
async function answerOf(
  probe: Probe,
  held: Held,
  { name, demanded }: BadCursor,
  kept: readonly string[],
): Promise<{ words: string; second?: Second }> {
  let reply = await held.within();
  const waited = reply === undefined;
  if (reply === undefined) {
    const next = await probe.publish('while a bad cursor waits');
    reply = await held.within();
    if (reply === undefined) {
      throw new Violation(
        'a poll with a bad cursor that is refused, or that the next message answers',
        `${name}: it waits, and a message that was published meanwhile does not come`,
      );
    }
    if ('raw' in reply && reply.messages.some(({ text }) => text === next.text)) {
      return refusalWanted(name, demanded, 'it waits like one from now', 'as now');
    }
  }
  if ('cut' in reply) throw new Violation('an answer', `${name}: ${inWords(reply)}`);
  const words = inWords(reply);
  const told = resetOf(reply);
  if (told !== undefined) {
    const { status } = reply.raw;
    if (demanded === undefined || demanded.includes(status)) return { words: told };
    throw new Violation(
      `the status ${demanded.join(' or ')} that the profile names for a bad cursor`,
      `${name}: ${words}`,
    );
  }
  if (reply.reading.outcome.kind === 'refused')
    throw new Violation('a refusal of the kind 4xx', `${name}: ${words}`);
  if (reply.reading.outcome.kind === 'empty' && !waited) {
    return refusalWanted(name, demanded, words, 'as now');
  }
  const got = probe.ours(reply.messages).map(({ text }) => text);
  // Where one numbering serves all channels, a cursor of another one lies behind the first message here.
  if (got[0] === kept[0] || (name === foreign && got[0] === kept[1])) {
    return refusalWanted(name, demanded, words, 'nothing skipped');
  }
  throw new Violation(
    'a refusal or a reset that is declared',
    `${name}: ${words}, which skips messages and does not say so`,
  );
}

/** @throws Violation where the profile names a status for bad cursors */
function refusalWanted(name: string, demanded: readonly number[] | undefined, words: string, second: Second) {
  if (demanded === undefined) return { words, second };
  throw new Violation(
    `the status ${demanded.join(' or ')} that the profile names for a bad cursor`,
    `${name}: ${words}`,
  );
}

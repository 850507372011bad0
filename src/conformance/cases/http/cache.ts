import { membersOf, valuesOf } from '../../../wire/response/fields.ts';
import { variablesOf } from '../../../wire/template.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, NotApplicable } from '../../verify.ts';
import { emptySeconds, inShort, pollAnswers } from './answers.ts';
import { reuseOf } from './freshness.ts';

/** Request headers in which the cursor is sent back, in lower case. */
function cursorHeaders({ profile }: Pick<Probe, 'profile'>): string[] {
  const names = new Set<string>(profile.cursor.map((source) => source.var));
  return Object.entries(profile.subscribe.headers)
    .filter(([, template]) => variablesOf(template).some((name) => names.has(name)))
    .map(([name]) => name.toLowerCase());
}

/** Whether caches tell answers to different cursors apart: by the URL, or because Vary names the headers. */
function tellsApart(probe: Probe, answer: RawAnswer): boolean {
  const varies = membersOf(answer.rawHeaders, 'vary');
  return varies.includes('*') || cursorHeaders(probe).every((name) => varies.includes(name));
}

const suppressed = defineCase({
  id: 'http.cache.suppressed',
  duties: [
    { level: 'MUST', authority: 'SEED' },
    { level: 'SHOULD', authority: 'RFC 6202 §5.6' },
    { level: 'SHOULD', authority: 'RFC 9111 §5.2.2' },
  ],
  requires: 'Every answer to a poll forbids its reuse by caches: with a message, with nothing, and errors.',
  because:
    '200, 204, 404 and 410 may be stored without being asked to (RFC 9110, section 15.1), and a stored answer ends every later poll at once (ampproject/amphtml PR 14662, engine.io-client#98).',
  lenient: { 'stale at once': 'max-age=0 only, with Vary naming the headers that hold the cursor' },
  seconds: (facts) => 1 + emptySeconds(facts),
  async run(probe) {
    const { subscribe, regular } = probe.profile;
    if (subscribe.method !== 'GET' && (regular?.method ?? subscribe.method) !== 'GET') {
      throw new NotApplicable(`polls are ${subscribe.method} requests here, which caches do not answer`);
    }
    const samples = await pollAnswers(probe, { patient: true });
    const wrong = samples.filter(({ answer }) => {
      const reuse = reuseOf(answer);
      return reuse === 'allowed' || (reuse === 'stale at once' && !tellsApart(probe, answer));
    });
    demand(
      wrong.length === 0,
      'no-store or no-cache on every answer to a poll',
      wrong
        .map(({ what, answer }) => {
          const said = valuesOf(answer.rawHeaders, 'cache-control').join(', ');
          return `${what} (${answer.status}) says ${said === '' ? 'nothing' : JSON.stringify(said)}`;
        })
        .join('; '),
    );
    const seen = inShort(samples);
    const strict = samples.every(({ answer }) => reuseOf(answer) === 'forbidden');
    return strict ? { seen } : { outcome: 'stale at once', seen };
  },
});

const noValidatorLoop = defineCase({
  id: 'http.cache.no-validator-loop',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'Validators that a browser adds by itself do not make the server answer a poll at once.',
  because:
    'A browser that has stored an answer sends its ETag or Last-Modified along; a 304 to that comes back at once, each time: a busy loop through the cache.',
  async run(probe) {
    const own = new Set(Object.keys(probe.profile.subscribe.headers).map((name) => name.toLowerCase()));
    const client = await probe.reader();
    const first = await client.subscribe();
    await probe.publish();
    const { raw } = await first.reply('a poll to be answered with a message');
    const pairs = [
      ['If-None-Match', valuesOf(raw.rawHeaders, 'etag')[0]],
      ['If-Modified-Since', valuesOf(raw.rawHeaders, 'last-modified')[0]],
    ] as const;
    const extra = pairs.flatMap(([name, value]): [string, string][] =>
      value === undefined || own.has(name.toLowerCase()) ? [] : [[name, value]],
    );
    if (extra.length > 0) {
      const repeated = await client.subscribe({ extra });
      await repeated.staysHeld(probe.pace.settleMs, `a poll with ${inWords(extra)} to be held`);
    }
    if (own.has('if-none-match')) return { seen: 'If-None-Match holds the cursor here' };
    const channel = await probe.newChannel();
    const any = await probe.subscribe({ channel, extra: [['If-None-Match', '*']] });
    await any.staysHeld(probe.pace.settleMs, 'a poll with If-None-Match: * to be held');
    return { seen: extra.length > 0 ? inWords(extra) : 'the answer has no validators' };
  },
});

function inWords(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join(' and ');
}

/** What caches on the way may do. */
export const httpCache: readonly Case[] = [suppressed, noValidatorLoop];

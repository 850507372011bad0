import type { Profile } from '../../../wire/profile.ts';
import { tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';

/** Common proxies cut an idle request after 60 s; some only after 100 s. */
const proxyMs = 55_000;
const patientProxyMs = 100_000;
const idlePolls = 5;
/** What is expected of a hold that nobody has stated or measured yet. */
const usualHoldMs = 30_000;

/** So long a hold is watched until it counts as one without an end. */
const watchedMs = ({ timing }: Profile): number =>
  Math.min(patientProxyMs, timing.probeHold ?? patientProxyMs);

const holdSeconds = ({ constants }: Pick<Probe, 'constants'>): number =>
  (constants.hold?.ms ?? usualHoldMs) / 1000;

const exists = defineCase({
  id: 'longpoll.timeout.exists',
  duties: [{ level: 'SHOULD', authority: 'RFC 6202 §5.5' }],
  requires: 'The server ends an idle hold itself, before usual proxies do: within 55 s.',
  because:
    'nginx cuts after 60 s and other proxies after 100 s, with an error that the client must guess at (aspnet/SignalR#1357, TheHive#1164, modal-client PR 7).',
  tags: ['slow'],
  lenient: { late: 'the answer comes after 55 s to 100 s' },
  seconds: ({ profile, constants }) =>
    Math.min(
      watchedMs(profile),
      constants.hold?.ms ?? (profile.hold.kind === 'unbounded' ? patientProxyMs : usualHoldMs),
    ) / 1000,
  async run(probe) {
    const atMostMs = watchedMs(probe.profile);
    const held = await probe.subscribe();
    const left = atMostMs - (probe.clock.now() - held.sentAt);
    const reply = await held.within(left);
    if (reply === undefined || 'cut' in reply) {
      const expected = `an idle hold to be ended by the server within ${atMostMs / 1000} s`;
      // A minute and more does not hang on how prompt we were.
      throw new Violation(expected, inWords(reply), { timeless: reply === undefined });
    }
    return reply.tookMs > proxyMs ? { outcome: 'late', seen: inWords(reply) } : { seen: inWords(reply) };
  },
});

/** One idle poll and the answer that ends it. */
async function idle(probe: Probe): Promise<Reply> {
  const holdMs = await probe.holdMs();
  if (holdMs === undefined) throw new NotApplicable('nobody has seen an idle hold end');
  const held = await probe.subscribe();
  const { slack, jitter } = probe.profile.hold;
  return held.reply(
    'an idle hold to be ended by a complete answer',
    1.5 * holdMs + slack + jitter + probe.budgetMs,
  );
}

const emptyForm = defineCase({
  id: 'longpoll.timeout.empty-form',
  duties: [
    { level: 'MUST', authority: 'CLAIM' },
    { level: 'SHOULD', authority: 'RFC 6202 §5.4' },
  ],
  requires: 'The idle answer is a clean success in the declared form, and cannot be taken for a message.',
  because:
    'A client that sees an error at the end of each hold shows it, or waits before it comes back (the page of the article does both).',
  needs: ['holdLimit'],
  tags: ['slow'],
  limits: ['hold'],
  lenient: { 'not a success': '304 or 408: declared, but no success by its status' },
  contested:
    '408 says that the request was not complete in time (RFC 9110, section 15.5.9); some servers use it here all the same',
  seconds: holdSeconds,
  async run(probe) {
    const reply = await idle(probe);
    const { status } = reply.raw;
    const declared = reply.reading.outcome.kind === 'empty';
    demand(declared, 'an idle answer in the form that the profile declares', inWords(reply));
    if (probe.profile.messages.format === 'whole' && status === 200 && reply.raw.bytes.length === 0)
      await differsFromEmptyMessage(probe);
    if (status === 200 || status === 204) return { seen: inWords(reply) };
    if (status === 304 || status === 408) return { outcome: 'not a success', seen: inWords(reply) };
    throw new Violation('200 or 204, or at least 304 or 408', inWords(reply));
  },
});

/** @throws Violation when an empty message that was published gets the very answer that means "nothing" */
async function differsFromEmptyMessage(probe: Probe): Promise<void> {
  const held = await probe.subscribe({ channel: await probe.newChannel() });
  if ((await probe.publishIfTaken('', { channel: held.channel })) === undefined) return;
  const reply = await held.within();
  if (reply === undefined || 'cut' in reply) return;
  demand(
    reply.raw.status !== 200 || reply.raw.bytes.length > 0,
    'an idle answer that differs from an empty message',
    `both are 200 with nothing in it`,
  );
}

const accuracy = defineCase({
  id: 'longpoll.timeout.accuracy',
  duties: [{ level: 'SHOULD', authority: 'CLAIM' }],
  requires: 'The hold lasts as long as the profile says: within 1 s or 5 %, and the declared jitter.',
  because: 'Who chooses time limits for proxies and clients goes by that figure (push-stream#5).',
  needs: ['holdLimit'],
  tags: ['slow'],
  seconds: holdSeconds,
  async run(probe) {
    const { hold } = probe.constants;
    if (hold?.from !== 'profile') throw new NotApplicable('the profile states no hold');
    const replies = await Promise.all(Array.from({ length: idlePolls }, () => idle(probe)));
    const allowedMs = Math.max(1000, 0.05 * hold.ms, probe.profile.hold.slack) + probe.profile.hold.jitter;
    const took = replies.map(({ tookMs }) => Math.round(tookMs));
    demand(
      took.every((ms) => Math.abs(ms - hold.ms) <= allowedMs),
      `each idle hold to last ${hold.ms} ms, give or take ${Math.round(allowedMs)}`,
      `they lasted ${took.join(', ')} ms`,
    );
    return { seen: `${took.join(', ')} ms` };
  },
});

/** From 50 ms before the end of the hold to 50 ms after it. */
const around = Array.from({ length: 21 }, (_, i) => -50 + 5 * i);

const boundaryNoLoss = defineCase({
  id: 'longpoll.timeout.boundary-no-loss',
  duties: [
    { level: 'SHOULD', authority: 'PRACTICE' },
    { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' },
  ],
  requires: 'A message published just as the hold ends is delivered, once.',
  because: 'The timer and the publish race for the same request: the classic loss of long polling.',
  needs: ['cursor', 'holdLimit'],
  tags: ['slow'],
  limits: ['hold'],
  seconds: (facts) => 2 * holdSeconds(facts),
  async run(probe) {
    const endsAfterMs = (await idle(probe)).tookMs;
    const results = await Promise.all(around.map((delta) => publishedAround(probe, endsAfterMs + delta)));
    const lost = around.filter((_, i) => results[i] === 'lost' || results[i] === 'passed over');
    const doubled = around.filter((_, i) => results[i] === 'doubled');
    demand(
      lost.length === 0 && doubled.length === 0,
      'every message once, whenever it was published around the end of the hold',
      `lost at ${lost.join(', ') || 'no'} ms, doubled at ${doubled.join(', ') || 'no'} ms from the end of the hold`,
      { timeless: results.includes('passed over') || results.includes('doubled') },
    );
    return { seen: `${around.length} of ${around.length} arrived once` };
  },
});

/**
 * One client whose message is published so long after its poll was sent.
 * @returns `passed over` when the next message came without it: then it is not late, but lost
 */
async function publishedAround(
  probe: Probe,
  afterMs: number,
): Promise<'once' | 'lost' | 'passed over' | 'doubled'> {
  const channel = await probe.newChannel();
  const client = await probe.reader({ channel });
  const held = await client.subscribe();
  await probe.pace.pass(held.sentAt + afterMs - probe.clock.now());
  const message = await probe.publish('at the boundary', { channel });
  const got = await client.collect([message], { first: held });
  // Whatever is delivered twice comes with the very next answer, if it comes at all.
  const next: Publication = await probe.publish('after the boundary', { channel });
  const all = [message, next];
  const came = tally([message], got).missing.length === 0;
  const more = await client.collect(came ? [next] : all);
  const { missing, doubled } = tally(all, [...got, ...more]);
  if (missing.includes(message)) return missing.includes(next) ? 'lost' : 'passed over';
  return doubled.length > 0 ? 'doubled' : 'once';
}

/** Asked for in the unit of the target; `honoured` says how long that means. */
function waits(probe: Probe, holdMs: number): { text: string; honouredMs: number | undefined }[] {
  const perUnit = probe.profile.hold.unit === 's' ? 1000 : 1;
  const asked = (ms: number) => ({ text: String(ms / perUnit), honouredMs: Math.min(ms, holdMs) });
  const huge = (value: string) => ({ text: value, honouredMs: holdMs });
  const garbage = (value: string) => ({ text: value, honouredMs: undefined });
  return [
    asked(0),
    { text: '1', honouredMs: Math.min(perUnit, holdMs) },
    asked(Math.round(holdMs / 2 / perUnit) * perUnit),
    huge(String((10 * holdMs) / perUnit)),
    huge('1000000000000'),
    huge('2147483648'),
    garbage('1e12'),
    garbage('-1'),
    garbage('abc'),
    garbage(''),
  ];
}

const clientBound = defineCase({
  id: 'longpoll.timeout.client-bound',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A wait that the client asks for is honoured, capped, and checked.',
  because:
    'A timer above 2^31-1 ms fires after 1 ms in Node (nodejs/node PR 6956; ynatm PR 8): a huge wait then becomes a busy loop. Elsewhere the parameter was ignored (couchbase sync_gateway#164).',
  needs: ['clientParam'],
  limits: ['hold'],
  seconds: holdSeconds,
  async run(probe) {
    const holdMs = await probe.holdMs();
    if (holdMs === undefined) throw new Unclear('no hold limit is known');
    const complaints = await Promise.all(
      waits(probe, holdMs).map(async ({ text, honouredMs }) => {
        const complaint = await judgeWait(probe, text, honouredMs, holdMs);
        return complaint === undefined ? [] : [`${JSON.stringify(text)}: ${complaint}`];
      }),
    );
    const wrong = complaints.flat();
    demand(
      wrong.length === 0,
      'each wait to be honoured or capped, and garbage to be refused with 400 or replaced by the default',
      wrong.join('; '),
    );
    return undefined;
  },
});

async function judgeWait(
  probe: Probe,
  text: string,
  honouredMs: number | undefined,
  holdMs: number,
): Promise<string | undefined> {
  const client = await probe.reader();
  const held = await client.ask({ waitText: text });
  const { slack, jitter, minimum = 0 } = probe.profile.hold;
  const latestMs = holdMs * 1.1 + slack + jitter + probe.budgetMs;
  const reply = await held.within(latestMs);
  if (reply === undefined) return `still held after ${Math.round(latestMs)} ms`;
  if ('cut' in reply) return inWords(reply);
  if (reply.raw.status === 400)
    return honouredMs === undefined || honouredMs === holdMs ? undefined : inWords(reply);
  if (reply.raw.status >= 400) return inWords(reply);
  // Whatever garbage is replaced by, nobody can say how long that is.
  if (honouredMs === undefined) return undefined;
  const early = reply.tookMs < Math.min(0.9 * honouredMs, honouredMs - 50);
  const lateMs = 1.1 * Math.max(honouredMs, minimum) + slack + jitter + probe.budgetMs;
  const wrong = early || reply.tookMs > lateMs;
  return wrong ? `${inWords(reply)} instead of ${Math.round(honouredMs)} ms` : undefined;
}

const preferWait = defineCase({
  id: 'longpoll.timeout.prefer-wait',
  duties: [{ level: 'MAY', authority: 'RFC 7240 §4.3' }],
  requires: '`Prefer: wait=n` bounds the hold, and the answer says so by Preference-Applied.',
  because:
    'It is the standard way to say how long a client is willing to wait (letsencrypt/acme-spec#51 asks for it).',
  needs: ['preferWait'],
  info: { ignored: 'the preference is not honoured, as it may be' },
  seconds: () => 1.1,
  async run(probe) {
    const client = await probe.reader();
    const held = await client.ask({ waitText: null, extra: [['Prefer', 'wait=1']] });
    const reply = await held.within(1000 + probe.profile.hold.slack + probe.budgetMs);
    if (reply === undefined || 'cut' in reply) return { outcome: 'ignored', seen: inWords(reply) };
    const applied = String(reply.raw.headers['preference-applied'] ?? '');
    const inTime = reply.tookMs >= 900;
    if (!inTime || !/\bwait\s*=/.test(applied)) {
      return { outcome: 'ignored', seen: `${inWords(reply)}, Preference-Applied: ${applied || 'none'}` };
    }
    return { seen: `${inWords(reply)}, Preference-Applied: ${applied}` };
  },
});

/** The end of a hold. */
export const longpollTimeout: readonly Case[] = [
  exists,
  emptyForm,
  accuracy,
  boundaryNoLoss,
  clientBound,
  preferWait,
];

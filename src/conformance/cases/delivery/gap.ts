import { quote } from '../../carries.ts';
import { type Case, type Duty, defineCase } from '../../case.ts';
import type { LossPoint } from '../../constants.ts';
import type { Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';
import { burst, burstWidth, pastRetention, remembered } from '../burst.ts';
import { Follower } from './follower.ts';
import { resetOf } from './reset.ts';
import { standing, withCursor } from './standing.ts';

const noLossDuties: readonly Duty[] = [
  { level: 'SHOULD', authority: 'PRACTICE' },
  { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' },
];

/** How long the client stays away: as short as it can, and long enough that nobody can take it for present. */
const gapsMs = [0, 100] as const;

const noLoss = defineCase({
  id: 'delivery.gap.no-loss',
  duties: noLossDuties,
  requires:
    'A message that is published between an answer and the next request is delivered by that next request.',
  because:
    'A client is away after every answer, and a server that only writes to whoever is held loses what comes then (Atmosphere#1820, push-stream#268, thelounge PR 1884).',
  dependsOn: ['longpoll.hold.answers-on-message'],
  seconds: ({ constants }) => 1 + (2 * constants.settle.ms) / 1000,
  async run(probe) {
    for (const gapMs of gapsMs) {
      const { client } = await standing(probe);
      await probe.pace.pass(gapMs);
      const second = await probe.publish('in the gap');
      const after = await client.collect([second]);
      demand(
        after.some(({ text }) => text === second.text),
        'the message that was published while no poll was out',
        `${gapMs} ms after an answer it was published and acknowledged; within ${Math.round(probe.budgetMs)} ms of the next request it did not come`,
      );
    }
    return undefined;
  },
});

const burstCount = 300;
const spacingsMs = [0, 1, 5, 20] as const;
/** What a target that promises nothing is judged by: a spacing that leaves a client time to come back. */
const easySpacingMs = 20;

const underRate = defineCase({
  id: 'delivery.gap.under-rate',
  duties: noLossDuties,
  requires: 'A client that asks again at once loses nothing, however fast messages follow each other.',
  because:
    'A server without memory delivers one message of each burst: the curve of losses over the rate is the limit that the article hints at, in numbers.',
  needs: ['everyMessage'],
  dependsOn: ['longpoll.hold.answers-on-message'],
  alone: true,
  seconds: ({ profile, constants }) => {
    const count = remembered({ profile }, burstCount);
    const publishing = spacingsMs.reduce<number>((sum, ms) => sum + Math.max(ms, 1) * count, 0);
    return (publishing + spacingsMs.length * (2 * constants.settle.ms + constants.deliveryBudget.ms)) / 1000;
  },
  async run(probe) {
    const lossCurve: LossPoint[] = [];
    // Without a promise, a message may be lost because we ourselves came back too late.
    let certain = probe.profile.claims.resume;
    const count = remembered(probe, burstCount);
    for (const spacingMs of spacingsMs) {
      const follower = await Follower.begin(probe);
      const messages = await burst(probe, count, { spacingMs, words: `every ${spacingMs} ms` });
      const { missing } = await follower.caughtUp(messages);
      // Once a later message has come, nobody can say any more that the others were only late.
      const last = await follower.caughtUp([await probe.publish('the last')]);
      follower.stop();
      certain &&= last.missing.length === 0;
      lossCurve.push({ spacingMs, sent: count, lost: missing.length });
    }
    const seen = lossCurve
      .map(({ spacingMs, sent, lost }) => `${lost} of ${sent} lost at ${spacingMs} ms`)
      .join(', ');
    const measured = { lossCurve };
    const judged = probe.profile.claims.resume ? 0 : easySpacingMs;
    if (lossCurve.every(({ spacingMs, lost }) => lost === 0 || spacingMs < judged)) return { seen, measured };
    const spacing = judged === 0 ? 'at any spacing' : `at one message every ${easySpacingMs} ms`;
    throw new Violation(`no loss ${spacing}`, seen, { measured, timeless: certain });
  },
});

const starts = { now: 'at now', oldest: 'at the oldest message', newest: 'at the newest message' } as const;
type Start = keyof typeof starts;

const firstRequest = defineCase({
  id: 'delivery.gap.first-request',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires:
    'A first request without a cursor starts where the profile says: at now, at the oldest message, or at the newest.',
  because: 'Users of the same server expect either, and are surprised by the other (nchan#366, nchan#309).',
  info: {
    now: 'the profile does not say; it starts at now',
    oldest: 'the profile does not say; it starts at the oldest message',
    newest: 'the profile does not say; it starts at the newest message',
  },
  async run(probe) {
    const { absent } = probe.profile.starts;
    const start = await observedStart(probe);
    if (absent === undefined) return { outcome: start };
    demand(start === absent, `a start ${starts[absent]}`, `it starts ${starts[start]}`);
    return { seen: starts[start] };
  },
});

/** @throws Violation when it is none of the three */
async function observedStart(probe: Probe): Promise<Start> {
  const earlier = await burst(probe, 3, { atOnce: 1, words: 'before anybody asked' });
  const client = await probe.client();
  const first = await firstPoll(client);
  const follower = Follower.from(probe, client, first);
  await probe.presence.settle(first);
  await follower.caughtUp(earlier);
  const later = await probe.publish('while somebody asks');
  await follower.caughtUp([later]);
  follower.stop();
  const texts = [...earlier, later].map(({ text }) => text);
  const got = texts.map((text) => follower.received.some((each) => each.text === text));
  if (got.every(Boolean)) return 'oldest';
  if (!got[0] && !got[1] && got[3]) return got[2] ? 'newest' : 'now';
  throw new Violation(
    'a start at now, at the oldest message or at the newest, and every message after it',
    `of three messages before the request and one after it came: ${quote(texts.filter((_, i) => got[i]))}`,
  );
}

/** @throws NotApplicable when the profile cannot write a request without a cursor */
async function firstPoll(client: Client): Promise<Held> {
  try {
    return await client.ask({ place: 'absent' });
  } catch (error) {
    if (error instanceof Unclear) throw error;
    throw new NotApplicable(`there is no request without a cursor: ${(error as Error).message}`);
  }
}

const retentionExceeded = defineCase({
  id: 'delivery.gap.retention-exceeded',
  duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }],
  requires:
    'A client whose cursor is older than what the server remembers is told so: by an error, a reset or a mark.',
  because: 'A silent jump to the newest looks to the client as if nothing had been lost (boluo#155).',
  needs: ['cursor', 'retention'],
  tags: ['load'],
  info: { 'nothing forgotten': 'more is remembered than was stated: nothing was missing yet' },
  seconds: ({ profile, constants }) =>
    1 + ((pastRetention({ profile }) ?? 0) * (constants.deliveryP50Ms / 2)) / 1000,
  async run(probe) {
    const { retention } = probe.profile.claims;
    if (retention?.count === undefined) {
      throw new NotApplicable('the retention is stated as an age alone, and nobody waits that long');
    }
    const count = pastRetention(probe);
    if (count === undefined) {
      throw new NotApplicable(`${retention.count} messages are more than anybody should publish for this`);
    }
    const { client } = await withCursor(probe);
    const missed = await burst(probe, count, { words: 'past the retention' });
    const poll = await client.ask();
    const reply = await poll.reply('an answer to a cursor that is too old', 10 * probe.budgetMs);
    const told = resetOf(reply);
    if (told !== undefined) return { seen: told };
    const [oldest] = probe.ours(reply.messages);
    const at = missed.findIndex(({ text }) => text === oldest?.text);
    // The first ones were sent side by side, so that any of them may have been stored first.
    if (at >= 0 && at < burstWidth) return { outcome: 'nothing forgotten', seen: inWords(reply) };
    throw new Violation(
      'an error, a reset or a mark that messages are missing',
      `${inWords(reply)}${at > 0 ? `, without the first ${at} of ${count} messages` : ''}`,
      { timeless: at > 0 },
    );
  },
});

/** What comes while a client is away, and where a client begins. */
export const deliveryGap: readonly Case[] = [noLoss, underRate, firstRequest, retentionExceeded];

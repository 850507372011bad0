import type { Cut } from '../../../world/real/raw/answer.ts';
import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { needs } from '../../need.ts';
import type { Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords, type Received, type Reply } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';
import { burst, remembered } from '../burst.ts';
import { cursorInvalid } from './cursor-invalid.ts';
import { Follower } from './follower.ts';
import { withCursor } from './standing.ts';

const progressCount = 200;

const progress = defineCase({
  id: 'delivery.cursor.progress',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'Cursors move on with every message and never come back to where they have been.',
  because:
    'A cursor that stands still repeats messages for ever, one that goes back repeats the past (clowder-ai#998).',
  needs: ['cursor'],
  dependsOn: ['longpoll.hold.answers-on-message'],
  seconds: ({ constants }) => 1 + (progressCount * 2 * (constants.deliveryP50Ms + 1)) / 1000,
  async run(probe) {
    const { client, place } = await withCursor(probe);
    const seen = new Map([[JSON.stringify(place), 0]]);
    const messages: Publication[] = [];
    const got: Received[] = [];
    let held = await client.subscribe();
    for (let i = 1; i <= progressCount; i++) {
      const message = await probe.publish(`step ${i}`);
      messages.push(message);
      // An answer that brings nothing (a hold that ends just now) says nothing about progress.
      for (let arrived = false; !arrived; held = await client.ask()) {
        const reply = await held.reply(`message ${i} of ${progressCount}`);
        arrived = reply.messages.some(({ text }) => text === message.text);
        got.push(...reply.messages);
        if (reply.messages.length > 0) note(seen, reply, i);
        const late = probe.clock.now() - message.acknowledgedAt > probe.budgetMs;
        demand(arrived || !late, `message ${i} of ${progressCount}`, inWords(reply));
      }
    }
    const inOrder = tally(messages, got).ordered || !probe.profile.claims.ordered;
    demand(inOrder, 'the order of publishing, as the profile claims', quote(got.map(({ text }) => text)), {
      timeless: true,
    });
    return { seen: `${progressCount} messages, ${seen.size - 1} new cursors` };
  },
});

/** @throws Violation when a cursor that came with messages has been there before */
function note(seen: Map<string, number>, { place, raw }: Reply, message: number): void {
  demand(
    place !== undefined,
    'a cursor with every message',
    `the answer ${raw.status} with message ${message} has none`,
  );
  const cursor = JSON.stringify(place);
  const before = seen.get(cursor);
  demand(
    before === undefined,
    'a new cursor with every message',
    `the cursor with message ${message} is the one that came with ${before === 0 ? 'the message before all' : `message ${before}`}: ${quote([cursor])}`,
    { timeless: true },
  );
  seen.set(cursor, message);
}

const idempotent = defineCase({
  id: 'delivery.cursor.idempotent',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'The same cursor gives the same messages again.',
  because: 'A queue that is emptied by reading poses as a log until the first answer is lost on the way.',
  needs: ['cursor', 'everyMessage'],
  dependsOn: ['delivery.gap.no-loss'],
  async run(probe) {
    const { client, place } = await withCursor(probe);
    for (let i = 1; i <= 5; i++) await probe.publish(`behind the cursor ${i}`);
    const [one, two] = [await readFrom(probe, client, place), await readFrom(probe, client, place)];
    const short = Math.min(one.length, two.length);
    const same = short > 0 && one.slice(0, short).every((text, i) => text === two[i]);
    demand(same, `the same messages as the first time: ${quote(one)}`, quote(two));
    return { seen: `${one.length} and ${two.length} messages, the same as far as both go` };
  },
});

async function readFrom(probe: Probe, client: Client, place: Client['place']): Promise<string[]> {
  const held = await client.ask({ place, still: true });
  const reply = await held.reply('an answer to a cursor behind which there are messages');
  return probe.ours(reply.messages).map(({ text }) => text);
}

const instantCount = 50;
/** What the row means by "one instant"; a slower target is told how long it took. */
const instantMs = 100;

const sameInstant = defineCase({
  id: 'delivery.cursor.same-instant',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'Messages of one tick of the clock can all be reached, wherever among them an answer ended.',
  because: 'A cursor made of seconds cannot stand between two messages of the same second (push-stream#268).',
  needs: ['cursor', 'everyMessage'],
  dependsOn: ['delivery.gap.no-loss'],
  async run(probe) {
    const { client } = await withCursor(probe);
    const follower = await Follower.begin(probe);
    const count = remembered(probe, instantCount);
    const startedAt = probe.clock.now();
    const messages = await burst(probe, count);
    const tookMs = Math.round(probe.clock.now() - startedAt);
    const walked = await client.collect(messages, { asking: needs.max[1](probe.profile) ? { max: 3 } : {} });
    const live = await follower.caughtUp(messages);
    follower.stop();
    for (const [who, { missing }] of [
      ['who was there', live],
      ['who came afterwards', tally(messages, walked)],
    ] as const) {
      demand(
        missing.length === 0,
        `all ${count} messages`,
        `${missing.length} of ${count} that were published within ${tookMs} ms never came to a client ${who}: ${quote(missing.map(({ text }) => text))}`,
      );
    }
    if (tookMs > 10 * instantMs)
      throw new Unclear(`publishing ${count} messages took ${tookMs} ms, which is no instant`);
    return { seen: `${count} messages within ${tookMs} ms, all reached` };
  },
});

const onIdle = defineCase({
  id: 'delivery.cursor.on-idle',
  duties: [
    { level: 'SHOULD', authority: 'PRACTICE' },
    { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' },
  ],
  requires: 'An answer without messages carries the cursor, or leaves the one before it valid.',
  because:
    'A client that gets no place with "nothing yet" begins anew and loses what comes before its next request.',
  needs: ['cursor'],
  limits: ['hold'],
  dependsOn: ['delivery.gap.no-loss'],
  seconds: ({ profile, constants }) =>
    1 + (profile.hold.kind === 'requested' ? 2 * constants.settle.ms : (constants.hold?.ms ?? 0)) / 1000,
  async run(probe) {
    const { client, first } = await withCursor(probe);
    const ways: string[] = [];
    const { kind, minimum = 0 } = probe.profile.hold;
    const holdMs = kind === 'requested' ? Math.max(minimum, probe.pace.settleMs) : await probe.holdMs();
    if (holdMs !== undefined) {
      const held = await client.ask(kind === 'requested' ? { waitMs: holdMs } : {});
      const limitMs = holdMs + probe.profile.hold.slack + probe.profile.hold.jitter + probe.budgetMs;
      await goesOn(probe, client, await idle(held.within(limitMs)), first.text);
      ways.push('a hold that ended');
    }
    if (probe.profile.regular !== undefined) {
      const regular = await probe.reader({ regular: true });
      await goesOn(probe, regular, await firstIdle(regular), undefined);
      ways.push('a regular poll');
    }
    if (ways.length === 0) throw new NotApplicable('no answer without messages is ever given');
    return { seen: `the next message came after ${ways.join(' and after ')}` };
  },
});

/** @throws Unclear when the answer is not there, or brings messages */
async function idle(answer: Promise<Reply | Cut | undefined>): Promise<Reply> {
  const reply = await answer;
  if (reply !== undefined && 'raw' in reply && reply.reading.outcome.kind === 'empty') return reply;
  throw new Unclear(`no answer without messages: ${inWords(reply)}`);
}

/** Polls until nothing is left. @throws Unclear when there is no end to it */
async function firstIdle(client: Client): Promise<Reply> {
  for (let polls = 1; polls < 20; polls++) {
    const reply = await client.poll();
    if (reply.messages.length === 0) return idle(Promise.resolve(reply));
  }
  return idle(client.poll());
}

/** @throws Violation unless the client, as it stands after an idle answer, gets the next message and nothing again */
async function goesOn(probe: Probe, client: Client, idled: Reply, before: string | undefined): Promise<void> {
  const next = await probe.publish('after an idle answer');
  const got = (await client.collect([next])).map(({ text }) => text);
  const after = `the idle answer ${idled.raw.status} ${idled.place === undefined ? 'had no cursor' : `had the cursor ${quote([JSON.stringify(idled.place)])}`}`;
  demand(
    got.includes(next.text),
    'the message that was published after an idle answer',
    `${after}; the message did not come`,
  );
  if (before !== undefined && got.includes(before)) {
    throw new Violation('only what came after the idle answer', `${after}; an older message came again`, {
      timeless: true,
    });
  }
}

/** Cursors: that they move, that they can be used again, and what becomes of bad ones. */
export const deliveryCursor: readonly Case[] = [progress, idempotent, sameInstant, cursorInvalid, onIdle];

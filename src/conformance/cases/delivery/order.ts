import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { persists } from '../../probe/lines.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import type { Received } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';
import { burst, remembered } from '../burst.ts';
import { Follower } from './follower.ts';
import { withCursor } from './standing.ts';

const pipelined = 100;

const onePublisher = defineCase({
  id: 'delivery.order.one-publisher',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires:
    'The publishes of one connection keep their order, also when they are sent without waiting for the answers.',
  because:
    'Handlers that work side by side store what came later first; a chat then answers before it is asked.',
  dependsOn: ['longpoll.hold.answers-on-message'],
  seconds: ({ constants }) => 1 + (pipelined * constants.deliveryP50Ms) / 1000,
  async run(probe) {
    const follower = await Follower.begin(probe);
    const texts = Array.from({ length: pipelined }, (_, i) => `${probe.newName()} number ${i + 1}`);
    if (probe.profile.publish.as === 'session') await oneByOne(probe, texts);
    else await allAtOnce(probe, texts);
    const sent = texts.map((text) => ({ text }) as Publication);
    await follower.caughtUp(sent);
    // Who loses the rest of a burst has at least its first message and this one.
    if (!follower.replies.at(-1)) throw new Unclear('nothing arrived, which is another row');
    const last = await probe.publish('after the burst');
    await follower.caughtUp([last]);
    follower.stop();
    const { missing, ordered } = tally([...sent, last], follower.received);
    const came = texts.length + 1 - missing.length;
    if (came < 2) throw new Unclear('fewer than two messages arrived, which is another row');
    const numbers = follower.received.map(({ text }) => text.replace(/^\S+ /, ''));
    demand(
      ordered,
      'the order in which they were sent',
      `they came as ${quote(outOfOrder(texts, follower, numbers))}`,
      { timeless: true },
    );
    return { seen: `${came} of ${texts.length + 1} came, in order` };
  },
});

/** What came around the first message that is out of place. */
function outOfOrder(texts: readonly string[], { received }: Follower, numbers: readonly string[]): string[] {
  const ranks = received.map(({ text }) => texts.indexOf(text));
  const at = ranks.findIndex((rank, i) => i > 0 && rank >= 0 && rank < ranks[i - 1]!);
  return numbers.slice(Math.max(0, at - 2), at + 2);
}

/** A session must not have several requests on their way. */
async function oneByOne(probe: Probe, texts: readonly string[]): Promise<void> {
  for (const text of texts) await probe.publishExactly(text);
}

/** @throws Unclear when one is not acknowledged; NotApplicable where a connection is closed after each */
async function allAtOnce(probe: Probe, texts: readonly string[]): Promise<void> {
  const connection = await probe.connect();
  const { method, ok } = probe.profile.publish;
  const requests = [];
  for (const text of texts) requests.push(await probe.encodePublish(text));
  const exchanges = requests.map(() => connection.expect(method));
  connection.write(Buffer.concat(requests));
  let last: RawAnswer | undefined;
  for (const exchange of exchanges) {
    const answer = await exchange.within(10 * probe.budgetMs);
    if (answer !== undefined && 'cut' in answer && last !== undefined && !persists(last)) {
      throw new NotApplicable(
        'a connection closes with its first answer, as that says: each carries one publish',
      );
    }
    if (answer === undefined || 'cut' in answer || !ok.includes(answer.status)) {
      throw new Unclear('a pipelined publish was not acknowledged');
    }
    last = answer;
  }
}

const publishers = 4;
const each = 50;
/** So long is the second subscriber away between two polls: long enough that several messages come together. */
const lateMs = 5;

const consistent = defineCase({
  id: 'delivery.order.consistent',
  duties: [
    { level: 'SHOULD', authority: 'PRACTICE' },
    { level: 'MUST', authority: 'CLAIM', whenClaimed: 'ordered' },
  ],
  requires: 'All subscribers see the messages of several publishers in one and the same order.',
  because:
    'Brokers of several processes give each subscriber an order of its own; then no two users have read the same talk.',
  needs: ['cursor', 'everyMessage'],
  tags: ['load'],
  seconds: ({ constants }) => 1 + (publishers * each * (2 * constants.deliveryP50Ms + lateMs)) / 1000,
  async run(probe) {
    // One is always there, one comes a little late each time, one reads everything when it is over.
    const followers = [await Follower.begin(probe), await Follower.begin(probe, { pauseMs: lateMs })];
    const { client } = await withCursor(probe);
    const count = remembered(probe, publishers * each);
    const messages = await burst(probe, count, { atOnce: publishers, spacingMs: 1 });
    const sequences: string[][] = [];
    for (const follower of followers) {
      await follower.caughtUp(messages);
      follower.stop();
      sequences.push(textsOf(messages, follower.received));
    }
    sequences.push(textsOf(messages, await client.collect(messages)));
    const [one, ...others] = sequences;
    for (const other of others) compare(one!, other);
    return { seen: `${count} messages, the same sequence for ${sequences.length} subscribers` };
  },
});

function textsOf(messages: readonly Publication[], received: readonly Received[]): string[] {
  const ours = new Set(messages.map(({ text }) => text));
  return received.map(({ text }) => text).filter((text) => ours.has(text));
}

/** @throws Violation at the first difference */
function compare(one: readonly string[], other: readonly string[]): void {
  if (one.length === other.length && one.every((text, i) => text === other[i])) return;
  const differs = one.findIndex((text, i) => text !== other[i]);
  const at = differs < 0 ? one.length : differs;
  throw new Violation(
    'the same sequence for every subscriber',
    `from message ${at + 1} on, one saw ${quote(one.slice(at, at + 2))} and another ${quote(other.slice(at, at + 2))}`,
    { timeless: one.length === other.length },
  );
}

/** The order of messages. */
export const deliveryOrder: readonly Case[] = [onePublisher, consistent];

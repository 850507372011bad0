import type { Cut } from '../../../world/real/raw/answer.ts';
import { quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';
import { burst } from '../burst.ts';
import { Follower } from './follower.ts';

/** Half of them one by one, half as fast as they go. */
const many = 500;

const none = defineCase({
  id: 'delivery.dup.none',
  duties: [
    { level: 'SHOULD', authority: 'PRACTICE' },
    { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' },
  ],
  requires: 'No message comes twice to a client that goes on from where it stands.',
  because:
    'A message that is both written to the held poll and kept for the next one is shown twice (Atmosphere#955, Atmosphere#1141).',
  seconds: ({ constants }) => 1 + (many * (constants.deliveryP50Ms + 3)) / 1000,
  async run(probe) {
    const follower = await Follower.begin(probe);
    const messages = await oneByOne(probe, follower, many / 2);
    messages.push(...(await burst(probe, many / 2, { atOnce: 4 })));
    const { missing } = await follower.caughtUp(messages);
    // What is repeated comes with the answer after: one more message brings that about.
    await follower.caughtUp([await probe.publish('the last')]);
    follower.stop();
    if (follower.received.length === 0) throw new Unclear('nothing arrived at all, which is another row');
    const again = twice(follower);
    demand(
      again.length === 0,
      'each message once',
      `${again.length} of ${many} came again: ${quote(again)}`,
      { timeless: true },
    );
    return {
      seen: `${many - missing.length} of ${many} came, each once, in ${follower.replies.length} answers`,
    };
  },
});

/** Each is published when the one before it has arrived, so that each has an answer of its own; until one is lost. */
async function oneByOne(probe: Probe, follower: Follower, count: number): Promise<Publication[]> {
  const messages: Publication[] = [];
  let waits = true;
  for (let i = 1; i <= count; i++) {
    const message = await probe.publish(`one by one ${i}`);
    messages.push(message);
    if (waits) waits = (await follower.caughtUp([message])).missing.length === 0;
  }
  return messages;
}

function twice({ received }: Follower): string[] {
  const seen = new Set<string>();
  const again = received.filter(({ text }) => seen.has(text) || !seen.add(text));
  return [...new Set(again.map(({ text }) => text))];
}

const pipelinedSubscribes = defineCase({
  id: 'delivery.dup.pipelined-subscribes',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires:
    'Two polls pipelined on one connection do not get the same message: the second gets the next one.',
  because:
    'A server that registers both at once answers both with the first message, and the second message finds nobody.',
  lenient: {
    refused: 'the second poll is refused or the session is ended, and nothing comes twice',
    released: 'the older poll is answered empty, and the newer one gets the messages',
  },
  async run(probe) {
    const { absent, now } = probe.profile.starts;
    if (now === undefined && absent !== undefined && absent !== 'now') {
      throw new NotApplicable(
        `a poll without a cursor begins at the ${absent} message here, so both rightly get the same`,
      );
    }
    const client = await probe.reader();
    const [first, second] = await pipelined(probe, client);
    const one = await probe.publish('for the first poll');
    const answer = await first.within();
    // The second poll may begin only now, and nothing tells when it has.
    await probe.pace.within(second.ended, probe.pace.settleMs);
    const two = await probe.publish('for the second poll');
    return judge(probe, [one, two], answer, await second.within());
  },
});

/** Two polls written one right after the other; the first is registered. */
async function pipelined(probe: Probe, client: Client): Promise<[Held, Held]> {
  const connection = await probe.connect();
  const first = await client.ask({ connection, place: 'start' });
  const second = await client.ask({ connection, place: 'start' });
  // The second is not held, and not counted, as long as the first is.
  await probe.presence.settle(first, 1);
  return [first, second];
}

function judge(
  probe: Probe,
  [one, two]: readonly [Publication, Publication],
  first: Reply | Cut | undefined,
  second: Reply | Cut | undefined,
) {
  const seen = `the first poll: ${inWords(first)}; the second: ${inWords(second)}`;
  const carries = (reply: Reply | Cut | undefined, { text }: Publication): boolean =>
    reply !== undefined && 'raw' in reply && probe.ours(reply.messages).some((each) => each.text === text);
  if (carries(first, one) && carries(second, one)) {
    throw new Violation(
      'each message in one of the two answers',
      'both polls were answered with the first message',
      { timeless: true },
    );
  }
  if (carries(first, one) && carries(second, two)) return undefined;
  const refused = (reply: Reply | Cut | undefined): boolean =>
    reply !== undefined && ('cut' in reply || reply.reading.outcome.kind === 'refused');
  if (refused(second) && (carries(first, one) || refused(first))) return { outcome: 'refused', seen };
  if (first !== undefined && 'raw' in first && first.messages.length === 0 && carries(second, one)) {
    return { outcome: 'released', seen };
  }
  throw new Violation('the first message for the first poll and the next one for the second', seen);
}

/** Nothing comes twice. */
export const deliveryDup: readonly Case[] = [none, pipelinedSubscribes];

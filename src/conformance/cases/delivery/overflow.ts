import { type Case, defineCase } from '../../case.ts';
import type { Asking, Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords } from '../../probe/reply.ts';
import { NotApplicable, Violation } from '../../verify.ts';
import { burst, burstWidth, pastRetention } from '../burst.ts';
import { resetOf } from './reset.ts';
import { standing } from './standing.ts';

const info = { 'nothing dropped': 'everything was kept, so there was nothing to tell' };

const signalled = defineCase({
  id: 'delivery.overflow.signalled',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'When the server drops messages that a client has not had, the client can tell.',
  because:
    'A bounded queue has to drop something, and a client that does not know of it shows a conversation with holes (nchan#689, heddle#276).',
  needs: ['bound', 'place', 'everyMessage'],
  tags: ['load'],
  info,
  seconds,
  async run(probe) {
    const { client } = await standing(probe);
    const missed = await overfill(probe);
    return told(probe, client, missed, {});
  },
});

const behindMailbox = defineCase({
  id: 'delivery.behind.mailbox',
  duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'mailbox' }],
  requires: 'A client whose place the server keeps is told when messages after that place are gone.',
  because: 'A client without a cursor has nothing by which it could notice the hole itself.',
  needs: ['mailbox', 'everyMessage'],
  tags: ['load'],
  info,
  seconds,
  async run(probe) {
    const asking: Asking = { place: 'absent' };
    const client = await probe.reader();
    // A poll that brings a message makes the place, and the cursor that comes with it is never sent back.
    const held = await client.subscribe(asking);
    const first = await probe.publish('makes the place');
    await client.collect([first], { first: held, asking });
    const missed = await overfill(probe);
    return told(probe, client, missed, asking);
  },
});

/** Where nobody says how much is kept, it is tried for so long: a client that is away for longer is dropped for that. */
const tryMs = 5000;

function seconds({ profile, constants }: Pick<Probe, 'profile' | 'constants'>): number {
  const fillMs = (pastRetention({ profile }) ?? 0) * (constants.deliveryP50Ms / 2);
  const stated = profile.claims.retention?.count !== undefined;
  return 1 + (stated ? fillMs : 2 * Math.min(fillMs, tryMs)) / 1000;
}

/** Publishes more than is kept. @throws NotApplicable when that is too much */
function overfill(probe: Probe): Promise<Publication[]> {
  const count = pastRetention(probe);
  if (count === undefined) throw new NotApplicable('so much is kept that nobody should overfill it');
  const stated = probe.profile.claims.retention?.count !== undefined;
  return burst(probe, count, { words: 'too much', atMostMs: stated ? undefined : tryMs });
}

/** Reads until the first hole, or until the end. @throws Violation at a hole of which nothing was said */
async function told(probe: Probe, client: Client, missed: readonly Publication[], asking: Asking) {
  const rank = new Map(missed.map(({ text }, i) => [text, i]));
  const got = new Set<number>();
  for (let polls = 1; polls <= missed.length; polls++) {
    const held = await client.ask(asking);
    const reply = await held.within(10 * probe.budgetMs);
    if (reply === undefined || 'cut' in reply) break;
    const said = resetOf(reply);
    if (said !== undefined) return { seen: said };
    const ranks = probe.ours(reply.messages).flatMap(({ text }) => rank.get(text) ?? []);
    if (ranks.length === 0) break;
    for (const each of ranks) got.add(each);
    // In a burst neighbours change places; more than that is a hole.
    const hole = ranks.reduce((a, b) => Math.max(a, b), 0) + 1 - got.size;
    if (hole > Math.max(burstWidth, missed.length / 20)) {
      throw new Violation(
        'a mark or an error where messages are missing',
        `${inWords(reply)}; ${hole} of the ${missed.length} messages before them are missing, and nothing says so`,
        { timeless: true },
      );
    }
    if (got.size === missed.length) return { outcome: 'nothing dropped', seen: `all ${missed.length} came` };
  }
  throw new Violation(
    'every message, or a mark or an error where some are missing',
    `${missed.length - got.size} of ${missed.length} messages never came, and nothing says so`,
  );
}

/** A queue that was too long. */
export const deliveryOverflow: readonly Case[] = [signalled];
/** A place that has fallen behind. */
export const deliveryBehind: readonly Case[] = [behindMailbox];

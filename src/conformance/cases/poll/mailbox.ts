import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';
import { inTurn } from '../burst.ts';

const count = 20;

const noStealing = defineCase({
  id: 'poll.mailbox.no-stealing',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Two pollers both get every message.',
  because: 'A queue that whoever comes first empties leaves the other with nothing.',
  needs: ['poll', 'place', 'identity', 'everyMessage'],
  async run(probe) {
    const clients = [await probe.reader({ regular: true }), await probe.reader({ regular: true })];
    const messages = await inTurn(probe, count, 'for both');
    for (const [i, client] of clients.entries()) {
      const { missing } = tally(messages, await client.collect(messages));
      demand(
        missing.length === 0,
        `all ${count} messages for each of two pollers`,
        `poller ${i + 1} missed ${missing.length}: ${quote(missing.map(({ text }) => text))}`,
      );
    }
    return undefined;
  },
});

/** What belongs to each poller. */
export const pollMailbox: readonly Case[] = [noStealing];

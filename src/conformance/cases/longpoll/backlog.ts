import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';

const immediate = defineCase({
  id: 'longpoll.backlog.immediate',
  duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }],
  requires: 'If there is something newer than the cursor, the poll is answered at once.',
  because:
    'Servers that look for news only when something is published let a waiting message wait for the whole next hold (aspComet#3, #4).',
  needs: ['place'],
  async run(probe) {
    const client = await probe.reader();
    const before = await client.subscribe();
    const first = await probe.publish('first');
    carries(probe, await before.reply('a held poll to get its message'), [first]);
    const waiting = await probe.publish('published while nobody was connected');
    const held = await client.ask({ fresh: true });
    carries(probe, await held.reply('a poll to be answered at once when a message waits for it'), [waiting]);
    return undefined;
  },
});

/** What has come while the client was away. */
export const longpollBacklog: readonly Case[] = [immediate];

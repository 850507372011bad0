import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import { inWords } from '../../probe/reply.ts';
import { Violation } from '../../verify.ts';

/** What pages, proxies and caches put behind a URL. */
const additions = ['random=0.1', '_=1&x', 'pollmark_a=1&pollmark_a=2', 'pollmark_b=%zz'];
const malformed = 'pollmark_b=%zz';

const tolerated = defineCase({
  id: 'longpoll.query.tolerated',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: 'Cache-busting and unknown query parameters change nothing.',
  because:
    'The page of the article appends a random number against caches, and so do most clients (engine.io-client#33, #190, #273).',
  lenient: { 'bad coding refused': '400 for the badly encoded value `%zz`, everything else works' },
  seconds: (facts) => cyclesS(facts, additions.length),
  async run(probe) {
    let refused = false;
    for (const query of additions) {
      // A channel of its own: a new client may begin at what was published before.
      const channel = await probe.newChannel();
      const held = await probe.subscribe({ channel, query });
      if (held.over) {
        const reply = await held.ended;
        if (query === malformed && !('cut' in reply) && reply.raw.status === 400) {
          refused = true;
          continue;
        }
        throw new Violation(`a poll with "${query}" to be held as any other`, inWords(reply));
      }
      const message = await probe.publish(query, { channel });
      carries(probe, await held.reply(`a poll with "${query}" to get its message`), [message]);
    }
    return refused ? { outcome: 'bad coding refused' } : undefined;
  },
});

/** Query parameters that mean nothing. */
export const longpollQuery: readonly Case[] = [tolerated];

import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';

const chunkBytes = [1, 7, 1000];

const harmless = defineCase({
  id: 'proxy.rechunk.harmless',
  duties: [
    { level: 'SHOULD', authority: 'RFC 6202 §3.2' },
    // Whoever is on the way may take a transfer coding off and put another one on.
    { level: 'MUST', authority: 'RFC 9112 §6.1' },
  ],
  requires: 'The borders of messages do not depend on the borders of chunks.',
  because:
    'Proxies cut and join chunks as they like; a protocol that reads a message from each chunk breaks.',
  seconds: (facts) => cyclesS(facts, chunkBytes.length),
  async run(probe) {
    for (const bytes of chunkBytes) {
      const { probe: behind } = await probe.through({ kind: 'rechunk', bytes });
      // A channel of its own: a new client may begin at what was published before.
      const channel = await probe.newChannel();
      const held = await behind.subscribe({ channel });
      const message = await probe.publish(`in pieces of ${bytes}: ${'straße '.repeat(300)}`, { channel });
      const reply = await held.flows(`the message to come in chunks of ${bytes} bytes`);
      carries(probe, reply, [message]);
    }
    return undefined;
  },
});

/** Proxies that cut answers anew. */
export const proxyRechunk: readonly Case[] = [harmless];

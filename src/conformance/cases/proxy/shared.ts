import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';

const rounds = 3;

const sharedUpstream = defineCase({
  id: 'proxy.shared-upstream',
  duties: [{ level: 'SHOULD', authority: 'RFC 6202 §5.3' }],
  requires: 'Two clients whose requests share one upstream connection are not mixed up.',
  because: "A server that takes the connection for the client hands one its neighbour's messages.",
  needs: ['channels'],
  seconds: (facts) => cyclesS(facts, 2 * rounds),
  async run(probe) {
    const { probe: behind } = await probe.through({ kind: 'shared' });
    const clients = [
      await behind.reader({ channel: await probe.newChannel() }),
      await behind.reader({ channel: await probe.newChannel() }),
    ];
    for (let round = 0; round < 2 * rounds; round++) {
      const turn = round % 2;
      const held = await clients[turn]!.subscribe();
      const message = await probe.publish('for this one', { channel: clients[turn]!.channel });
      carries(probe, await held.reply(`client ${turn + 1} to get its own message`), [message]);
    }
    return undefined;
  },
});

/** Proxies that send the requests of many over one connection. */
export const proxyShared: readonly Case[] = [sharedUpstream];

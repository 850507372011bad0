import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';

const harmless = defineCase({
  id: 'proxy.buffering.harmless',
  duties: [{ level: 'SHOULD', authority: 'RFC 6202 §5.3' }],
  requires: 'It works through a proxy that passes on whole answers only.',
  because: 'Streaming sold as long polling never gets through such a proxy.',
  async run(probe) {
    const { probe: behind } = await probe.through({ kind: 'buffer' });
    const held = await behind.subscribe({ channel: probe.channel });
    const message = await probe.publish('through a buffering proxy');
    const reply = await held.reply('the message to come through a proxy that buffers');
    carries(probe, reply, [message]);
    return undefined;
  },
});

/** Proxies that keep an answer until it is whole. */
export const proxyBuffering: readonly Case[] = [harmless];

import { quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { demand, Unclear } from '../../verify.ts';

const noTheft = defineCase({
  id: 'presence.ghost.no-theft',
  duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }],
  requires: 'A dead request does not swallow the next message of its client.',
  because:
    'After a change of network the server still writes to the old connection, and the new one hears nothing (Atmosphere#1820).',
  needs: ['place'],
  async run(probe) {
    const { relay, probe: beyond } = await probe.through({ kind: 'pass' });
    const client = await beyond.reader({ channel: probe.channel });
    await client.subscribe();
    relay.stall();
    // The same client again, by another way: same name, same place, same session.
    const back = probe.resumed(client);
    const held = await back.ask({ again: true });
    await probe.presence.settle(held);
    const message = await probe.publish('after the change of network');
    const got = await back.collect([message], { first: held });
    if (got.length === 0 && held.over)
      throw new Unclear('the poll of the returned client ended without a message');
    demand(
      got.some(({ text }) => text === message.text),
      'the message to reach the client that came back',
      `it got ${quote(got.map(({ text }) => text))}; the dead request had the same place`,
    );
    return undefined;
  },
});

/** Requests of the dead. */
export const presenceGhost: readonly Case[] = [noTheft];

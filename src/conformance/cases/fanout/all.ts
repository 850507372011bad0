import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { demand } from '../../verify.ts';

const subscribers = 50;

/** Subscribers of one channel, all settled. */
async function audience(probe: Probe, count: number): Promise<Held[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => probe.reader()));
  return Promise.all(clients.map((client) => client.subscribe({ fresh: true })));
}

async function broadcast(
  probe: Probe,
  audience: readonly Held[],
): Promise<{ message: Publication; skewMs: number }> {
  const message = await probe.publish('to all');
  const replies = await Promise.all(
    audience.map((held, i) => held.reply(`subscriber ${i + 1} of ${audience.length} to get the message`)),
  );
  for (const reply of replies) carries(probe, reply, [message]);
  const times = replies.map(({ at }) => at);
  return { message, skewMs: Math.max(...times) - Math.min(...times) };
}

const receive = defineCase({
  id: 'fanout.all.receive',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: 'Every held subscriber gets the message.',
  because: 'A server with room for one waiting request answers the last one only.',
  seconds: ({ constants }) => (4 * constants.settle.ms) / 1000,
  async run(probe) {
    const { skewMs } = await broadcast(probe, await audience(probe, subscribers));
    return {
      seen: `${subscribers} of ${subscribers}, the last ${skewMs.toFixed(1)} ms after the first`,
      measured: { fanoutSkew: [{ subscribers, skewMs }] },
    };
  },
});

const exactlyOneAnswer = defineCase({
  id: 'fanout.all.exactly-one-answer',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §9.2' }],
  requires: 'One request gets one answer with one delivery.',
  because: 'Ending a response twice puts bytes on the connection that belong to no request.',
  seconds: ({ constants }) => 1 + (4 * constants.settle.ms) / 1000,
  async run(probe) {
    const held = await audience(probe, subscribers);
    await broadcast(probe, held);
    await probe.pace.pass(1000);
    const stray = held.filter(({ connection }) => connection.strayBytes > 0);
    demand(
      stray.length === 0,
      'not a byte after the answer',
      `${stray.length} of ${held.length} connections brought more, ${stray[0]?.connection.strayBytes} bytes for instance`,
      { timeless: true },
    );
    return undefined;
  },
});

/** A message for everybody who waits. */
export const fanoutAll: readonly Case[] = [receive, exactlyOneAnswer];

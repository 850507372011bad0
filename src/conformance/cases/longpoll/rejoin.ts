import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import type { Probe } from '../../probe/probe.ts';

const cycles = 100;

const everyTime = defineCase({
  id: 'longpoll.rejoin.every-time',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Each new request after a delivery is live: the next message answers it, too.',
  because: 'There were servers on which only every second subscription worked (nchan#23, nchan#367).',
  seconds: (facts) => cyclesS(facts, cycles),
  async run(probe) {
    const client = await probe.reader();
    const beganAt = probe.clock.now();
    let idleEnds = 0;
    for (let cycle = 1; cycle <= cycles; cycle++) {
      // Even cycles come on a new connection, odd ones on the one that has just been used.
      const asking = { fresh: cycle % 2 === 0 };
      let held = await client.subscribe(asking);
      const message = await probe.publish(`cycle ${cycle}`);
      let reply = await held.reply(`poll ${cycle} of ${cycles} to be answered by its message`);
      // The end of a hold may fall into a cycle, where the server counts from something else than the request.
      if (reply.reading.outcome.kind === 'empty' && idleEnds++ < allowedIdleEnds(probe, beganAt)) {
        held = await client.ask(asking);
        reply = await held.reply(`the message of cycle ${cycle} after the end of a hold`);
      }
      carries(probe, reply, [message]);
    }
    return { seen: `${cycles} of ${cycles} answered` };
  },
});

/** How often a hold may have ended by itself since then. */
function allowedIdleEnds({ constants, clock }: Probe, since: number): number {
  const { hold } = constants;
  return hold === undefined ? 0 : Math.ceil((clock.now() - since) / hold.ms);
}

/** Coming back after an answer. */
export const longpollRejoin: readonly Case[] = [everyTime];

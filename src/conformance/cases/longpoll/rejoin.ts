import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';

const cycles = 100;

const everyTime = defineCase({
  id: 'longpoll.rejoin.every-time',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Each new request after a delivery is live: the next message answers it, too.',
  because: 'There were servers on which only every second subscription worked (nchan#23, nchan#367).',
  seconds: (facts) => cyclesS(facts, cycles),
  async run(probe) {
    const client = await probe.reader();
    for (let cycle = 1; cycle <= cycles; cycle++) {
      // Even cycles come on a new connection, odd ones on the one that has just been used.
      const held = await client.subscribe({ fresh: cycle % 2 === 0 });
      const message = await probe.publish(`cycle ${cycle}`);
      const reply = await held.reply(`poll ${cycle} of ${cycles} to be answered by its message`);
      carries(probe, reply, [message]);
    }
    return { seen: `${cycles} of ${cycles} answered` };
  },
});

/** Coming back after an answer. */
export const longpollRejoin: readonly Case[] = [everyTime];

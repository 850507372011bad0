import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import type { Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Reply } from '../../probe/reply.ts';

const cycles = 100;

const everyTime = defineCase({
  id: 'longpoll.rejoin.every-time',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Each new request after a delivery is live: the next message answers it, too.',
  because: 'There were servers on which only every second subscription worked (nchan#23, nchan#367).',
  seconds: (facts) => cyclesS(facts, cycles),
  async run(probe) {
    const client = await probe.reader();
    const ends = holdEnds(probe);
    for (let cycle = 1; cycle <= cycles; cycle++) {
      // Even cycles come on a new connection, odd ones on the one that has just been used.
      const held = await live(client, cycle % 2 === 0, ends);
      const message = await probe.publish(`cycle ${cycle}`);
      const expected = `poll ${cycle} of ${cycles} to be answered by its message`;
      let reply = await held.reply(expected);
      // The hold ended while the message was on its way.
      if (ends.may(reply)) reply = await (await client.ask()).reply(expected);
      carries(probe, reply, [message]);
    }
    return { seen: `${cycles} of ${cycles} answered` };
  },
});

/** A poll that the server holds. One that met the end of its hold, and knows nothing, is sent once more. */
async function live(client: Client, fresh: boolean, ends: HoldEnds): Promise<Held> {
  const held = await client.subscribe({ fresh });
  const early = held.over ? await held.ended : undefined;
  return early !== undefined && !('cut' in early) && ends.may(early) ? client.subscribe({ fresh }) : held;
}

interface HoldEnds {
  /** Whether this answer is empty, and may be so because a hold was over: no more often than holds are over. */
  may(reply: Reply): boolean;
}

/** Some servers count a hold from the session's last sign of life, and not from the request. */
function holdEnds(probe: Probe): HoldEnds {
  const startedAt = probe.clock.now();
  const holdMs = probe.constants.hold?.ms ?? Number.POSITIVE_INFINITY;
  let ends = 0;
  return {
    may: ({ messages, reading }) =>
      messages.length === 0 &&
      reading.outcome.kind === 'empty' &&
      ++ends <= (probe.clock.now() - startedAt) / holdMs + 0.5,
  };
}

/** Coming back after an answer. */
export const longpollRejoin: readonly Case[] = [everyTime];

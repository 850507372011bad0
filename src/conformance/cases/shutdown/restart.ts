import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, Violation } from '../../verify.ts';
import { inTurn } from '../burst.ts';

const count = 5;

const resume = defineCase({
  id: 'shutdown.restart.resume',
  duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'durable' }],
  requires: 'After a restart an old cursor works, or is refused; it is never taken for another place.',
  because: 'A server that numbers anew after a restart skips messages for every client with an old number.',
  needs: ['process', 'cursor'],
  seconds: () => 2,
  async run(probe) {
    const { instance, probe: own } = await probe.own();
    const client = await own.reader();
    const before = await own.publish('before the cursor');
    await client.collect([before]);
    const messages = await inTurn(own, count, 'before the restart');
    await instance.restart();
    const poll = await client.ask({ fresh: true });
    const reply = await poll.reply('an answer to the old cursor after the restart');
    const { outcome, session } = reply.reading;
    const told = outcome.kind === 'refused' || session !== 'open' || ('behind' in outcome && outcome.behind);
    if (told) return { seen: `the client is told: ${inWords(reply)}` };
    const got = [...reply.messages];
    const rest = messages.filter(({ text }) => !got.some((message) => message.text === text));
    if (rest.length > 0) got.push(...(await client.collect(rest)));
    const { missing, doubled } = tally(messages, got);
    if (missing.length === count)
      throw new Violation('the messages before the restart, or a sign that they are gone', inWords(reply));
    demand(
      missing.length === 0 && doubled.length === 0,
      `the same ${count} messages as before the restart`,
      `missing ${quote(missing.map(({ text }) => text))}, doubled ${quote(doubled)}`,
    );
    return { seen: `all ${count} messages from before the restart` };
  },
});

/** Coming up again. */
export const shutdownRestart: readonly Case[] = [resume];

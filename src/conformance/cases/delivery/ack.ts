import { quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { persists } from '../../probe/lines.ts';
import { inWords } from '../../probe/reply.ts';
import { demand } from '../../verify.ts';
import { withCursor } from './standing.ts';

const times = 100;

const meansVisible = defineCase({
  id: 'delivery.ack.means-visible',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Once a publish is acknowledged, a poll from before it finds the message.',
  because:
    'A server that says "ok" before it has stored the message shows an author a page without his own words, and loses them in a crash.',
  needs: ['cursorOrPoll'],
  seconds: ({ constants }) => 1 + (times * 2 * (constants.deliveryP50Ms + 1)) / 1000,
  async run(probe) {
    const regular = probe.profile.regular !== undefined;
    const client = regular ? await probe.reader({ regular }) : (await withCursor(probe)).client;
    // Opened beforehand, and not the publisher's: nothing may give the server time, or show it who asks.
    let connection = await probe.connect();
    for (let time = 1; time <= times; time++) {
      const message = await probe.publish(`visible ${time}`);
      const held = await client.ask({ connection });
      const reply = await held.reply(`message ${time} of ${times} to be there once it was acknowledged`);
      const got = probe.ours(reply.messages).map(({ text }) => text);
      demand(
        got.includes(message.text),
        `message ${time} of ${times} in the poll after its acknowledgement`,
        `${inWords(reply)}: ${quote(got)}`,
      );
      if (connection.isClosed || !persists(reply.raw)) connection = await probe.connect();
    }
    return { seen: `${times} of ${times} were there` };
  },
});

/** What an acknowledgement means. */
export const deliveryAck: readonly Case[] = [meansVisible];

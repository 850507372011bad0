import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import { persists } from '../../probe/lines.ts';
import { demand } from '../../verify.ts';

const hostile = [
  '\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  '0\r\n\r\n',
  '\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  '--boundary--\r\n\r\n--boundary\r\n',
  'Content-Length: 0\r\n\r\n',
];

const safe = defineCase({
  id: 'message.framing.safe',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §11.1' }],
  requires: 'What a message says cannot break the answer that carries it.',
  because:
    'An answer that a message can end early lets its author write the next one himself (response splitting).',
  seconds: (facts) => cyclesS(facts, hostile.length),
  async run(probe) {
    const client = await probe.reader();
    let connection = await probe.connect();
    for (const text of hostile) {
      const held = await client.subscribe({ connection });
      const message = await probe.publish(text);
      const reply = await held.reply('the message to arrive as it is');
      carries(probe, reply, [message]);
      demand(
        held.connection.violations.length === 0,
        'a connection that stays in step',
        `${held.connection.violations.join(', ')}, after ${JSON.stringify(text)}`,
      );
      // The end that such an answer announces may not be here yet.
      if (connection.isClosed || !persists(reply.raw)) connection = await probe.connect();
    }
    return undefined;
  },
});

/** Messages that look like HTTP. */
export const messageFraming: readonly Case[] = [safe];

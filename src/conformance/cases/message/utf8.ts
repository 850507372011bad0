import { quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Received } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';
import { bodyOf, chunkedHead } from '../request-parts.ts';
import { arrival } from './arrival.ts';

/** Texts that careless software changes; `name` stands for a word that makes each unlike any other. */
function delicate(name: string): Record<string, string> {
  return {
    'one to four bytes': `${name} aé€😀`,
    'joined emoji': `${name} 👩‍👩‍👧‍👦 🏳️‍🌈`,
    'right to left': `${name} \u202bשלום\u202c \u200fعالم`,
    'composed and decomposed': `${name} é e\u0301 Å A\u030a`,
    separators: `${name} \u2028 \u2029 \u0085`,
    'white space at both ends': ` \t\r\n ${name} \n\t `,
    'byte order mark at both ends': `\ufeff${name}\ufeff`,
    'quotes and backslashes': `${name} "'\\\\u0041 \\" </a> &amp; %41 + {message}`,
  };
}

const roundtrip = defineCase({
  id: 'message.utf8.roundtrip',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: 'Text survives, byte for byte, and the same text twice is two messages.',
  because:
    'Stores normalise, decoders drop the byte order mark, trimming eats white space (engine.io-parser#21).',
  seconds: (facts) => cyclesS(facts, 10),
  async run(probe) {
    const client = await probe.reader();
    let count = 0;
    for (const [what, text] of Object.entries(delicate(probe.newName()))) {
      await arrives(probe, client, text, what);
      count++;
    }
    const same = `${probe.newName()} the same text`;
    const ids = [
      await arrives(probe, client, same, 'a text'),
      await arrives(probe, client, same, 'the same text again'),
    ];
    demand(
      ids[0]!.id === undefined || ids[0]!.id !== ids[1]!.id,
      'two messages of the same text to have ids of their own',
      `both have the id ${ids[0]!.id}`,
    );
    return { seen: `${count} texts came as they were, and one twice` };
  },
});

/** One message, published while a poll waits for it. */
async function arrives(
  probe: Probe,
  client: Awaited<ReturnType<Probe['reader']>>,
  text: string,
  what: string,
): Promise<Received> {
  const held = await client.subscribe();
  const message = await probe.publishExactly(text);
  const { found, others } = await arrival(client, held, (each) => each.text === text);
  if (found !== undefined) return found;
  throw new Violation(
    `${what}: ${quote([message.text])}`,
    others.length === 0 ? 'nothing came' : `this came: ${quote(others.map((each) => each.text))}`,
  );
}

const splitText = 'é€😀 ✓';

const splitInput = defineCase({
  id: 'message.utf8.split-input',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Characters that are split over segments or chunks of the publish survive.',
  because: 'Adding each piece to a string decodes half characters (ocp#359).',
  seconds: (facts) => 0.1 + cyclesS(facts, 2),
  async run(probe) {
    const client = await probe.reader();
    const ways: string[] = [];
    for (const chunked of [false, true]) {
      const text = `${probe.newName()} ${splitText}`;
      const { head, body } = bodyOf(await probe.encodePublish(text));
      const held = await client.subscribe();
      const connection = await probe.connect();
      const exchange = connection.expect('POST');
      connection.write(chunked ? chunkedHead(head) : head);
      for (const byte of body) {
        const piece = Buffer.from([byte]);
        connection.write(chunked ? Buffer.concat([Buffer.from('1\r\n'), piece, Buffer.from('\r\n')]) : piece);
        await connection.flushed();
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (chunked) connection.write('0\r\n\r\n');
      const answer = await exchange.within(10 * probe.budgetMs);
      const refused = answer !== undefined && !('cut' in answer) && answer.status >= 400;
      if (chunked && refused && (answer.status < 500 || answer.status === 501)) {
        // A server may insist on a Content-Length (RFC 9112, section 6.3).
        ways.push(`chunks refused with ${answer.status}`);
        break;
      }
      if (answer === undefined || 'cut' in answer || refused)
        throw new Unclear('a publish in small pieces was not acknowledged');
      const { found, others } = await arrival(client, held, (each) => each.text === text);
      demand(
        found !== undefined,
        `${quote([text])}, sent ${chunked ? 'in chunks of one byte' : 'byte by byte'}`,
        others.length === 0 ? 'nothing came' : `this came: ${quote(others.map((each) => each.text))}`,
      );
      ways.push(chunked ? 'chunks of one byte' : 'segments of one byte');
    }
    return { seen: ways.join('; ') };
  },
});

const broken = Buffer.of(0xff, 0xfe, 0x80);

const invalid = defineCase({
  id: 'message.utf8.invalid',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'Bytes that are no UTF-8 are refused or kept, and not changed in silence.',
  because: 'A text that was cut in the middle of a character is taken for a whole one.',
  lenient: { replaced: 'the broken bytes became U+FFFD' },
  async run(probe) {
    const name = probe.newName();
    const bytes = Buffer.concat([Buffer.from(`${name} `), broken]);
    if (!Buffer.from(await probe.encodePublish(bytes)).includes(broken)) {
      throw new NotApplicable('this target takes text inside another format, which must be valid itself');
    }
    const client = await probe.reader();
    const held = await client.subscribe();
    const { answer, publication } = await probe.offer(bytes);
    if (answer === undefined || 'cut' in answer)
      throw new Violation('an answer to the publish', 'there was none');
    if (answer.status >= 400 && answer.status < 500) return { seen: `refused with ${answer.status}` };
    if (publication === undefined) throw new Violation('4xx or an acknowledgement', `${answer.status}`);
    const { found } = await arrival(client, held, ({ text }) => text.includes(name));
    if (found === undefined)
      throw new Violation('the bytes as they were', 'an acknowledgement, and nothing came');
    if (Buffer.from(found.bytes).equals(bytes)) return { seen: 'kept as they were' };
    if (found.text.includes('\ufffd')) return { outcome: 'replaced', seen: quote([found.text]) };
    throw new Violation('the bytes as they were', `this came: ${Buffer.from(found.bytes).toString('hex')}`);
  },
});

/** Text in messages. */
export const messageUtf8: readonly Case[] = [roundtrip, splitInput, invalid];

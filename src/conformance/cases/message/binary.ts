import { type Case, defineCase } from '../../case.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';
import { arrival } from './arrival.ts';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

const exact = defineCase({
  id: 'message.binary.exact',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'All 256 byte values survive.',
  because: 'A server that promises bytes and treats them as text spoils every picture.',
  needs: ['binary'],
  async run(probe) {
    const name = probe.newName();
    const bytes = Buffer.concat([Buffer.from(name), everyByte]);
    const sent = Buffer.from(await probe.encodePublish(bytes));
    if (!sent.includes(everyByte) && !sent.includes(bytes.toString('base64'))) {
      throw new NotApplicable('the profile has no form in which bytes are published');
    }
    const client = await probe.reader();
    const held = await client.subscribe();
    const { publication } = await probe.offer(bytes);
    if (publication === undefined) throw new Unclear('the publish was not acknowledged');
    const { found: got } = await arrival(client, held, ({ text }) => text.includes(name));
    if (got === undefined) throw new Violation('the bytes that were published', 'nothing of the kind came');
    const received = Buffer.from(got.bytes);
    const at = received.findIndex((byte, i) => byte !== bytes[i]);
    demand(
      received.equals(bytes),
      `${bytes.length} bytes as they were published`,
      `${received.length} bytes came${at < 0 ? '' : `, the first wrong one at ${at}: ${received[at]?.toString(16)} for ${bytes[at]?.toString(16)}`}`,
    );
    return undefined;
  },
});

/** Messages that are no text. */
export const messageBinary: readonly Case[] = [exact];

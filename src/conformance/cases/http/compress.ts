import { membersOf, valuesOf } from '../../../wire/response/fields.ts';
import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';

/** Servers leave short answers as they are. */
const worthBytes = 4096;

const noDelay = defineCase({
  id: 'http.compress.no-delay',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires:
    'Where the client accepts compressed answers, the answer is as prompt, can be decoded, and says Vary.',
  because:
    'Compressing middleware keeps a short answer in its buffer until the next one (labstack/echo#695, expressjs/compression#61).',
  async run(probe) {
    const length = Math.min(worthBytes, (probe.profile.payload.maxBytes ?? worthBytes) / 2);
    const client = await probe.reader();
    const seen: string[] = [];
    for (const coding of ['gzip', 'br']) {
      const held = await client.subscribe({ fresh: true, extra: [['Accept-Encoding', coding]] });
      const message = await probe.publish('so '.repeat(length / 3));
      const reply = await held.reply(
        `a poll that accepts ${coding} to be answered within the delivery budget`,
      );
      const broken = reply.raw.violations.filter((found) => found.includes('9110 §8.4'));
      demand(broken.length === 0, 'content in the coding that it says', broken.join('; '));
      carries(probe, reply, [message]);
      const used = membersOf(reply.raw.rawHeaders, 'content-encoding');
      seen.push(`${coding}: ${used.join(', ') || 'not used'}`);
      if (used.length === 0) continue;
      demand(
        used.every((each) => each === coding),
        `nothing but ${coding}`,
        `Content-Encoding: ${used.join(', ')}`,
      );
      const vary = membersOf(reply.raw.rawHeaders, 'vary');
      demand(
        vary.includes('accept-encoding') || vary.includes('*'),
        'Vary: Accept-Encoding on an answer that was compressed',
        `Vary: ${valuesOf(reply.raw.rawHeaders, 'vary').join(', ') || 'none'}`,
      );
    }
    return { seen: seen.join('; ') };
  },
});

/** Compressed answers. */
export const httpCompress: readonly Case[] = [noDelay];

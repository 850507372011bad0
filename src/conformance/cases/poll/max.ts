import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Received } from '../../probe/reply.ts';
import { demand } from '../../verify.ts';
import { inTurn } from '../burst.ts';

const count = 7;
const most = 3;

const honoured = defineCase({
  id: 'poll.max.honoured',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'An answer never holds more messages than were asked for, and nothing is skipped for it.',
  because: 'A client with little memory asks for little; a cursor that jumps over the rest loses it.',
  needs: ['poll', 'place', 'max', 'everyMessage'],
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const messages = await inTurn(probe, count, 'bounded');
    const got: Received[] = [];
    for (let poll = 0; poll < count && got.length < count; poll++) {
      const { messages: some } = await client.poll({ max: most });
      demand(some.length <= most, `at most ${most} messages in an answer`, `${some.length} came`);
      got.push(...probe.ours(some));
    }
    const { missing } = tally(messages, got);
    demand(
      missing.length === 0,
      `all ${count} messages`,
      `missing: ${quote(missing.map(({ text }) => text))}`,
    );
    return undefined;
  },
});

/** How much one answer brings. */
export const pollMax: readonly Case[] = [honoured];

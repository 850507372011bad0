import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords, type Received } from '../../probe/reply.ts';
import { demand, Unclear } from '../../verify.ts';

const lastsMs = 10_000;
const everyMs = 50;
const publishEveryMs = 1000;
/** Who is told to slow down waits for no longer than this before it fetches the rest. */
const longestPauseMs = 30_000;

const fastPoller = defineCase({
  id: 'poll.interval.fast-poller',
  duties: [{ level: 'SHOULD', authority: 'RFC 6585 §4' }],
  requires:
    'Polling far faster than the interval does no harm: nothing is lost, doubled, or answered by an error.',
  because: 'An impatient page must not lose messages for it, or bring the server down (hackmud_chat_web#64).',
  needs: ['poll', 'place', 'everyMessage'],
  tags: ['load'],
  lenient: { 'told to slow down': '429' },
  seconds: () => lastsMs / 1000,
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const messages: Publication[] = [];
    const got: Received[] = [];
    const refusals: string[] = [];
    let pauseMs = 0;
    const beganAt = probe.clock.now();
    for (let tick = 0; tick * everyMs < lastsMs; tick++) {
      await probe.pace.pass(Math.max(0, beganAt + tick * everyMs - probe.clock.now()));
      if (messages.length * publishEveryMs <= tick * everyMs)
        messages.push(await probe.publish('for the hasty'));
      const held = await client.ask();
      const reply = await held.reply('each of many quick polls to be answered');
      if (reply.raw.status === 429) {
        const after = String(reply.raw.headers['retry-after'] ?? 'none');
        refusals.push(`Retry-After: ${after}`);
        pauseMs = Math.min(longestPauseMs, 1000 * (Number(after) || 1));
        continue;
      }
      demand(reply.raw.status < 500, 'no error of the server', inWords(reply));
      got.push(...probe.ours(reply.messages));
    }
    const rest = messages.filter(({ text }) => !got.some((message) => message.text === text));
    if (rest.length > 0) {
      await probe.pace.pass(pauseMs);
      got.push(...(await client.collect(rest)));
    }
    const { missing, doubled } = tally(messages, got);
    if (pauseMs > 0 && missing.length > 0 && doubled.length === 0)
      throw new Unclear(`${missing.length} messages had not come when we were still told to slow down`);
    demand(
      missing.length === 0 && doubled.length === 0,
      'every message once',
      `missing: ${quote(missing.map(({ text }) => text))}; doubled: ${quote(doubled)}`,
    );
    if (refusals.length === 0) return { seen: `${messages.length} messages, none lost` };
    return { outcome: 'told to slow down', seen: `${refusals.length} polls got 429, ${refusals[0]}` };
  },
});

/** Pollers that keep to no interval. */
export const pollInterval: readonly Case[] = [fastPoller];

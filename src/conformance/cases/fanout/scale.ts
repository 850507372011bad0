import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import { demand, Unclear } from '../../verify.ts';

const subscribers = 1000;
/** So many connections are opened at a time: a full accept queue is not the subject. */
const atOnce = 50;

const held = defineCase({
  id: 'fanout.scale.held',
  duties: [{ level: 'SHOULD', authority: 'SEED' }],
  requires: `${subscribers} pending requests are fine, and a message reaches them all.`,
  because: 'The article warns of servers that spend a process on each connection.',
  tags: ['load'],
  seconds: () => 10,
  async run(probe) {
    const audience: Held[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next++ < subscribers) {
          const client = await probe.reader();
          audience.push(await client.ask({ fresh: true }));
        }
      }),
    );
    const last = audience.at(-1);
    if (last === undefined) throw new Unclear('nobody could subscribe');
    await probe.presence.settle(last);
    await probe.pace.pass(probe.pace.settleMs);
    const early = audience.filter(({ over }) => over).length;
    demand(
      early === 0,
      `${subscribers} polls to be held at once`,
      `${early} of them ended before anything was published`,
    );
    const message = await probe.publish('to a thousand');
    const budgetMs = 10 * probe.budgetMs;
    const replies = await Promise.all(audience.map((each) => each.within(budgetMs)));
    const times = replies.flatMap((reply) =>
      reply !== undefined && !('cut' in reply) && reply.messages.some(({ text }) => text === message.text)
        ? [reply.at]
        : [],
    );
    demand(
      times.length === subscribers,
      `all ${subscribers} to get the message within ${Math.round(budgetMs)} ms`,
      `${times.length} got it`,
    );
    const skewMs = Math.max(...times) - Math.min(...times);
    return {
      seen: `all, the last ${Math.round(Math.max(...times) - message.sentAt)} ms after the publish`,
      measured: { fanoutSkew: [{ subscribers, skewMs }] },
    };
  },
});

/** Many who wait. */
export const fanoutScale: readonly Case[] = [held];

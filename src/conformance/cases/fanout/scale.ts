import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { sideBySide, upTo } from '../../side-by-side.ts';
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
  seconds: () => 2,
  async run(probe) {
    const audience: Held[] = [];
    await sideBySide(upTo(subscribers), atOnce, async () => {
      const client = await probe.reader();
      audience.push(await client.ask({ fresh: true }));
    });
    await settled(probe);
    const early = await Promise.all(audience.filter(({ over }) => over).map(({ ended }) => ended));
    const idle = early.filter((end) => !('cut' in end) && end.reading.outcome.kind === 'empty');
    demand(
      early.length === idle.length,
      `${subscribers} polls to be held at once`,
      `${early.length - idle.length} of them ended before anything was published: ${inWords(early.find((end) => !idle.includes(end)))}`,
    );
    if (idle.length > 0)
      throw new Unclear(`${idle.length} holds were over before ${subscribers} polls were sent`);
    const message = await probe.publish('to a thousand');
    const budgetMs = 10 * probe.budgetMs;
    const replies = await Promise.all(audience.map((each) => each.within(budgetMs)));
    const times = replies.flatMap((reply) =>
      reply !== undefined && !('cut' in reply) && reply.messages.some(({ text }) => text === message.text)
        ? [reply.at]
        : [],
    );
    // With so many polls we may be late ourselves; who has nothing after as long again was left out.
    const more = times.length === subscribers ? 0 : budgetMs;
    await Promise.all(audience.map((each) => each.within(more)));
    const silent = audience.filter(({ over }) => !over).length;
    demand(
      times.length === subscribers,
      `all ${subscribers} to get the message within ${Math.round(budgetMs)} ms`,
      `${times.length} got it, and ${silent} have no answer after as long again`,
      { timeless: silent > 0 },
    );
    const skewMs = Math.max(...times) - Math.min(...times);
    return {
      seen: `all, the last ${Math.round(Math.max(...times) - message.sentAt)} ms after the publish`,
      measured: { fanoutSkew: [{ subscribers, skewMs }] },
    };
  },
});

/** Waits until the target knows of all polls: by its own count where it has one. */
async function settled(probe: Probe): Promise<void> {
  if (probe.presence.counts) {
    const all = async () => (await probe.presence.held(probe.channel)) >= subscribers;
    await probe.pace.until(all, 10 * probe.budgetMs);
  }
  await probe.pace.pass(probe.presence.counts ? probe.pace.settleMs : 4 * probe.pace.settleMs);
}

/** Many who wait. */
export const fanoutScale: readonly Case[] = [held];

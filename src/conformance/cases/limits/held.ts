import { readFileSync } from 'node:fs';
import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, Unclear, Violation } from '../../verify.ts';

/** Enough to see that a limit is far away. */
const most = 20_000;
/** Descriptors left for everything else in this process. */
const spare = 2000;
const atOnce = 50;

/** How many connections this process can open. */
function ownLimit(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return found === undefined ? most : Number(found) - spare;
  } catch {
    return 8000;
  }
}

interface Filled {
  readonly held: readonly Held[];
  readonly refusal: Reply | undefined;
  /** What happened instead of an answer. */
  readonly trouble: string | undefined;
}

/** Opens polls until one is refused, or there are enough. */
async function fill(probe: Probe, limit: number): Promise<Filled> {
  const held: Held[] = [];
  let refusal: Reply | undefined;
  let trouble: string | undefined;
  const client = await probe.reader();
  const over = (): boolean => held.length >= limit || refusal !== undefined || trouble !== undefined;
  const one = async (): Promise<void> => {
    while (!over()) {
      let poll: Held;
      try {
        poll = await client.ask({ fresh: true, still: true });
      } catch (error) {
        if (!(error instanceof Unclear)) throw error;
        trouble ??= error.message;
        return;
      }
      held.push(poll);
      void poll.ended.then((end) => {
        if ('cut' in end) trouble ??= inWords(end);
        else if (end.reading.outcome.kind === 'refused') refusal ??= end;
      });
      // A prompt refusal is seen before the next one is opened.
      if (held.length % atOnce === 0) await poll.within(1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  await probe.pace.within(held.at(-1)!.ended, probe.pace.settleMs);
  return { held, refusal, trouble };
}

const refused = defineCase({
  id: 'limits.held.refusal',
  duties: [{ level: 'SHOULD', authority: 'RFC 9110 §15.6.4' }],
  requires: 'Over its capacity a server refuses promptly with 503 or 429, and what it holds stays alive.',
  because: 'With a full accept queue clients see a silent stall, and nobody knows why.',
  tags: ['hostile'],
  info: { 'no limit met': 'as many polls as this machine can open are held' },
  seconds: () => 40,
  async run(probe) {
    const limit = Math.min(most, ownLimit());
    const { held, refusal, trouble } = await fill(probe, limit);
    const waiting = held.filter(({ over }) => !over);
    if (refusal !== undefined) {
      const { raw } = refusal;
      demand(raw.status === 503 || raw.status === 429, '503 or 429 over capacity', inWords(refusal));
    } else if (trouble !== undefined) {
      throw new Violation('503 or 429 over capacity', `after ${waiting.length} held polls: ${trouble}`);
    }
    await livesOn(probe, waiting);
    const seen = `${waiting.length} held${refusal === undefined ? '' : `; then ${inWords(refusal)}, Retry-After: ${String(refusal.raw.headers['retry-after'] ?? 'none')}`}`;
    return refusal === undefined ? { outcome: 'no limit met', seen } : { seen };
  },
});

/** @throws Violation unless a message reaches those who are held */
async function livesOn(probe: Probe, waiting: readonly Held[]): Promise<void> {
  const message = await probe.publish('to all who are held');
  const patienceMs = 10 * probe.budgetMs + waiting.length;
  const ends = await Promise.all(waiting.map((poll) => poll.within(patienceMs)));
  const served = ends.filter(
    (end) => end !== undefined && !('cut' in end) && end.messages.some(({ text }) => text === message.text),
  ).length;
  demand(
    served === waiting.length,
    `all ${waiting.length} held polls to be alive`,
    `${served} of them got the message`,
    // So long as they were waited for, no lateness of our own can be the reason.
    { timeless: true },
  );
}

/** More polls than can be held. */
export const limitsHeld: readonly Case[] = [refused];

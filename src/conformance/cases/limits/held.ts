import { descriptorLimit } from '../../../world/real/descriptors.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, Unclear, Violation } from '../../verify.ts';

/** Enough to see that a limit is far away. */
const most = 20_000;
/** Descriptors left for everything else in this process. */
const spare = 2000;
const mostSessions = 2000;
const atOnce = 50;

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
  // Of one client's polls a server may answer the others, or refuse them: each is somebody else's then.
  const { identity, open } = probe.profile;
  const apart = open.length > 0 || (identity !== undefined && identity.sameClient !== 'all');
  const one = apart ? undefined : await probe.reader();
  let ownEnd = false;
  const over = (): boolean =>
    ownEnd || held.length >= limit || refusal !== undefined || trouble !== undefined;
  const openMore = async (): Promise<void> => {
    while (!over()) {
      let poll: Held;
      try {
        const client = one ?? (await probe.reader());
        poll = await client.ask({ fresh: true, still: true });
      } catch (error) {
        if (!(error instanceof Unclear)) throw error;
        if (/on this side/.test(error.message)) ownEnd = true;
        else trouble ??= error.message;
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
  await Promise.all(Array.from({ length: atOnce }, openMore));
  await probe.pace.pass(probe.pace.settleMs);
  return { held, refusal, trouble };
}

const refused = defineCase({
  id: 'limits.held.refusal',
  duties: [{ level: 'SHOULD', authority: 'RFC 9110 §15.6.4' }],
  requires: 'Over its capacity a server refuses promptly with 503 or 429, and what it holds stays alive.',
  because: 'With a full accept queue clients see a silent stall, and nobody knows why.',
  tags: ['hostile'],
  info: { 'no limit met': 'as many polls as this machine can open are held' },
  seconds: () => 20,
  async run(probe) {
    // A session costs more than a connection, and opening it takes requests of its own.
    const limit = Math.min(probe.profile.open.length > 0 ? mostSessions : most, descriptorLimit() - spare);
    const { held, refusal, trouble } = await fill(probe, limit);
    const waiting = held.filter(({ over }) => !over);
    if (refusal !== undefined) {
      const { raw } = refusal;
      const right = raw.status === 503 || raw.status === 429;
      demand(right, '503 or 429 over capacity', inWords(refusal), { timeless: true });
    } else if (trouble !== undefined) {
      const seen = `after ${waiting.length} held polls: ${trouble}`;
      throw new Violation('503 or 429 over capacity', seen, { timeless: true });
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
  // A hold that comes to its own end is alive, too.
  const served = ends.filter(
    (end) =>
      end !== undefined &&
      !('cut' in end) &&
      (end.reading.outcome.kind === 'empty' || end.messages.some(({ text }) => text === message.text)),
  ).length;
  demand(
    served === waiting.length,
    `all ${waiting.length} held polls to be alive`,
    `${served} of them got the message, or came to the end of their hold`,
    // So long as they were waited for, no lateness of our own can be the reason.
    { timeless: true },
  );
}

/** More polls than can be held. */
export const limitsHeld: readonly Case[] = [refused];

import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { type Case, defineCase } from '../../case.ts';
import { demand, Unclear } from '../../verify.ts';

/** Seconds, or a date (RFC 9110, section 10.2.3). */
const wellFormed = /^(?:\d+|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/;

function judge(answer: RawAnswer): string {
  const value = String(answer.headers['retry-after'] ?? '');
  const seen = `${answer.status} with Retry-After: ${value || 'none'}`;
  demand(wellFormed.test(value.trim()), `${answer.status} with a Retry-After in seconds or as a date`, seen);
  return seen;
}

const retryAfter = defineCase({
  id: 'limits.retry-after',
  duties: [{ level: 'SHOULD', authority: 'RFC 9110 §10.2.3' }],
  requires: 'Whoever is sent away with 503 or 429 is told when to come back.',
  because: 'Clients that must guess come back all at once, and too soon.',
  needs: ['process'],
  info: { 'never sent away': 'no 503 and no 429 was to be had, not even from a server that stops' },
  seconds: () => 1,
  async run(probe) {
    const { instance, probe: own } = await probe.own();
    const clients = [await own.reader(), await own.reader()];
    const open = await own.connect();
    const held = await clients[0]!.subscribe({ fresh: true });
    instance.signal();
    const answers: RawAnswer[] = [];
    const first = await held.within(10 * probe.budgetMs);
    if (first !== undefined && !('cut' in first)) answers.push(first.raw);
    try {
      const late = await (await clients[1]!.ask({ connection: open })).within(10 * probe.budgetMs);
      if (late !== undefined && !('cut' in late)) answers.push(late.raw);
    } catch (error) {
      if (!(error instanceof Unclear)) throw error;
    }
    const refusals = answers.filter(({ status }) => status === 503 || status === 429);
    if (refusals.length === 0) return { outcome: 'never sent away' };
    return { seen: refusals.map(judge).join('; ') };
  },
});

/** When to come back. */
export const limitsRetryAfter: readonly Case[] = [retryAfter];

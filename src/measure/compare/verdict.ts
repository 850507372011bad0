import { holm } from '../uniform.ts';

export const verdicts = ['better', 'worse', 'no difference shown', 'too few repetitions'] as const;
export type Verdict = (typeof verdicts)[number];

/** An error of the first kind in at most so many families of metrics. */
const alpha = 0.05;

/** What a verdict hangs on. */
export interface Contest {
  /** Null: too few repetitions for a test. */
  readonly p: number | null;
  /** The smallest p that the values could have had, however they had been dealt out to both sides. */
  readonly least: number;
  /** Which way the middle moved: below zero is less. */
  readonly change: number;
  readonly beyondNoise: boolean;
}

/**
 * Verdicts of one family of metrics, with Holm's correction among those that could have shown something (Tarone, 1990): a
 * metric with nearly the same value in every repetition of both sides (nothing lost, ever) can raise no false alarm
 * either, and costs the others nothing. Every metric of ours counts something of which nobody wants more: delays, requests, losses, memory.
 * So less is better.
 */
export function verdictsOf(family: readonly Contest[]): { corrected: number | null; verdict: Verdict }[] {
  const told = family.filter(({ p, least }) => p !== null && least < alpha);
  const ps = holm(told.map(({ p }) => p!));
  return family.map((contest) => {
    if (contest.p === null) return { corrected: null, verdict: 'too few repetitions' };
    const place = told.indexOf(contest);
    const corrected = place === -1 ? 1 : ps[place]!;
    return { corrected, verdict: shown(contest, corrected) };
  });
}

/** The verdict by a p that is taken as it is. */
export function verdictBy(contest: Contest): Verdict {
  return contest.p === null ? 'too few repetitions' : shown(contest, contest.p);
}

function shown({ change, beyondNoise }: Contest, p: number): Verdict {
  if (p >= alpha || !beyondNoise || change === 0) return 'no difference shown';
  return change > 0 ? 'worse' : 'better';
}

/** One verdict for many: the worst of what was shown; null without any. */
export function overall(all: readonly Verdict[]): Verdict | null {
  const order: readonly Verdict[] = ['worse', 'too few repetitions', 'better', 'no difference shown'];
  return order.find((verdict) => all.includes(verdict)) ?? null;
}

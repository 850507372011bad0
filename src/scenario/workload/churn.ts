import { exponential, type Random } from '../../protocol/random.ts';
import type { Group, ScriptStep } from '../group.ts';

interface Churned {
  readonly steps: ScriptStep[];
  readonly busy: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/**
 * Clients of a group leave at random, and come back. Only those are taken that are there and have nothing to do
 * by their timeline until they would be back; when nobody is, nobody leaves. Who would be back after the end
 * stays away. The steps are put among those that are there already.
 */
export function churn(
  members: readonly Churned[],
  { ratePerS, awayMs }: NonNullable<Group['churn']>,
  random: Random,
  fromMs: number,
  endMs: number,
): void {
  const meanMs = 1000 / ratePerS;
  const awayUntil = new Map<Churned, number>();
  for (let at = fromMs + exponential(random, meanMs); at < endMs; at += exponential(random, meanMs)) {
    const backMs = at + awayMs;
    const free = members.filter((member) => {
      if ((awayUntil.get(member) ?? Number.NEGATIVE_INFINITY) >= at) return false;
      return member.busy.every((each) => each.toMs < at || each.fromMs > backMs);
    });
    const chosen = free[Math.floor(random() * free.length)];
    if (chosen === undefined) continue;
    awayUntil.set(chosen, backMs);
    chosen.steps.push({ atMs: at, do: 'leave' });
    if (backMs < endMs) chosen.steps.push({ atMs: backMs, do: 'join' });
  }
  for (const { steps } of members) steps.sort((a, b) => a.atMs - b.atMs);
}

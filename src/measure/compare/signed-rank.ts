import { normalTail } from '../normal.ts';
import { mostExact } from './mann-whitney.ts';
import { midRanks, shareAsFar } from './ranks.ts';

/**
 * Wilcoxon's signed-rank test of paired differences against "as often up as down, as far up as down": the two-sided p.
 * Pairs without a difference say nothing and are left out, as Wilcoxon did. Up to `mostExact` differences p is exact, with
 * ties too: the share of all 2^n ways to put the signs. It can tell more than a test of the signs alone, and is as exact.
 */
export function signedRank(differences: readonly number[]): number {
  const told = differences.filter((difference) => difference !== 0);
  if (told.length === 0) return 1;
  const { doubled } = midRanks(told.map(Math.abs));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const up = doubled.reduce((sum, rank, i) => sum + (told[i]! > 0 ? rank : 0), 0);
  if (told.length <= mostExact) {
    const ways = new Float64Array(total + 1);
    ways[0] = 1;
    for (const rank of doubled) for (let sum = total; sum >= rank; sum--) ways[sum]! += ways[sum - rank]!;
    return shareAsFar(ways, up, total / 2);
  }
  const squares = doubled.reduce((sum, rank) => sum + rank * rank, 0);
  return normalTail(Math.max(0, Math.abs(up - total / 2) - 1) / Math.sqrt(squares / 4));
}

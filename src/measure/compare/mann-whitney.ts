import { normalTail } from '../normal.ts';
import { midRanks, type Ranks, shareAsFar } from './ranks.ts';

/** Up to so many values in both samples together every arrangement is counted: their number still is exact in a double. */
export const mostExact = 50;

export interface RankTest {
  /** For how many pairs (one of `a`, one of `b`) the one of `b` is larger; half of one where both are equal. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /** The smallest p that these values could have had, dealt out otherwise: ties make it larger. */
  readonly least: number;
  /** By counting every arrangement of the ranks; else by the normal law. */
  readonly exact: boolean;
}

/**
 * The Mann-Whitney U test of two independent samples. Up to `mostExact` values p is exact, with ties too: it is the share of
 * all ways to deal the (mid-)ranks out to both samples whose sum is at least as far from its mean. Beyond it is the
 * normal approximation, with ties and the correction for continuity.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  const ranks = midRanks([...a, ...b]);
  const all = a.length + b.length;
  let sum = 0;
  for (const rank of ranks.doubled.slice(a.length)) sum += rank;
  const u = sum / 2 - (b.length * (b.length + 1)) / 2;
  if (all <= mostExact) {
    const ways = waysTo(ranks, b.length);
    const middle = b.length * (all + 1);
    const least = Math.min(...edges(ways).map((edge) => shareAsFar(ways, edge, middle)));
    return { u, p: shareAsFar(ways, sum, middle), least, exact: true };
  }
  const p = (of: number): number => approximated(of, a.length, b.length, ranks);
  return { u, p: p(u), least: p(0), exact: false };
}

/** The smallest and the largest sum that occur. */
function edges(ways: Float64Array): [number, number] {
  return [ways.findIndex((count) => count > 0), ways.findLastIndex((count) => count > 0)];
}

/** How many ways there are to choose `size` of the ranks with each sum. */
function waysTo({ doubled }: Ranks, size: number): Float64Array {
  const most = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let chosen = size; chosen >= 1; chosen--) {
      const [fewer, these] = [ways[chosen - 1]!, ways[chosen]!];
      for (let sum = rank; sum <= reached; sum++) these[sum]! += fewer[sum - rank]!;
    }
  }
  return ways[size]!;
}

function approximated(u: number, n: number, m: number, { ties }: Ranks): number {
  const all = n + m;
  const tied = ties.reduce((sum, t) => sum + (t ** 3 - t), 0);
  const variance = ((n * m) / 12) * (all + 1 - tied / (all * (all - 1)));
  if (variance <= 0) return 1;
  return normalTail(Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance));
}

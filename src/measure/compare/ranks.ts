/** Ranks of values from the smallest on, doubled so that the mean rank of equal values is a whole number. */
export interface Ranks {
  /** In the order of the values; 2 is the first place. */
  readonly doubled: readonly number[];
  /** How many values share each place. */
  readonly ties: readonly number[];
}

export function midRanks(values: readonly number[]): Ranks {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const doubled = new Array<number>(values.length);
  const ties: number[] = [];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let place = from; place <= to; place++) doubled[order[place]!] = from + to + 2;
    ties.push(to - from + 1);
    from = to + 1;
  }
  return { doubled, ties };
}

/**
 * The share of the ways in which a sum of ranks is at least as far from its middle as the one that was seen:
 * a two-sided p-value. Everything is whole numbers, so that equal distances are equal.
 * @param ways how many ways lead to each sum; the index is the sum
 */
export function shareAsFar(ways: Float64Array, seen: number, middle: number): number {
  const distance = Math.abs(seen - middle);
  let far = 0;
  let all = 0;
  for (const [sum, count] of ways.entries()) {
    all += count;
    if (Math.abs(sum - middle) >= distance) far += count;
  }
  return far / all;
}

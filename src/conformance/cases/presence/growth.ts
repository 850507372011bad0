/** The middle growth from one size to the next: what one collection of garbage frees or leaves does not decide. */
export function typicalGrowth(sizes: readonly number[]): number {
  const steps = sizes
    .slice(1)
    .map((size, i) => size - sizes[i]!)
    .sort((a, b) => a - b);
  const middle = steps.length / 2;
  if (steps.length === 0) return 0;
  return Number.isInteger(middle) ? (steps[middle - 1]! + steps[middle]!) / 2 : steps[Math.floor(middle)]!;
}

/** The mean of several sizes. */
export function middle(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** Sizes as a report shows them. */
export function inMiB(sizes: readonly number[]): string {
  return sizes.map((bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`).join(', ');
}

/**
 * Into how many instants of an interval a periodic publisher falls, where both are commensurable: the least count of
 * periods that is a whole number of intervals. Null beyond `most`: so many steps are as good as chance. The waits of
 * one phase are a lattice then, `interval / steps` apart, and their mean is anywhere within half a step of the middle.
 */
export function latticeSteps(periodMs: number, intervalMs: number, most = 20): number | null {
  for (let steps = 1; steps <= most; steps++) {
    const intervals = (steps * periodMs) / intervalMs;
    if (Math.abs(intervals - Math.round(intervals)) < 1e-6 * steps && intervals > 0.5) return steps;
  }
  return null;
}

/** Whether values fall on few places, each within `toleranceMs`: half as many as there are values, or fewer. */
export function isLattice(values: readonly number[], toleranceMs: number): boolean {
  if (values.length < 8) return false;
  const sorted = values.toSorted((a, b) => a - b);
  // So crowded, neighbours are close by chance.
  if (sorted.at(-1)! - sorted[0]! < 20 * toleranceMs * values.length) return false;
  let places = 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i]! - sorted[i - 1]! > toleranceMs) places++;
  return places <= values.length / 2;
}

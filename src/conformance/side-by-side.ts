/**
 * The same for each of many, so many at a time.
 * @returns what came of each, in the order of the list
 */
export async function sideBySide<T, R>(
  list: readonly T[],
  atOnce: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, list.length) }, async () => {
      for (let i = next++; i < list.length; i = next++) results[i] = await act(list[i]!, i);
    }),
  );
  return results;
}

/** The numbers from 0 on, so many. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

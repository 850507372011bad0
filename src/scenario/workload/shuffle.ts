import type { Random } from '../../protocol/random.ts';

/** Puts a list into an order of which every one is equally likely (Fisher and Yates). */
export function shuffle(list: number[], random: Random): number[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

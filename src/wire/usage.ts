/**
 * The person erred: an unknown name, a file that does not say what it should, a target that is not there.
 * Printed without a stack, every complaint at once; `exitCode` is by the one table of exit codes (2 or 3).
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** One line each, without the leading `error: `. */
  readonly complaints: readonly string[];
  readonly exitCode: 2 | 3;

  constructor(complaints: string | readonly string[], exitCode: 2 | 3 = 2) {
    const list = typeof complaints === 'string' ? [complaints] : complaints;
    super(list.join('\n'));
    this.complaints = list;
    this.exitCode = exitCode;
  }
}

/** Edits between two words, where exchanging two neighbours counts as one (Damerau, "optimal string alignment"). */
function distance(a: string, b: string): number {
  const width = b.length + 1;
  const cell = new Array<number>((a.length + 1) * width).fill(0);
  const at = (i: number, j: number): number => cell[i * width + j]!;
  for (let i = 0; i <= a.length; i++) cell[i * width] = i;
  for (let j = 0; j <= b.length; j++) cell[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(i - 2, j - 2) + 1);
      cell[i * width + j] = best;
    }
  }
  return at(a.length, b.length);
}

/** The known word that was probably meant: at most a third of its letters away, and at most three. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.min(3, Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)));
    if (d <= allowed && d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

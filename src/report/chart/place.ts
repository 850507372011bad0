/** A rectangle of the drawing. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const lineHeight = 15;

/** About how wide a text is at 12.5 units; rather too much than too little, as fonts differ. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += char.codePointAt(0)! > 0x2e7f ? 13 : /[A-Z@%mwMW]/.test(char) ? 9 : 6.9;
  return width;
}

/** The same at 11.5 units. */
export function smallWidthOf(text: string): number {
  return 0.88 * widthOf(text);
}

/** As much of a text as has room, with a mark where something is missing; `size`: of the letters, 1 for 12.5 units. */
export function fitted(text: string, room: number, size = 1): string {
  if (size * widthOf(text) <= room) return text;
  const chars = [...text];
  while (chars.length > 0 && size * widthOf(`${chars.join('')}…`) > room) chars.pop();
  return `${chars.join('').trimEnd()}…`;
}

/**
 * Places for labels beside each other in a column: as near as can be to where they would be, in that order, `gap` apart
 * and between the ends. Where there is no room for all of them they still keep the gap, and go on below.
 */
export function spread(wanted: readonly number[], gap: number, from: number, to: number): number[] {
  const order = wanted.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
  const placed: number[] = [];
  for (const [rank, { at }] of order.entries())
    placed.push(
      Math.max(from + rank * gap, Math.min(at, to), (placed.at(-1) ?? Number.NEGATIVE_INFINITY) + gap),
    );
  for (let rank = placed.length - 1; rank >= 0; rank--) {
    const limit = to - (placed.length - 1 - rank) * gap;
    placed[rank] = Math.max(from + rank * gap, Math.min(placed[rank]!, limit));
  }
  const result = new Array<number>(wanted.length);
  for (const [rank, { i }] of order.entries()) result[i] = placed[rank]!;
  return result;
}

/** Remembers where text stands, so that no other is put upon it. */
export class Places {
  readonly #within: Box;
  readonly #taken: Box[] = [];

  constructor(within: Box) {
    this.#within = within;
  }

  /** Takes a piece of the drawing that no text may cover. */
  take(box: Box): void {
    this.#taken.push(box);
  }

  /**
   * The first of some places (base line's left end) that is free for a text, which is then taken; null: none is. Texts in a
   * drawing are small: 11.5 units.
   */
  find(
    text: string,
    candidates: readonly { readonly x: number; readonly y: number }[],
  ): { x: number; y: number } | null {
    for (const { x, y } of candidates) {
      const box = { left: x - 2, right: x + smallWidthOf(text) + 2, top: y - lineHeight + 3, bottom: y + 3 };
      if (!this.#isFree(box)) continue;
      this.#taken.push(box);
      return { x, y };
    }
    return null;
  }

  #isFree(box: Box): boolean {
    const { left, top, right, bottom } = this.#within;
    if (box.left < left || box.right > right || box.top < top || box.bottom > bottom) return false;
    return this.#taken.every(
      (other) =>
        box.right <= other.left ||
        box.left >= other.right ||
        box.bottom <= other.top ||
        box.top >= other.bottom,
    );
  }
}

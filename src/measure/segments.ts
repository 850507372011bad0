import type { Instant } from '../protocol/message.ts';
import type { Stretch } from './frame.ts';
import type { Lane } from './result.ts';
import { round } from './samples.ts';

export type LaneState = Lane['segments'][number][0];

/** Most segments, and most deliveries, of one lane: more than any picture has columns. */
export const laneLimit = 2_000;

interface Segment {
  readonly state: LaneState;
  readonly from: Instant;
  to: Instant;
}

/** How one client stood, from the beginning of a stretch on, without holes and without equal neighbours. */
export class Segments {
  readonly #stretch: Stretch;
  #list: Segment[] = [];
  #thinned = false;

  constructor(stretch: Stretch) {
    this.#stretch = stretch;
  }

  get isThinned(): boolean {
    return this.#thinned;
  }

  /** It stood so until then, from where the last segment ended. What lies outside the stretch is not kept. */
  until(to: Instant, state: LaneState): void {
    const last = this.#list.at(-1);
    const from = last?.to ?? this.#stretch.from;
    const end = Math.min(to, this.#stretch.to);
    if (end <= from) return;
    if (last !== undefined && last.state === state) last.to = end;
    else this.#list.push({ state, from, to: end });
    // Now and then, and not for each one: a client that tries without a pause makes hundreds a second.
    if (this.#list.length > 4 * laneLimit) this.#thin();
  }

  result(): Lane['segments'] {
    this.#thin();
    return this.#list.map(({ state, from, to }) => [state, round(from, 3), round(to, 3)]);
  }

  /** The shortest go to the neighbour before them, which lengthens it. */
  #thin(): void {
    const surplus = this.#list.length - laneLimit;
    if (surplus <= 0) return;
    this.#thinned = true;
    const lengths = this.#list.map(({ from, to }, i) => ({ i, length: to - from }));
    const dropped = new Set(
      lengths
        .slice(1)
        .sort((a, b) => a.length - b.length)
        .slice(0, surplus)
        .map(({ i }) => i),
    );
    const kept: Segment[] = [];
    for (const [i, segment] of this.#list.entries()) {
      const last = kept.at(-1);
      if (last !== undefined && (dropped.has(i) || last.state === segment.state)) last.to = segment.to;
      else kept.push(segment);
    }
    this.#list = kept;
  }
}

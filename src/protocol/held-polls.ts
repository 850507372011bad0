import type { PollId } from './poll.ts';
import type { Hold } from './room.ts';

/** Polls of one page. */
const pageSize = 128;

interface Page {
  readonly holds: (Hold | undefined)[];
  held: number;
}

/**
 * All holds of a hub by their polls. Polls have whole numbers that mostly lie close together, so neighbours share
 * a page: a map with an entry for each of a million polls takes six times the memory, and grows anew after each release.
 */
export class HeldPolls {
  readonly #pages = new Map<number, Page>();
  /** Pages on which nothing is held any more: garbage of megabytes at each release would not be collected in time. */
  readonly #spare: Page[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: PollId): Hold | undefined {
    return this.#pages.get(Math.floor(id / pageSize))?.holds[id % pageSize];
  }

  /** The poll must not be there yet. */
  add(id: PollId, hold: Hold): void {
    const number = Math.floor(id / pageSize);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = this.#spare.pop() ?? { holds: Array.from({ length: pageSize }, () => undefined), held: 0 };
      this.#pages.set(number, page);
    }
    page.holds[id % pageSize] = hold;
    page.held++;
    this.#size++;
  }

  delete(id: PollId): void {
    const number = Math.floor(id / pageSize);
    const page = this.#pages.get(number);
    if (page?.holds[id % pageSize] === undefined) return;
    page.holds[id % pageSize] = undefined;
    page.held--;
    this.#size--;
    if (page.held > 0) return;
    this.#pages.delete(number);
    this.#spare.push(page);
  }

  clear(): void {
    for (const page of this.#pages.values()) {
      page.holds.fill(undefined);
      page.held = 0;
      this.#spare.push(page);
    }
    this.#pages.clear();
    this.#size = 0;
  }

  /** In order of arrival. */
  inOrder(): Hold[] {
    const holds: Hold[] = [];
    for (const page of this.#pages.values())
      for (const hold of page.holds) if (hold !== undefined) holds.push(hold);
    return holds.sort((a, b) => a.arrival - b.arrival);
  }
}

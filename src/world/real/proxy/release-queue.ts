import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';

/** A timer may be late by more than a millisecond; what is due sooner than this is waited for by turning the loop. */
const turningMs = 1.5;
/** Of a core, and how much of that may be saved up. Beyond it bytes are released by timers alone, a millisecond later. */
const turningShare = 0.3;
const mostSavedMs = 50;

interface Entry {
  readonly due: Instant;
  readonly number: number;
  readonly release: () => void;
}

/** Everything that waits in the proxy for its instant, in one queue: never early, and in order among equals. */
export class ReleaseQueue {
  readonly #clock: Clock;
  /** A binary heap: the children of i are 2i + 1 and 2i + 2. */
  readonly #heap: Entry[] = [];
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #turning = false;
  #savedMs = mostSavedMs;
  #savedAt: Instant;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#savedAt = clock.now();
  }

  at(due: Instant, release: () => void): void {
    const entry = { due, number: this.#number++, release };
    this.#heap.push(entry);
    for (let i = this.#heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!before(entry, this.#heap[parent]!)) break;
      this.#heap[i] = this.#heap[parent]!;
      this.#heap[parent] = entry;
      i = parent;
    }
    if (!this.#turning && due < this.#timerDue) this.#arm(this.#clock.now());
  }

  /** Forgets everything. */
  close(): void {
    this.#heap.length = 0;
    this.#disarm();
  }

  readonly #run = (): void => {
    this.#disarm();
    let now = this.#clock.now();
    while (this.#heap.length > 0 && this.#heap[0]!.due <= now) {
      this.#take().release();
      now = this.#clock.now();
    }
    this.#arm(now);
  };

  #arm(now: Instant): void {
    const next = this.#heap[0];
    if (next === undefined || this.#turning) return;
    this.#disarm();
    const wait = next.due - now;
    const mayTurn = this.#mayTurn(now);
    if (mayTurn && wait < turningMs) {
      this.#turning = true;
      setImmediate(() => {
        this.#turning = false;
        this.#savedMs -= this.#clock.now() - now;
        this.#run();
      });
      return;
    }
    // Without savings a timer has to do, which then must not ring early: `run` would only set it again.
    const early = mayTurn ? turningMs - 0.3 : 0;
    this.#timerDue = next.due;
    this.#timer = setTimeout(this.#run, Math.min(2 ** 31 - 1, Math.max(1, Math.floor(wait - early))));
  }

  #mayTurn(now: Instant): boolean {
    this.#savedMs = Math.min(mostSavedMs, this.#savedMs + (now - this.#savedAt) * turningShare);
    this.#savedAt = now;
    return this.#savedMs > 0;
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #take(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.number < b.number);
}

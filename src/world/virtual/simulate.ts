import type { Instant } from '../../protocol/message.ts';
import { HeapQueue } from './due-queue.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from './spec.ts';
import { VirtualWorld } from './world.ts';

/** Told nothing. */
const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };

/** The coming of the clients in slices, with nobody looking: it says when publishing begins, is measured and ends. */
export class VirtualJoin {
  readonly #world: VirtualWorld;

  constructor(spec: VirtualSpec) {
    this.#world = new VirtualWorld(spec, deaf, new HeapQueue());
  }

  get now(): Instant {
    return this.#world.now;
  }

  /** Plays on, at most so many events. @returns the timetable once all clients have come */
  advance(events: number): Timetable | null {
    return this.#world.join(events) ? this.#world.timetable() : null;
  }
}

/** One mode in slices: the calls of the sink are the same whatever the slices are. */
export class VirtualRun {
  readonly #world: VirtualWorld;

  /** @param times what a `VirtualJoin` of the same spec said */
  constructor(spec: VirtualSpec, times: Timetable, sink: Sink) {
    this.#world = new VirtualWorld(spec, sink, new HeapQueue());
    this.#world.begin(times);
  }

  get now(): Instant {
    return this.#world.now;
  }

  /** Plays on, at most so many events. @returns what the run leaves behind, once everything has been played */
  advance(events: number): VirtualPlayed | null {
    return this.#world.advance(events) ? this.#world.end(true) : null;
  }

  /** Ends it here and now. */
  interrupt(): VirtualPlayed {
    return this.#world.end(false);
  }
}

/** When publishing begins, is measured and ends in a virtual run. */
export function timetableOf(spec: VirtualSpec): Timetable {
  return new VirtualJoin(spec).advance(Number.POSITIVE_INFINITY)!;
}

/**
 * Plays one mode in virtual time. The same spec gives the same calls of the sink, always.
 * @param times what `timetableOf` said
 */
export function simulate(spec: VirtualSpec, times: Timetable, sink: Sink): VirtualPlayed {
  return new VirtualRun(spec, times, sink).advance(Number.POSITIVE_INFINITY)!;
}

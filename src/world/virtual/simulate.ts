import type { Instant } from '../../protocol/message.ts';
import { DisturbedWorld, isDisturbed } from './disturbed/world.ts';
import { type DueQueue, HeapQueue } from './due-queue.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec, World } from './spec.ts';
import { WheelQueue } from './wheel-queue.ts';
import { VirtualWorld } from './world.ts';

/** Told nothing. */
const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };

/** Both keep the same order to the last event; the heap is there to be compared with. */
export type Engine = 'heap' | 'wheel';

/** The coming of the clients in slices, with nobody looking: it says when publishing begins, is measured and ends. */
export class VirtualJoin {
  readonly #world: World;

  constructor(spec: VirtualSpec) {
    this.#world = worldOf(spec, deaf, 'wheel');
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
  readonly #world: World;
  readonly #engine: Engine;

  /** @param times what a `VirtualJoin` of the same spec said */
  constructor(spec: VirtualSpec, times: Timetable, sink: Sink, engine: Engine = 'wheel') {
    this.#engine = engine;
    this.#world = worldOf(spec, sink, engine);
    this.#world.begin(times);
  }

  get now(): Instant {
    return this.#world.now;
  }

  /** Plays on, at most so many events. @returns what the run leaves behind, once everything has been played */
  advance(events: number): VirtualPlayed | null {
    return this.#world.advance(events) ? this.#end(true) : null;
  }

  /** Ends it here and now. */
  interrupt(): VirtualPlayed {
    return this.#end(false);
  }

  #end(isWhole: boolean): VirtualPlayed {
    return { ...this.#world.end(isWhole), engine: this.#engine };
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
export function simulate(
  spec: VirtualSpec,
  times: Timetable,
  sink: Sink,
  engine: Engine = 'wheel',
): VirtualPlayed {
  return new VirtualRun(spec, times, sink, engine).advance(Number.POSITIVE_INFINITY)!;
}

function worldOf(spec: VirtualSpec, sink: Sink, engine: Engine): World {
  const queue = queueOf(engine, spec);
  return isDisturbed(spec) ? new DisturbedWorld(spec, sink, queue) : new VirtualWorld(spec, sink, queue);
}

function queueOf(engine: Engine, { joinMs }: VirtualSpec): DueQueue {
  // Of each client a time-out waits, and a tick or the end of a hold.
  return engine === 'heap' ? new HeapQueue() : new WheelQueue(2 * joinMs.length);
}

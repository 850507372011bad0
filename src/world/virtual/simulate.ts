import { type DueQueue, HeapQueue } from './due-queue.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from './spec.ts';
import { WheelQueue } from './wheel-queue.ts';
import { VirtualWorld } from './world.ts';

/** Told nothing. */
const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };

/** Both keep the same order to the last event; the heap is there to be compared with. */
export type Engine = 'heap' | 'wheel';

/** When publishing begins, is measured and ends in a virtual run: its clients come once, with nobody looking. */
export function timetableOf(spec: VirtualSpec): Timetable {
  return new VirtualWorld(spec, deaf, queueOf('wheel', spec)).join();
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
  return { ...new VirtualWorld(spec, sink, queueOf(engine, spec)).play(times), engine };
}

function queueOf(engine: Engine, { joinMs }: VirtualSpec): DueQueue {
  // Of each client a time-out waits, and a tick or the end of a hold.
  return engine === 'heap' ? new HeapQueue() : new WheelQueue(2 * joinMs.length);
}

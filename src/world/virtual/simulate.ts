import { HeapQueue } from './due-queue.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from './spec.ts';
import { VirtualWorld } from './world.ts';

/** Told nothing. */
const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };

/** When publishing begins, is measured and ends in a virtual run: its clients come once, with nobody looking. */
export function timetableOf(spec: VirtualSpec): Timetable {
  return new VirtualWorld(spec, deaf, new HeapQueue()).join();
}

/**
 * Plays one mode in virtual time. The same spec gives the same calls of the sink, always.
 * @param times what `timetableOf` said
 */
export function simulate(spec: VirtualSpec, times: Timetable, sink: Sink): VirtualPlayed {
  return new VirtualWorld(spec, sink, new HeapQueue()).play(times);
}

import { DisturbedWorld, isDisturbed } from './disturbed/world.ts';
import { HeapQueue } from './due-queue.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from './spec.ts';
import { VirtualWorld } from './world.ts';

/** Told nothing. */
const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };

/** When publishing begins, is measured and ends in a virtual run: its clients come once, with nobody looking. */
export function timetableOf(spec: VirtualSpec): Timetable {
  return worldOf(spec, deaf).join();
}

/**
 * Plays one mode in virtual time. The same spec gives the same calls of the sink, always.
 * @param times what `timetableOf` said
 */
export function simulate(spec: VirtualSpec, times: Timetable, sink: Sink): VirtualPlayed {
  return worldOf(spec, sink).play(times);
}

function worldOf(spec: VirtualSpec, sink: Sink): VirtualWorld | DisturbedWorld {
  const queue = new HeapQueue();
  return isDisturbed(spec) ? new DisturbedWorld(spec, sink, queue) : new VirtualWorld(spec, sink, queue);
}

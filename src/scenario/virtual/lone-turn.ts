import { SoloJoin } from '../../world/virtual/solo.ts';
import { ownProfile } from '../find.ts';
import type { Scenario } from '../scenario.ts';
import { countAlone } from './alone.ts';
import type { PlayOut, VirtualCounted } from './counting.ts';
import { type LoneLoad, layLone, loneSpec } from './lone.ts';

/** One mode, by its place in the scenario, in one repetition. */
export interface LoneTask {
  readonly scenario: Scenario;
  readonly index: number;
  readonly repetition: number;
}

/**
 * Lets the clients of a mode come, plays each by itself, and counts.
 * @param order how many turns were counted before it
 * @returns null when it was interrupted
 */
export async function playLone(
  { scenario, index, repetition }: LoneTask,
  order: number,
  playOut: (setupMs: number) => PlayOut,
  load?: LoneLoad,
): Promise<VirtualCounted | null> {
  const mode = scenario.modes[index]!;
  const profile = ownProfile(scenario.server.semantics);
  const lone = load ?? layLone(scenario, profile, repetition);
  const spec = loneSpec(scenario, mode, profile, lone, `v-${index}-${repetition}`);
  const play = playOut(lone.setupMs);
  const times = await play(new SoloJoin(spec), 'join');
  if (times === null) return null;
  const known = { index: repetition, order, seed: lone.seed };
  return countAlone({ scenario, mode, profile, spec, times, known }, lone.publishesOf, play);
}

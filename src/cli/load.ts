import { type Found, find, loadScenario } from '../scenario/find.ts';
import { leftOutModes } from '../scenario/overrides.ts';
import { scaleScenario } from '../scenario/scale.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { UsageError } from '../wire/usage.ts';
import type { BenchOptions } from './options.ts';

/** A scenario as it is to run, after overrides and scaling. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly found: Found;
  /** Modes that do not run, and why. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/**
 * Every scenario that `bench` was asked for, in order.
 * @throws UsageError with what is wrong with any of them, and with the name of the profile
 */
export function loadBenchScenarios(
  options: Pick<BenchOptions, 'scenarios' | 'overrides' | 'modes' | 'timeScale' | 'profile' | 'vary'>,
  cwd: string,
): LoadedScenario[] {
  const complaints: string[] = [];
  const attempt = <T>(action: () => T): T[] => {
    try {
      return [action()];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      complaints.push(...error.complaints);
      return [];
    }
  };
  const loaded = options.scenarios.flatMap((name) =>
    attempt(() => {
      const { scenario, found } = loadScenario(name, cwd, options.overrides, options.vary);
      const leftOut = leftOutModes(scenario, options.modes);
      const scaled = options.timeScale === 1 ? scenario : scaleScenario(scenario, options.timeScale);
      return { scenario: scaled, found, leftOut };
    }),
  );
  const { profile } = options;
  if (profile !== null) attempt(() => find('profiles', profile, cwd));
  if (complaints.length > 0) throw new UsageError([...new Set(complaints)]);
  return loaded;
}

/** What was changed from the file, as the result tells it. */
export function labelsOf({ overrides, vary }: Pick<BenchOptions, 'overrides' | 'vary'>): string[] {
  return [...overrides.map(({ label }) => label), ...(vary === undefined ? [] : [vary.label])];
}

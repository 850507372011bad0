import { type Plan, planScenario } from '../plan.ts';
import type { World } from '../plan-warning.ts';
import type { Scenario } from '../scenario.ts';

/** What a scenario will take and give: with a sweep, all its points together. */
export interface WholePlan extends Plan {
  /** Of each point of the sweep; absent without one. */
  readonly points?: readonly Plan[];
}

/** The scenarios that are really played: the points of a sweep, or the one that there is. */
export function playedOf(scenario: Scenario): readonly Scenario[] {
  return scenario.sweep === null ? [scenario] : scenario.sweep.points.map((point) => point.scenario);
}

/**
 * The plan of a scenario with its sweep: runs and time are those of all points, and so are the warnings; rates and
 * samples those of the scenario as it stands.
 * @param played how many of its modes will run
 */
export function planWhole(
  scenario: Scenario,
  played = scenario.modes.length,
  world: World = 'real',
): WholePlan {
  const plan = planScenario(
    { ...scenario, thresholds: scenario.sweep === null ? scenario.thresholds : [] },
    played,
    world,
  );
  const { sweep } = scenario;
  if (sweep === null) return plan;
  const points = sweep.points.map((point) => planScenario(point.scenario, played, world));
  const sum = (of: (one: Plan) => number): number => points.reduce((all, one) => all + of(one), 0);
  const warnings = new Map<string, { readonly warning: Plan['warnings'][number]; readonly at: string[] }>();
  for (const [i, point] of points.entries()) {
    for (const warning of point.warnings) {
      const known = warnings.get(warning.text) ?? { warning, at: [] };
      known.at.push(String(sweep.points[i]!.value));
      warnings.set(warning.text, known);
    }
  }
  return {
    ...plan,
    runs: sum(({ runs }) => runs),
    totalMs: sum(({ totalMs }) => totalMs),
    warnings: [...warnings.values()].map(({ warning, at }) => {
      const where = at.length === points.length ? '' : `with ${sweep.field} ${at.join(', ')}: `;
      return { ...warning, text: `${where}${warning.text}` };
    }),
    points,
  };
}

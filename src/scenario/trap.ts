import { latticeSteps } from '../measure/fit/lattice.ts';
import { formatDuration } from '../wire/units.ts';
import { periodOf, whyNoTheory } from './fit.ts';
import type { Scenario } from './scenario.ts';
import { parseThreshold } from './thresholds.ts';

/** The mean over so many phases is off by less than this share of the middle (one standard error). */
const steady = 0.05;
/** A distribution of fewer messages of a client is no distribution. */
const fewestPerClient = 5;

interface Trap {
  readonly code: 'periodic-publisher' | 'theory-untested' | 'few-samples';
  readonly text: string;
}

/** What theory knows beforehand to be of no use in a scenario, and what to do about it (model.md 2.1, 2.8). */
export function trapsOf(
  scenario: Scenario,
  expected: { readonly messages: number; readonly deliveries: number },
): Trap[] {
  const stepped = expected.messages === 0 ? [] : lattices(scenario);
  return [...stepped, ...unjudged(scenario, expected.deliveries / scenario.clients.count)];
}

/** A publisher in step with the polls: the mean of a few phases is whatever they happen to be. */
function lattices(scenario: Scenario): Trap[] {
  const { arrivals, clients, modes, repetitions } = scenario;
  const periodMs = periodOf(arrivals);
  if (periodMs === null) return [];
  const phases = repetitions * (clients.start === 'aligned' ? clients.channels : clients.count);
  return modes.flatMap((mode): Trap[] => {
    if (mode.kind !== 'regular' || mode.everyMs === 0) return [];
    const steps = latticeSteps(periodMs, mode.everyMs);
    if (steps === null || 1 / (steps * Math.sqrt(12 * phases)) <= steady / 2) return [];
    const step = formatDuration(Math.round(mode.everyMs / steps));
    const every = formatDuration(Math.round(periodMs));
    const told = phases === 1 ? 'one phase' : `${phases} phases`;
    return [
      {
        code: 'periodic-publisher',
        text: `a message every ${every} and polls every ${formatDuration(mode.everyMs)} (mode ${mode.name}) are in step: waits fall on steps of ${step}, and the mean of ${told} is anywhere about the middle; use arrivals.process: poisson, or more repetitions for other phases`,
      },
    ];
  });
}

/** `each`: messages of a client. Thresholds on the distance from theory where there will be none, or none that tells of what is between two polls. */
function unjudged(scenario: Scenario, each: number): Trap[] {
  const { modes, thresholds, network, server } = scenario;
  const names = modes.map(({ name }) => name);
  return thresholds.flatMap(({ expr }) => {
    const threshold = parseThreshold(expr, names);
    if (typeof threshold === 'string') return [];
    const { left, right } = threshold;
    const refs = 'ref' in right ? [left, right.ref] : [left];
    const asked = refs.filter(({ metric }) => metric === 'theory.ks').map(({ mode }) => mode);
    const found = modes.filter(({ name }) => asked.includes(name) || asked.includes('*'));
    return found.flatMap((mode): Trap[] => {
      const why = whyNoTheory(scenario, mode, server.semantics === 'buffered');
      if (why !== null)
        return [
          {
            code: 'theory-untested',
            text: `threshold "${expr}" cannot be judged: mode ${mode.name}: ${why}`,
          },
        ];
      if (mode.kind === 'regular' && each < fewestPerClient)
        return [
          {
            code: 'few-samples',
            text: `threshold "${expr}" cannot be judged: it needs ${fewestPerClient} messages of a client, this scenario has ${each.toFixed(1)}; make it longer`,
          },
        ];
      if (mode.kind === 'long' && network.oneWayMs === 0 && mode.pauseMs === 0)
        return [
          {
            code: 'theory-untested',
            text: `threshold "${expr}" says nothing about messages between two polls of mode ${mode.name}: on loopback there is next to no time between them; put in delay (-s network.oneWay=50ms)`,
          },
        ];
      return [];
    });
  });
}

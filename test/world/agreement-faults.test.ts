import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RepetitionResult, Result } from '../../src/measure/result.ts';
import { faultKinds } from '../../src/scenario/fault.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { simulateScenario } from '../../src/scenario/simulate.ts';
import { agreeing } from './agreeing.ts';
import { skipWhereBusy } from './busy.ts';

/**
 * By how much the median of the real deliveries may be above and below the simulated one, milliseconds. A long poll's is
 * later by what a machine takes that plays many modes at once. A regular poller's hangs on how long after its first tick
 * publishing begins, and that waits for the clients of all modes: up to half a second later, it comes that much sooner.
 */
const band = { regular: [150, 500], long: [200, 2] } as const;
/** Of the rounds of a loop that does not wait a real machine does so many at least. */
const leastShare = 0.6;

/** What nothing random, and no machine, has a say in. */
function counted({ messages, errors, requests, faults }: RepetitionResult) {
  return {
    messages,
    errors: errors.by_kind,
    requests: requests.total,
    statuses: requests.by_status,
    faults: faults.map(({ kind, hit, never_back, wasted }) => ({ kind, hit, never_back, wasted })),
  };
}

it('every kind of fault is played in both modes', () => {
  const scenarios = agreeing.map(({ file }) => readScenario(file, 'agreement.yaml'));
  for (const kind of ['regular', 'long']) {
    const met = scenarios.flatMap(({ faults, modes }) =>
      faults.filter((fault) =>
        modes.some((mode) => mode.kind === kind && (fault.modes?.includes(mode.name) ?? true)),
      ),
    );
    expect(new Set(met.map((fault) => fault.kind))).toEqual(new Set(faultKinds));
  }
});

describe.each(agreeing)('both worlds agree on $name', ({ file, happens, hot = [] }) => {
  const scenario = readScenario(file, 'agreement.yaml');
  let real: Result;
  let virtual: Result;

  beforeAll(async () => {
    const target = { url: null, profile: ownProfile(scenario.server.semantics), headers: {}, tls: {} };
    const finished = await runScenario({
      ...{ scenario, target, overrides: [], timeScale: 1, modes: null, ceiling: false, out: null },
      ...{ events: false, interrupted: new AbortController().signal },
    });
    real = finished.result;
    virtual = (await simulateScenario({ scenario })).result;
  }, 120_000);

  beforeEach((context) => skipWhereBusy(context, real));

  it.each(scenario.modes.map(({ name, kind }, i) => [name, kind, i] as const))('%s', (name, kind, i) => {
    const { skipped } = real.modes[i]!;
    if (skipped !== null) {
      console.log(`skipped ${name}: ${skipped}`);
      return;
    }
    const [measured, simulated] = [real.modes[i]!.repetitions[0]!, virtual.modes[i]!.repetitions[0]!];
    if (hot.includes(name)) {
      expect(simulated.messages).toEqual(measured.messages);
      expect(Object.keys(simulated.errors.by_kind).sort()).toEqual(
        Object.keys(measured.errors.by_kind).sort(),
      );
      expect(measured.requests.total).toBeLessThanOrEqual(simulated.requests.total);
      expect(measured.requests.total).toBeGreaterThan(leastShare * simulated.requests.total);
    } else expect(counted(simulated)).toEqual(counted(measured));
    // Or a world where nothing happens at all would agree with itself.
    expect(counted(simulated)).toMatchObject(happens[name]!);
    const [later, earlier] = band[kind];
    const apart = measured.delivery_ms.p50! - simulated.delivery_ms.p50!;
    expect(apart).toBeLessThan(later);
    expect(apart).toBeGreaterThan(-earlier);
  });
});

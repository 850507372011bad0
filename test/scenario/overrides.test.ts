import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { longestDeliveryMs } from '../../src/scenario/cooldown.ts';
import { readScenario, writeScenario } from '../../src/scenario/file.ts';
import { leftOutModes, optionOverrides, parseOverride } from '../../src/scenario/overrides.ts';
import { scaleScenario } from '../../src/scenario/scale.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { layWorkload } from '../../src/scenario/workload.ts';
import type { Override } from '../../src/wire/yaml.ts';
import { complaintsOf, minimal, sample } from './sample.ts';

function override(text: string): Override {
  const parsed = parseOverride(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const overridden = (...texts: string[]): Scenario =>
  readScenario(minimal(), 'a.yaml', { overrides: texts.map(override) });

describe('overrides', () => {
  it('sets one field, written as in a file', () => {
    expect(overridden('clients.count=50').clients.count).toBe(50);
    expect(overridden('modes.1.retry.policy=article').modes[1]?.retry.policy).toBe('article');
    expect(overridden('modes[0].every=2s').modes[0]).toMatchObject({ everyMs: 2000 });
    expect(overridden('network.oneWay=20ms').network.oneWayMs).toBe(20);
    expect(overridden('report.percentiles=[50, 90]').report.percentiles).toEqual([50, 90]);
    expect(overridden('thresholds=["long.lost == 0"]').thresholds).toHaveLength(1);
    expect(overridden('clients.count=5', 'clients.count=6').clients.count).toBe(6);
    expect(overridden('title=a=b').title).toBe('a=b');
  });

  it('names the override in complaints', () => {
    const wrong = (text: string): readonly string[] => complaintsOf(() => overridden(text));
    expect(wrong('clients.count=many')).toEqual([
      '-s clients.count=many  clients.count: expected a number, got "many"',
    ]);
    expect(wrong('clients.cuont=5')).toEqual([
      '-s clients.cuont=5  clients: unknown key "cuont"; did you mean "count"?',
    ]);
    expect(wrong('modes.1.requestTimeout=20s')).toEqual([
      '-s modes.1.requestTimeout=20s  modes[1].requestTimeout: must be longer than the hold of 25s; write 30s',
    ]);
    expect(wrong('network.oneWay=6s')).toEqual([
      expect.stringContaining(
        'requestTimeout: 10s is not longer than a round trip of 12s, so no poll would ever be answered; write 17s',
      ),
    ]);
    expect(wrong('modes.2.every=1s')).toEqual([
      '-s modes.2.every=1s  modes has 2 entries, 0 to 1; there is no "2"',
    ]);
    expect(wrong('modes.1.retry.policy=jitter')[0]).toContain('"jitter" is not one of article, ');
  });

  it('refuses what is no override', () => {
    expect(parseOverride('clients.count')).toBe(
      '-s clients.count  is no FIELD=VALUE; write for example -s clients.count=50',
    );
    expect(parseOverride('=5')).toContain('names no field');
    expect(parseOverride('clients..count=5')).toContain('names no field');
    expect(parseOverride('title=[a')).toContain('the value is no YAML');
  });

  it('turns options into overrides', () => {
    expect(optionOverrides({ duration: '1m', seed: 0 })).toEqual([
      { path: ['duration'], value: '1m', label: '--duration 1m' },
      { path: ['seed'], value: 0, label: '--seed 0' },
    ]);
    expect(optionOverrides({})).toEqual([]);
  });
});

describe('leftOutModes', () => {
  it('keeps the scenario whole and says which modes do not run', () => {
    expect([...leftOutModes(sample(), [])]).toEqual([]);
    expect([...leftOutModes(sample(), ['long'])]).toEqual([['regular', 'left out by --mode']]);
  });

  it('refuses unknown names, all of them', () => {
    expect(complaintsOf(() => leftOutModes(sample(), ['lnog', 'x', 'long']))).toEqual([
      'scenario "minimal" has no mode "lnog"; did you mean "long"?',
      'scenario "minimal" has no mode "x"; there are: regular, long',
    ]);
  });
});

describe('scaleScenario', () => {
  const scenario = sample(
    { arrivals: '{ process: { on-off: { on: 2m, off: 1m } }, rate: 10/min }' },
    'warmup: 20s\nnetwork: { oneWay: 20ms }\nthresholds: [{ expr: long.delivery.p50 < 1s, after: 20s }]\n',
  );

  it('divides every configured time and multiplies rates', () => {
    expect(scaleScenario(scenario, 10)).toMatchObject({
      warmupMs: 2000,
      durationMs: 6000,
      server: { holdMs: 2500 },
      network: { oneWayMs: 2 },
      clients: { keepAliveMs: 7500 },
      modes: [
        { everyMs: 1000, requestTimeoutMs: 1000 },
        { holdMs: 2500, requestTimeoutMs: 3000, retry: { baseMs: 25, capMs: 1000, firstDelayMs: 100 } },
      ],
      arrivals: { process: { onMs: 12_000, offMs: 6000 }, ratePerS: (10 / 60) * 10 },
      thresholds: [{ expr: 'long.delivery.p50 < 1s', afterMs: 2000 }],
    });
  });

  it('keeps the number of messages, and the slack of the cool-down', () => {
    const scaled = scaleScenario(scenario, 10);
    expect(layWorkload(scaled, 0).publishes).toHaveLength(layWorkload(scenario, 0).publishes.length);
    const slack = (each: Scenario): number =>
      each.cooldownMs - longestDeliveryMs(each.modes[0]!, each.network);
    expect(slack(scaled)).toBeCloseTo(slack(scenario), 6);
  });

  it('leaves a scenario that can be written and read', () => {
    const scaled = scaleScenario(scenario, 3);
    expect(readScenario(stringify(writeScenario(scaled)), 'a.yaml')).toEqual(scaled);
  });
});

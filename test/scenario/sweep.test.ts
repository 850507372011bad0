import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readScenario, writeScenario } from '../../src/scenario/file.ts';
import { planWhole } from '../../src/scenario/sweep/plan.ts';
import { parseVary } from '../../src/scenario/sweep/vary.ts';
import { complaintsOf, minimal, sample } from './sample.ts';

const wrong = (more: string): readonly string[] =>
  complaintsOf(() => readScenario(`${minimal()}${more}`, 'a.yaml'));
const rates = 'sweep: { field: arrivals.rate, values: [0.5/s, 1/s, 120/min] }\n';

describe('a sweep in a scenario', () => {
  it('makes a whole scenario for each value, defaults filled in anew', () => {
    const { sweep } = sample({}, 'sweep: { field: modes.1.hold, values: [5s, 40s] }\n');
    expect(sweep).toMatchObject({ field: 'modes.1.hold', own: '25s' });
    expect(sweep!.points.map(({ value }) => value)).toEqual(['5s', '40s']);
    const times = sweep!.points.map(({ scenario: { modes, server } }) => [
      server.holdMs,
      modes[1]!.requestTimeoutMs,
    ]);
    expect(times).toEqual([
      [5000, 10_000],
      [40_000, 45_000],
    ]);
    expect(sweep!.points.every(({ scenario }) => scenario.sweep === null)).toBe(true);
  });

  it('has the same dice at every value', () => {
    const { sweep, seed } = sample({}, `seed: 7\n${rates}`);
    expect(sweep!.points.map(({ scenario }) => scenario.seed)).toEqual([seed, seed, seed]);
    expect(sweep!.points.map(({ scenario }) => scenario.arrivals.ratePerS)).toEqual([0.5, 1, 2]);
  });

  it('takes any field that -s can set, and values that are no numbers', () => {
    const values = (more: string): unknown => sample({}, more).sweep?.points.map(({ value }) => value);
    expect(values('sweep: { field: "modes[1].retry.policy", values: [fixed, immediate] }\n')).toEqual([
      'fixed',
      'immediate',
    ]);
    expect(values('sweep: { field: clients.count, values: [1, 10] }\n')).toEqual([1, 10]);
    expect(values('sweep: null\n')).toBeUndefined();
  });

  it('refuses fields that change nothing of a run', () => {
    expect(wrong('sweep: { field: title, values: [a, b] }\n').join()).toContain(
      'it changes nothing of a run',
    );
    expect(wrong('sweep: { field: report.lanes, values: [1, 2] }\n').join()).toContain('changes nothing');
  });

  it('keeps a threshold to the values that it is for, however they are written', () => {
    const thresholds =
      'thresholds: ["*.lost == 0", { expr: long.requests.per_s < 9/s, at: [30/min, 2/s] }]\n';
    const { sweep } = sample({}, rates + thresholds);
    expect(sweep!.points.map(({ scenario }) => scenario.thresholds.map(({ expr }) => expr))).toEqual([
      ['*.lost == 0', 'long.requests.per_s < 9/s'],
      ['*.lost == 0'],
      ['*.lost == 0', 'long.requests.per_s < 9/s'],
    ]);
  });

  it('is written so that it reads as the same', () => {
    const thresholds = 'thresholds: [{ expr: long.requests.per_s < 9/s, at: [1/s] }]\n';
    const scenario = sample({}, rates + thresholds);
    const written = writeScenario(scenario);
    expect(written['sweep']).toEqual({ field: 'arrivals.rate', values: ['0.5/s', '1/s', '120/min'] });
    expect(readScenario(stringify(written), 'b.yaml')).toEqual(scenario);
    expect(writeScenario(sample())).not.toHaveProperty('sweep');
  });

  it('is planned with all its points', () => {
    const once = planWhole(sample());
    const all = planWhole(sample({}, rates));
    expect(all.totalMs).toBeCloseTo(3 * once.totalMs, 0);
    expect(all.points!.map(({ rate }) => rate.perClient)).toEqual([0.5, 1, 2]);
    const few = planWhole(sample({}, 'sweep: { field: arrivals.rate, values: [1/d, 1/s] }\n'));
    expect(few.warnings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^with arrivals.rate 1\/d: no message falls into/),
    ]);
  });
});

describe('what is wrong with a sweep', () => {
  it('is said at the value itself, all of it at once, beside what else is wrong', () => {
    expect(
      wrong('sweep: { field: arrivals.rate, values: [1/s, fast, 2] }\nthresholds: [long.lst == 0]\n'),
    ).toEqual([
      'a.yaml:8:14  thresholds[0] "long.lst == 0": no metric "lst"; did you mean "lost"?',
      'a.yaml:7:46  sweep.values[1]: arrivals.rate: "fast" is not a rate; write for example 2/s, 10/min, 1/h or 5/d',
      'a.yaml:7:52  sweep.values[2]: arrivals.rate: 2 is not a rate; write 2/s or 2/min',
    ]);
  });

  it('names the nearest field, once', () => {
    expect(wrong('sweep: { field: arrivals.rte, values: [1/s, 2/s] }\n')).toEqual([
      'a.yaml:7:17  sweep.field "arrivals.rte": arrivals: unknown key "rte"; did you mean "rate"?',
    ]);
    expect(wrong('sweep: { field: modes.7.hold, values: [1s, 2s] }\n')).toEqual([
      'a.yaml:7:17  sweep.field "modes.7.hold": modes has 2 entries, 0 to 1; there is no "7"',
    ]);
    expect(wrong('sweep: { field: name, values: [a, b] }\n')).toEqual([
      'a.yaml:7:17  sweep.field "name": what has another name is another scenario',
    ]);
  });

  it('is also what a value does to another field', () => {
    const modes = '[{ name: long, kind: long, requestTimeout: 30s }]';
    const text = `${minimal({ modes })}sweep: { field: modes.0.hold, values: [1s, 40s] }\n`;
    expect(complaintsOf(() => readScenario(text, 'a.yaml'))).toEqual([
      expect.stringMatching(
        /^a.yaml:7:44 {2}sweep.values\[1\]: with modes.0.hold=40s: a.yaml:5:\d+ {2}modes\[0\].requestTimeout: must be longer/,
      ),
    ]);
  });

  it('needs two values, each once', () => {
    expect(wrong('sweep: { field: arrivals.rate, values: [1/s] }\n')).toEqual([
      'a.yaml:7:32  sweep.values: needs at least 2 values, got 1',
    ]);
    expect(wrong('sweep: { field: arrivals.rate, values: [1/s, 1/s] }\n')).toEqual([
      'a.yaml:7:46  sweep.values[1]: "1/s" stands there twice',
    ]);
  });

  it('names the nearest value for a threshold at none', () => {
    const at = (value: string): readonly string[] =>
      wrong(`${rates}thresholds: [{ expr: "*.lost == 0", at: [${value}] }]\n`);
    expect(at('3/s')).toEqual([
      'a.yaml:8:42  thresholds[0].at[0]: 3/s is no value of the sweep; the nearest is 120/min',
    ]);
    expect(at('often')[0]).toContain('no value of the sweep "often"; there are: 0.5/s, 1/s, 120/min');
    expect(wrong('thresholds: [{ expr: "*.lost == 0", at: [1/s] }]\n')).toEqual([
      'a.yaml:7:37  thresholds[0].at: is for scenarios with a sweep; this one has none',
    ]);
  });
});

describe('--vary', () => {
  const values = (text: string, points: number | null = null): unknown => {
    const vary = parseVary(text, points);
    return typeof vary === 'string' ? vary : vary.values;
  };

  it('spaces a range by equal ratios, both ends as they were written', () => {
    expect(values('arrivals.rate=0.01/s..100/s', 5)).toEqual(['0.01/s', '0.1/s', '1/s', '10/s', '100/s']);
    expect(values('modes.1.hold=1s..1m40s', 3)).toEqual(['1s', '10s', '1m40s']);
    expect(values('arrivals.rate=0.01/s..50/s', 4)).toEqual(['0.01/s', '0.171/s', '2.92/s', '50/s']);
  });

  it('spaces it by equal steps from 0, and keeps counts whole', () => {
    expect(values('network.oneWay=0s..40ms', 5)).toEqual(['0s', '10ms', '20ms', '30ms', '40ms']);
    expect(values('clients.count=1..4', 8)).toEqual([1, 2, 3, 4]);
    expect(values('clients.count=10..1000', 3)).toEqual([10, 100, 1000]);
  });

  it('takes a list, numbers as numbers', () => {
    expect(values('clients.count=5, 10,20')).toEqual([5, 10, 20]);
    expect(values('modes.1.retry.policy=fixed,full-jitter')).toEqual(['fixed', 'full-jitter']);
  });

  it('says what is wrong', () => {
    expect(values('arrivals.rate')).toContain('is no FIELD=A..B and no FIELD=a,b,c');
    expect(values('arrivals.rate=2/s..1/s')).toContain('a range goes upwards; write 1/s..2/s');
    expect(values('arrivals.rate=1/s..10s')).toContain('1/s is a rate and 10s a duration');
    expect(values('modes.1.retry.policy=fixed..article')).toContain('"fixed" is no quantity');
    expect(values('arrivals.rate=1/s,2/s', 4)).toContain('--points has no meaning');
    expect(values('arrivals.rate=1/s')).toContain('one value');
  });

  it('takes the place of the file’s sweep, and complains by what was typed', () => {
    const vary = (text: string) => {
      const parsed = parseVary(text, null);
      if (typeof parsed === 'string') throw new Error(parsed);
      return parsed;
    };
    const thresholds = 'thresholds: [{ expr: "*.lost == 0", at: [1/s] }]\n';
    const text = `${minimal()}${rates}${thresholds}`;
    const { sweep } = readScenario(text, 'a.yaml', { vary: vary('clients.count=2,4') });
    expect(sweep!.points.map(({ scenario }) => scenario.clients.count)).toEqual([2, 4]);
    expect(sweep!.points.flatMap(({ scenario }) => scenario.thresholds)).toEqual([]);
    expect(
      complaintsOf(() => readScenario(text, 'a.yaml', { vary: vary('arrivals.rate=1/s,quick') })),
    ).toEqual([
      '--vary arrivals.rate=1/s,quick  sweep.values[1]: arrivals.rate: "quick" is not a rate; write for example 2/s, 10/min, 1/h or 5/d',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { ownProfile } from '../../src/scenario/find.ts';
import { fittedOf, theoryWarnings, whyNoTheory } from '../../src/scenario/fit.ts';
import type { Counted } from '../../src/scenario/measured.ts';
import type { Mode } from '../../src/scenario/scenario.ts';
import { sample } from './sample.ts';

const modesOf = (...args: Parameters<typeof sample>) => sample(...args).modes as readonly [Mode, Mode];
const why = (kind: 0 | 1, ...args: Parameters<typeof sample>): string | null =>
  whyNoTheory(sample(...args), modesOf(...args)[kind], true);

describe('theory does not speak of', () => {
  it('nothing less than an honest run at random', () => {
    expect([why(0), why(1)]).toEqual([null, null]);
    expect(why(1, { arrivals: '{ process: { on-off: { on: 10s, off: 10s } }, rate: 1/s }' })).toBeNull();
  });

  it('what was disturbed, and only that mode', () => {
    const faults = 'faults: [{ at: 10s, kind: server-restart, down: 1s, modes: [long] }]\n';
    expect(why(1, {}, faults)).toContain('faults');
    expect(why(0, {}, faults)).toBeNull();
  });

  it('scripts, bursts, recordings, jitter, and servers that keep nothing', () => {
    const groups = '[{ name: some, share: 50%, timeline: [{ at: 20s, do: sleep, for: 10s }] }]';
    expect(why(0, { clients: `{ count: 10, groups: ${groups} }` })).toContain('scripts');
    expect(why(0, { arrivals: '{ process: { burst: { every: 10s, size: 5 } } }' })).toContain('bursts');
    expect(why(0, { arrivals: '{ process: { replay: { file: x, at: [1s] } } }' })).toContain('recorded');
    const jitter = 'network: { oneWay: 50ms, jitter: 20ms, distribution: uniform }\n';
    expect(why(1, {}, jitter)).toContain('jitter');
    expect(why(0, {}, jitter)).toBeNull();
    expect(whyNoTheory(sample(), modesOf()[1], false)).toContain('keeps nothing');
  });

  it('a run whose requests failed, and says how many', () => {
    const counted = [{ measured: { errors: { rate: 0.25 } } }] as unknown as readonly Counted[];
    const target = { url: null, profile: ownProfile('buffered'), headers: {}, tls: {} };
    const { verdict, sentence } = fittedOf(sample(), modesOf()[0], target, counted);
    expect({ verdict, sentence }).toEqual({
      verdict: 'no statement',
      sentence: 'theory has nothing to say of its deliveries: 25.0 % of its requests failed',
    });
  });
});

describe('what could not be tested', () => {
  it('is told once for the modes that it befalls, and invalidates nothing', () => {
    const notes = [{ code: 'few-for-theory', text: 'too few' }];
    const modes = [
      { name: 'a', theory: { notes } },
      { name: 'b', theory: { notes } },
      { name: 'c', theory: null },
    ];
    expect(theoryWarnings(modes)).toEqual([
      { code: 'few-for-theory', text: 'a, b: too few.', invalidates: false },
    ]);
  });
});

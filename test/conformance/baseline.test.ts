import { describe, expect, it } from 'vitest';
import { meets, readExpectations } from '../../src/conformance/baseline.ts';
import { verdicts } from '../../src/conformance/result.ts';
import { complaintsOf } from '../scenario/sample.ts';

const ids = ['http.method.head', 'http.method.options', 'longpoll.hold.defers'];
const read = (text: string) => readExpectations(text, 'seed.yaml', ids);

describe('a file of known failures', () => {
  it('says what fails and why', () => {
    expect(
      read(`http.method.head: { verdict: FAIL, why: held like a GET }
http.method.options: { why: held too }
longpoll.hold.defers: { verdict: FLAKY, why: a race }
`),
    ).toEqual({
      'http.method.head': { verdict: 'FAIL', why: 'held like a GET' },
      'http.method.options': { verdict: 'FAIL', why: 'held too' },
      'longpoll.hold.defers': { verdict: 'FLAKY', why: 'a race' },
    });
    expect(read('')).toEqual({});
  });

  it('refuses ids that no row has, verdicts that are none, and silence about the reason', () => {
    expect(complaintsOf(() => read('http.method.heat: { why: x }\nhttp.methd: { why: y }'))).toEqual([
      'seed.yaml  no row "http.method.heat"; did you mean "http.method.head"?   (pollmark conformance --list shows all)',
      'seed.yaml  no row "http.methd"; did you mean "http.method"?   (pollmark conformance --list shows all)',
    ]);
    expect(complaintsOf(() => read('http.method.head: { verdict: FIAL }'))).toEqual([
      'seed.yaml:1:1  http.method.head.why: is missing; expected a text',
      'seed.yaml:1:30  http.method.head.verdict: "FIAL" is not one of FAIL, INCONCLUSIVE, FLAKY; did you mean "FAIL"?',
    ]);
    expect(complaintsOf(() => read('- http.method.head'))[0]).toMatch(/expected a map/);
  });
});

describe('a verdict held against what was expected', () => {
  const why = 'known';
  const states = (
    verdict: 'FAIL' | 'INCONCLUSIVE' | 'FLAKY',
    flaky: { passed: number; of: number } | null = null,
  ) =>
    Object.fromEntries(
      verdicts.map((seen) => [seen, meets({ verdict, why }, { verdict: seen, flaky })?.state ?? null]),
    );
  const nothing = { 'N/A': null, BLOCKED: null, 'HARNESS-ERROR': null };

  it('is nothing when nothing was expected', () => {
    expect(meets(undefined, { verdict: 'FAIL', flaky: null })).toBeNull();
  });

  it('is XFAIL when it is as bad as that, XPASS when it passes after all, and else nothing', () => {
    const passing = { PASS: 'XPASS', LENIENT: 'XPASS', INFO: 'XPASS' };
    expect(states('FAIL')).toEqual({ ...nothing, ...passing, FAIL: 'XFAIL', INCONCLUSIVE: null });
    expect(states('INCONCLUSIVE')).toEqual({ ...nothing, ...passing, FAIL: null, INCONCLUSIVE: 'XFAIL' });
    const bad = { FAIL: 'XFAIL', INCONCLUSIVE: 'XFAIL' };
    expect(states('FLAKY')).toEqual({ ...nothing, ...bad, PASS: null, LENIENT: null, INFO: null });
    expect(meets({ verdict: 'FAIL', why }, { verdict: 'FAIL', flaky: null })).toEqual({
      state: 'XFAIL',
      why,
    });
  });

  it('is XFAIL as long as it fails at times', () => {
    expect(meets({ verdict: 'FAIL', why }, { verdict: 'PASS', flaky: { passed: 1, of: 2 } })?.state).toBe(
      'XFAIL',
    );
  });
});

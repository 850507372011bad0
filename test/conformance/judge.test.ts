import { describe, expect, it } from 'vitest';
import { judge } from '../../src/conformance/judge.ts';
import { type Attempt, conclude, nextSettleScale, worstOf } from '../../src/conformance/rerun.ts';
import type { Verdict } from '../../src/conformance/result.ts';
import { broken, fail, pass, played, row, unclear } from './fake.ts';

const sample = row('longpoll.hold.defers', {
  lenient: { 'early-head': 'the head came early' },
  info: { closed: 'the connection was closed' },
});

describe('one playing', () => {
  it('passes when the preferred outcome was seen', () => {
    expect(judge(sample, 'MUST', played(pass({ seen: 'held for 5 s' })))).toEqual({
      verdict: 'PASS',
      outcome: null,
      outcomeText: null,
      expected: 'longpoll.hold.defers is demanded.',
      actual: 'held for 5 s',
      reason: null,
    });
    expect(judge(sample, 'MUST', played(pass())).verdict).toBe('PASS');
  });

  it('is lenient or informative by the outcome that the row lists', () => {
    expect(judge(sample, 'MUST', played(pass({ outcome: 'early-head' })))).toMatchObject({
      verdict: 'LENIENT',
      outcome: 'early-head',
      outcomeText: 'the head came early',
    });
    expect(judge(sample, 'MUST', played(pass({ outcome: 'closed' })))).toMatchObject({
      verdict: 'INFO',
      outcomeText: 'the connection was closed',
    });
  });

  it('is our own mistake when the outcome is not listed, even by a name that every object has', () => {
    const judgement = judge(sample, 'MUST', played(pass({ outcome: 'constructor' })));
    expect(judgement.verdict).toBe('HARNESS-ERROR');
    expect(judgement.reason).toBe(
      'longpoll.hold.defers came to an outcome "constructor" that it does not list; it lists: early-head, closed',
    );
    expect(judge(row('a.b.c'), 'MUST', played(pass({ outcome: 'x' }))).reason).toMatch(/it lists: none$/);
  });

  it('fails by a violation, with what the row expected and what it saw', () => {
    expect(judge(sample, 'SHOULD', played(fail))).toMatchObject({
      verdict: 'FAIL',
      expected: 'an answer',
      actual: 'none came',
      reason: null,
    });
  });

  it('says nothing when our own event loop was late and the row failed; a row that passed has passed', () => {
    expect(judge(sample, 'MUST', played(fail, { loopDelayMs: 50 })).verdict).toBe('FAIL');
    expect(judge(sample, 'MUST', played(fail, { loopDelayMs: 50.4 }))).toMatchObject({
      verdict: 'INCONCLUSIVE',
      actual: 'none came',
      reason: 'our own event loop was late by 50 ms meanwhile',
    });
    const twice = {
      kind: 'violation',
      expected: 'it once',
      actual: 'it came twice',
      timeless: true,
    } as const;
    expect(judge(sample, 'MUST', played(twice, { loopDelayMs: 900 })).verdict).toBe('FAIL');
    expect(judge(sample, 'MUST', played(pass(), { loopDelayMs: 900 })).verdict).toBe('PASS');
    expect(judge(sample, 'MUST', played(pass({ outcome: 'early-head' }), { loopDelayMs: 900 })).verdict).toBe(
      'LENIENT',
    );
  });

  it('tells apart what is unclear, without meaning here, and our own mistake', () => {
    expect(judge(sample, 'MUST', played(unclear))).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: 'the publish was not acknowledged',
    });
    expect(judge(sample, 'MUST', played({ kind: 'not-applicable', why: 'it has no JSONP' }))).toMatchObject({
      verdict: 'N/A',
      reason: 'it has no JSONP',
    });
    expect(judge(sample, 'MUST', played(broken))).toMatchObject({
      verdict: 'HARNESS-ERROR',
      reason: 'TypeError: x is not a function',
    });
  });

  it('only records what has no right answer', () => {
    expect(judge(sample, 'OBSERVE', played(pass({ seen: 'closed at once' })))).toMatchObject({
      verdict: 'INFO',
      actual: 'closed at once',
    });
    expect(judge(sample, 'OBSERVE', played(fail))).toMatchObject({ verdict: 'INFO', actual: 'none came' });
  });
});

const scales = [1, 1, 10];

/** Attempts as the rules make them: the first beside others unless said otherwise, the next ones alone. */
function attempts(
  ends: readonly ('ok' | 'fail' | 'unclear' | 'error' | 'n/a')[],
  firstAlone = false,
): Attempt[] {
  const forms = {
    ok: pass({ seen: 'fine' }),
    ...{ fail, unclear, error: broken },
    'n/a': { kind: 'not-applicable', why: 'no JSONP' },
  } as const;
  return ends.map((end, i) => {
    const one = played(forms[end]);
    const alone = i > 0 || firstAlone;
    return { judgement: judge(sample, 'MUST', one), played: one, settleScale: scales[i]!, alone };
  });
}

describe('several playings', () => {
  it.each([
    [[], 1],
    [['fail'], 1],
    [['unclear'], 1],
    [['fail', 'fail'], 10],
    [['fail', 'unclear'], 10],
    [['fail', 'fail', 'fail'], undefined],
    [['ok'], undefined],
    [['fail', 'ok'], undefined],
    [['error'], undefined],
    [['n/a'], undefined],
  ] as const)('after %j the settle time of the next is %s-fold', (ends, scale) => {
    expect(nextSettleScale(attempts(ends))).toBe(scale);
  });

  it.each<[string, Parameters<typeof attempts>, Verdict, [number, number] | null]>([
    ['it passes at once', [['ok']], 'PASS', null],
    ['it fails every time', [['fail', 'fail', 'fail']], 'FAIL', null],
    ['it fails beside others and passes alone', [['fail', 'ok']], 'PASS', [1, 2]],
    ['it was unclear and then passes', [['unclear', 'ok']], 'PASS', null],
    ['it passes only when it waits ten times as long', [['fail', 'fail', 'ok']], 'INCONCLUSIVE', null],
    [
      'it is clear only when it waits ten times as long',
      [['unclear', 'unclear', 'ok']],
      'INCONCLUSIVE',
      null,
    ],
    ['it fails whenever it is clear, once alone', [['unclear', 'fail', 'unclear']], 'FAIL', null],
    [
      'it fails only beside others and is never clear alone',
      [['fail', 'unclear', 'unclear']],
      'INCONCLUSIVE',
      null,
    ],
    ['it failed alone the first time already', [['fail', 'unclear', 'unclear'], true], 'FAIL', null],
    ['it is never clear', [['unclear', 'unclear', 'unclear']], 'INCONCLUSIVE', null],
    ['our own code fails', [['error']], 'HARNESS-ERROR', null],
    ['our own code fails the second time', [['fail', 'error']], 'HARNESS-ERROR', null],
    ['it has no meaning', [['n/a']], 'N/A', null],
  ])('%s', (_, args, verdict, flaky) => {
    const conclusion = conclude(attempts(...args));
    expect(conclusion.verdict).toBe(verdict);
    expect(conclusion.flaky).toEqual(flaky === null ? null : { passed: flaky[0], of: flaky[1] });
  });

  it('shows the attempt that failed, and says why it does not count', () => {
    const flaky = conclude(attempts(['fail', 'ok']));
    expect(flaky.shown.judgement.actual).toBe('none came');
    expect(flaky.reason).toBe('failed, and passed when played again alone');
    const late = conclude(attempts(['fail', 'fail', 'ok']));
    expect(late.shown.judgement.actual).toBe('none came');
    expect(late.reason).toMatch(/^passes only when it waits ten times as long/);
    expect(conclude(attempts(['fail', 'fail', 'unclear'])).shown.judgement.actual).toBe('none came');
  });
});

describe('several rounds', () => {
  const round = (verdict: Verdict, flaky: { passed: number; of: number } | null = null) => ({
    verdict,
    flaky,
  });

  it('count as the worst of them', () => {
    const order: Verdict[] = ['HARNESS-ERROR', 'FAIL', 'INCONCLUSIVE', 'LENIENT', 'INFO', 'PASS'];
    for (const [i, worse] of order.entries())
      for (const better of order.slice(i))
        expect(worstOf([round(better), round(worse), round(better)]).verdict).toBe(worse);
  });

  it('are flaky when they do not agree', () => {
    expect(worstOf([round('PASS'), round('PASS')]).flaky).toBeNull();
    expect(worstOf([round('FAIL'), round('FAIL')]).flaky).toBeNull();
    expect(worstOf([round('PASS'), round('FAIL'), round('PASS')])).toEqual(
      round('FAIL', { passed: 2, of: 3 }),
    );
    expect(worstOf([round('PASS', { passed: 1, of: 2 }), round('PASS')])).toEqual(
      round('PASS', { passed: 2, of: 3 }),
    );
    expect(worstOf([round('INCONCLUSIVE'), round('PASS')])).toEqual(round('INCONCLUSIVE'));
  });
});

import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/conformance/case.ts';
import { widthOf } from '../../src/conformance/phase.ts';
import { type Finished, Suite, type SuiteOptions, type SuiteState } from '../../src/conformance/suite.ts';
import { monotonicClock } from '../../src/world/real/clock.ts';
import {
  broken,
  FakeStage,
  fail,
  inTurn,
  pass,
  planned,
  profileWith,
  row,
  type Script,
  unclear,
} from './fake.ts';

/** Without channels: one row at a time. */
const lone = { ...profileWith(), subscribe: { ...profileWith().subscribe, url: '/one' } };

interface Playing {
  readonly serial?: boolean;
  readonly restarts?: boolean;
  readonly options?: Partial<SuiteOptions>;
}

async function play(cases: readonly Case[], script: Script = {}, more: Playing = {}) {
  const profile = more.serial === true ? lone : profileWith();
  const stage = new FakeStage(script);
  stage.canRestart = more.restarts === true;
  const states: SuiteState[] = [];
  const suite = new Suite(stage, {
    clock: monotonicClock(),
    width: (phase) => widthOf(phase, profile),
    tell: (state) => states.push(state),
    ...more.options,
  });
  const finished = await suite.play(planned(cases, profile));
  const of = (id: string): Finished => finished.find((each) => each.planned.row.id === id)!;
  const verdicts = finished.map(({ planned: { row }, verdict }) => `${row.id} ${verdict}`);
  return { stage, suite, finished, verdicts, of, states };
}

const rows = (...ids: string[]): Case[] => ids.map((id) => row(id));

describe('rows', () => {
  it('are played one at a time where the target has no channels, in the order of the catalogue', async () => {
    const { stage, verdicts } = await play(rows('c', 'a', 'b'), {}, { serial: true });
    expect(stage.plays).toEqual(['c 1 x1', 'a 1 x1', 'b 1 x1']);
    expect(stage.most).toBe(1);
    expect(verdicts).toEqual(['c PASS', 'a PASS', 'b PASS']);
  });

  it('are played four at a time where it has', async () => {
    const { stage, verdicts } = await play(rows('a', 'b', 'c', 'd', 'e', 'f'));
    expect(stage.most).toBe(4);
    expect(stage.beside.get('d 1')).toEqual(['a', 'b', 'c']);
    expect(verdicts).toHaveLength(6);
  });

  it('that must be alone are', async () => {
    const { stage } = await play([row('a'), row('b', { alone: true }), row('c'), row('d', { alone: true })]);
    expect(stage.beside.get('c 1')).toEqual(['a']);
    expect(stage.beside.get('b 1')).toEqual([]);
    expect(stage.beside.get('d 1')).toEqual([]);
  });

  it('of later phases wait, and load, hostile and process rows run one at a time', async () => {
    const tagged = (id: string, tag: 'slow' | 'load' | 'hostile' | 'process') => row(id, { tags: [tag] });
    const { stage } = await play([
      ...[tagged('p', 'process'), tagged('h', 'hostile'), tagged('l', 'load'), tagged('m', 'load')],
      ...[tagged('s', 'slow'), tagged('t', 'slow'), row('o')],
    ]);
    expect(stage.plays.map((line) => line[0])).toEqual(['o', 's', 't', 'l', 'm', 'h', 'p']);
    expect(stage.beside.get('t 1')).toEqual(['s']);
    expect(stage.beside.get('m 1')).toEqual([]);
  });

  it('that judge the whole run come last', async () => {
    const { stage } = await play([
      row('framing', { afterAll: true }),
      row('a'),
      row('h', { tags: ['hostile'] }),
    ]);
    expect(stage.plays).toEqual(['a 1 x1', 'h 1 x1', 'framing 1 x1']);
  });

  it('that are not applicable are not played', async () => {
    const claimed = row('b', { duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }] });
    const { stage, of } = await play([row('a'), claimed]);
    expect(stage.plays).toEqual(['a 1 x1']);
    expect(of('b')).toMatchObject({
      verdict: 'N/A',
      reason: 'the profile does not claim resume',
      attempts: [],
    });
  });

  it('tell where they are', async () => {
    const { states } = await play([row('a'), row('h', { tags: ['hostile'] })]);
    expect(states.map(({ phase }) => phase)).toContain('ordinary');
    expect(states.at(-1)).toMatchObject({ phase: 'hostile', playing: [] });
    expect(states.some(({ playing }) => playing.includes('a'))).toBe(true);
    expect(states.at(-1)!.finished).toHaveLength(2);
  });
});

describe('a row that fails', () => {
  it('is played again alone, with the settle time as it was and then ten times as long', async () => {
    const { stage, of } = await play(rows('a', 'b', 'c'), { b: () => fail });
    expect(stage.plays.filter((line) => line.startsWith('b'))).toEqual(['b 1 x1', 'b 2 x1', 'b 3 x10']);
    expect(stage.beside.get('b 1')).toEqual(['a']);
    expect(stage.beside.get('b 2')).toEqual([]);
    expect(stage.plays.indexOf('b 2 x1')).toBeGreaterThan(stage.plays.indexOf('c 1 x1'));
    expect(of('b')).toMatchObject({ verdict: 'FAIL', flaky: null, crashed: false });
    expect(of('b').attempts.map(({ alone }) => alone)).toEqual([false, true, true]);
  });

  it('is flaky when it passes alone, and the others do not wait for ever', async () => {
    const { of } = await play(rows('a', 'b'), { b: inTurn(fail, pass()) });
    expect(of('b')).toMatchObject({ verdict: 'PASS', flaky: { passed: 1, of: 2 } });
  });

  it('says nothing when only patience helps, or nothing is clear', async () => {
    const { of } = await play(rows('late', 'dim'), { late: inTurn(fail, fail, pass()), dim: () => unclear });
    expect(of('late')).toMatchObject({ verdict: 'INCONCLUSIVE', flaky: null });
    expect(of('dim')).toMatchObject({ verdict: 'INCONCLUSIVE', reason: 'the publish was not acknowledged' });
    expect(of('dim').attempts).toHaveLength(3);
  });

  it('by our own fault is not played again', async () => {
    const { of } = await play(rows('a'), { a: () => broken });
    expect(of('a')).toMatchObject({ verdict: 'HARNESS-ERROR', reason: 'TypeError: x is not a function' });
    expect(of('a').attempts).toHaveLength(1);
  });

  it('one at a time, is played again before the next row', async () => {
    const { stage } = await play(rows('a', 'b'), { a: inTurn(fail, pass()) }, { serial: true });
    expect(stage.log).toEqual(['a 1 x1', 'alive', 'a 2 x1', 'b 1 x1']);
  });

  it('blocks what depends on it, once its verdict stands', async () => {
    const dependent = [
      row('b', { dependsOn: ['a'] }),
      row('a'),
      row('c', { dependsOn: ['b'] }),
      row('d', { dependsOn: ['good', 'not-chosen'] }),
      row('good'),
    ];
    const { verdicts, of, stage } = await play(dependent, { a: () => fail, good: inTurn(fail, pass()) });
    expect(verdicts).toEqual(['b BLOCKED', 'a FAIL', 'c BLOCKED', 'd PASS', 'good PASS']);
    expect(of('b').reason).toBe('it says nothing without a, which is FAIL');
    expect(of('c').reason).toBe('it says nothing without b, which is BLOCKED');
    expect(stage.plays.indexOf('d 1 x1')).toBeGreaterThan(stage.plays.indexOf('good 2 x1'));
  });
});

describe('a row whose dependency has no meaning', () => {
  it('is played all the same', async () => {
    const claimed = row('a', { duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }] });
    const { verdicts } = await play([claimed, row('b', { dependsOn: ['a'] })]);
    expect(verdicts).toEqual(['a N/A', 'b PASS']);
  });
});

describe('a row that hangs, or whose stage throws', () => {
  it('is given up, and is our own mistake', async () => {
    const { of, verdicts } = await play(
      rows('a', 'b'),
      { a: () => 'hangs' },
      { options: { patienceMs: () => 20 } },
    );
    expect(of('a')).toMatchObject({
      verdict: 'HARNESS-ERROR',
      reason: expect.stringMatching(/a did not come to an end within 0.02 s/),
    });
    expect(verdicts[1]).toBe('b PASS');
  });

  it('does not take the others with it', async () => {
    const script: Script = {
      a: () => {
        throw new Error('no sockets left');
      },
    };
    const { of, verdicts } = await play(rows('a', 'b'), script);
    expect(of('a')).toMatchObject({
      verdict: 'HARNESS-ERROR',
      reason: expect.stringContaining('no sockets left'),
    });
    expect(verdicts[1]).toBe('b PASS');
  });
});

describe('a target that dies', () => {
  const hostile = (id: string): Case => row(id, { tags: ['hostile'] });

  it('is looked after following each hostile and process row and each failure, and no other', async () => {
    const { stage, of } = await play(
      [row('a'), row('b'), hostile('h'), row('p', { tags: ['process'] })],
      { b: () => broken },
      { serial: true },
    );
    expect(stage.log).toEqual(['a 1 x1', 'b 1 x1', 'alive', 'h 1 x1', 'alive', 'p 1 x1', 'alive']);
    expect(of('a').aliveMs).toBeNull();
    expect(of('h').aliveMs).toBeGreaterThanOrEqual(0);
  });

  it('fails the row, and blocks the rest when it cannot be started anew', async () => {
    const { of, verdicts, suite, stage } = await play([hostile('g'), hostile('h'), hostile('i')], {
      h: () => 'dies',
    });
    expect(verdicts).toEqual(['g PASS', 'h FAIL', 'i BLOCKED']);
    expect(of('h')).toMatchObject({
      crashed: true,
      reason: 'the target could not be reached any more after it',
      aliveMs: null,
    });
    expect(of('h').attempts).toHaveLength(1);
    expect(of('i').reason).toBe('the target is gone since h');
    expect(stage.plays).not.toContain('i 1 x1');
    expect(suite.lostTarget).toBe(true);
  });

  it('fails the row although it passed by itself', async () => {
    const stage = new FakeStage();
    let asked = 0;
    stage.alive = () => Promise.resolve(++asked > 1);
    stage.canRestart = true;
    const suite = new Suite(stage, { clock: monotonicClock(), width: () => 1 });
    const finished = await suite.play(planned([hostile('g'), hostile('h')]));
    expect(finished.map(({ verdict, crashed }) => [verdict, crashed])).toEqual([
      ['FAIL', true],
      ['PASS', false],
    ]);
  });

  it('is started anew where that is possible', async () => {
    const { verdicts, suite, stage } = await play(
      [hostile('h'), hostile('i')],
      { h: () => 'dies' },
      { restarts: true },
    );
    expect(verdicts).toEqual(['h FAIL', 'i PASS']);
    expect(stage.log).toEqual(['h 1 x1', 'alive', 'restart', 'i 1 x1', 'alive']);
    expect(suite.lostTarget).toBe(false);
  });

  it('is not held against the rows beside the one that killed it', async () => {
    const { verdicts, of, stage } = await play(
      rows('a', 'killer', 'c', 'd', 'e'),
      { killer: () => 'dies' },
      { restarts: true },
    );
    expect(verdicts).toEqual(['a PASS', 'killer FAIL', 'c PASS', 'd PASS', 'e PASS']);
    expect(of('killer')).toMatchObject({ crashed: true });
    expect(of('killer').attempts).toHaveLength(2);
    expect(of('c').attempts.length).toBeGreaterThan(1);
    expect(of('c').crashed).toBe(false);
    // No row begins while it is dead.
    const dead = stage.log.slice(stage.log.indexOf('alive'), stage.log.indexOf('restart'));
    expect(dead.filter((line) => line !== 'alive')).toEqual([]);
  });

  it('that cannot be started anew fails the first that noticed, says who else was there, and blocks those', async () => {
    const { of, verdicts } = await play(rows('a', 'killer', 'c', 'd', 'e'), { killer: () => 'dies' });
    expect(verdicts).toEqual(['a PASS', 'killer FAIL', 'c BLOCKED', 'd BLOCKED', 'e BLOCKED']);
    expect(of('killer').reason).toBe(
      'the target could not be reached any more after it; beside it ran c, d, e',
    );
    expect(of('e').reason).toBe('the target is gone since killer, c, d, e');
  });

  it('leaves no row without a verdict, not even one of our own mistakes', async () => {
    const { verdicts } = await play(
      rows('killer', 'b'),
      {
        killer: () => 'dies',
        b: () => {
          throw new Error('the connection was refused');
        },
      },
      { restarts: true },
    );
    expect(verdicts).toEqual(['killer FAIL', 'b HARNESS-ERROR']);
  });

  it('blocks also the rows that were to be played again', async () => {
    const { of } = await play(rows('shaky', 'b', 'c', 'd', 'killer'), {
      shaky: () => fail,
      killer: () => 'dies',
    });
    expect(of('shaky')).toMatchObject({ verdict: 'BLOCKED', reason: 'the target is gone since killer' });
  });
});

describe('an abort', () => {
  it('keeps what has a verdict, and does not wait for what is being played', async () => {
    const stop = new AbortController();
    const script: Script = { b: () => 'hangs' };
    const running = play(rows('a', 'b', 'c'), script, {
      serial: true,
      options: {
        signal: stop.signal,
        tell: ({ playing }) => {
          if (playing.includes('b')) setImmediate(() => stop.abort());
        },
      },
    });
    const { verdicts, stage } = await running;
    expect(verdicts).toEqual(['a PASS']);
    expect(stage.plays).toEqual(['a 1 x1', 'b 1 x1']);
  });

  it('does not wait for a sign of life either', async () => {
    const stop = new AbortController();
    const stage = new FakeStage({ a: () => fail });
    stage.alive = () => {
      setImmediate(() => stop.abort());
      return new Promise(() => {});
    };
    const suite = new Suite(stage, { clock: monotonicClock(), width: () => 1, signal: stop.signal });
    expect(await suite.play(planned(rows('a', 'b')))).toEqual([]);
  });
});

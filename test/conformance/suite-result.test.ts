import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/conformance/case.ts';
import type { ConformanceOptions, ConformanceProgress } from '../../src/conformance/options.ts';
import type { Ended, StageOptions } from '../../src/conformance/play.ts';
import { type ConformanceResult, conformanceResultSchema } from '../../src/conformance/result.ts';
import { runConformance } from '../../src/conformance/run.ts';
import { Unclear } from '../../src/conformance/verify.ts';
import { UsageError } from '../../src/wire/usage.ts';
import {
  broken,
  constants,
  FakeStage,
  fail,
  inTurn,
  pass,
  profileWith,
  row,
  type Script,
  unclear,
} from './fake.ts';

interface Run {
  readonly result: ConformanceResult;
  readonly stage: FakeStage;
  readonly stageOptions: StageOptions;
  readonly told: readonly ConformanceProgress[];
}

async function run(
  cases: readonly Case[],
  script: Script = {},
  options: Partial<ConformanceOptions> = {},
  stage = new FakeStage(script),
): Promise<Run> {
  let stageOptions: StageOptions | undefined;
  const told: ConformanceProgress[] = [];
  const result = await runConformance({
    profile: profileWith(),
    target: 'http://127.0.0.1:9/ignored?x',
    cases,
    openStage: (given) => {
      stageOptions = given;
      return Promise.resolve(stage);
    },
    progress: (state) => told.push(state),
    ...options,
  });
  expect(conformanceResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  return { result, stage, stageOptions: stageOptions!, told };
}

const refused = async (...args: Parameters<typeof run>): Promise<UsageError> => {
  const error: unknown = await run(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error as UsageError;
};

const must = (id: string): Case => row(id);
const should = (id: string): Case => row(id, { duties: [{ level: 'SHOULD', authority: 'PRACTICE' }] });
const exitWith = async (...args: Parameters<typeof run>): Promise<number> =>
  (await run(...args)).result.summary.exit;

describe('the result of a run', () => {
  it('has every chosen row with what was demanded, seen and done', async () => {
    const endings = [{ connection: 1, ending: 'kept-alive' as const }];
    const transcript = [{ at_ms: 1, connection: 1, direction: '>' as const, bytes: 'GET /' }];
    const cases = [
      row('a.b.c', { lenient: { late: 'it came late' }, contested: 'somebody disagrees', tags: [] }),
      row('a.b.d', { dependsOn: ['a.b.c'] }),
      row('a.b.e', { tags: ['slow'] }),
    ];
    const { result, stage, told, stageOptions } = await run(
      cases,
      {
        'a.b.c': () => ({
          ...{ endings, transcript, ended: pass({ outcome: 'late', seen: '7 s' }) },
          durationMs: 7,
        }),
        'a.b.d': () => ({ ended: fail, transcript, endings }),
      },
      { headers: { 'X-Key': 'abc' }, seed: 7, timingScale: 2 },
    );
    expect(result).toMatchObject({
      schema: 'pollmark/conformance',
      version: 1,
      target: 'http://127.0.0.1:9',
      seed: 7,
      status: 'ok',
      constants: {
        settle_ms: 50,
        hold_ms: 25_000,
        keepalive_ms: null,
        delivery_p99_ms: 8,
        request_p99_ms: 3,
      },
    });
    expect(result.constants.sources['hold_ms']).toEqual({ from: 'profile', measured: null, note: null });
    expect(result.rows.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['a.b.c', 'LENIENT'],
      ['a.b.d', 'FAIL'],
    ]);
    expect(result.rows[0]).toMatchObject({
      ...{ level: 'MUST', phase: 'ordinary', outcome: 'late', outcomeText: 'it came late', actual: '7 s' },
      ...{
        attempts: 1,
        crashed: false,
        flaky: null,
        duration_ms: 7,
        endings,
        contested: 'somebody disagrees',
      },
      ...{ transcript: [], requires: 'a.b.c is demanded.', expected: 'a.b.c is demanded.' },
    });
    expect(result.rows[1]).toMatchObject({
      ...{ attempts: 3, expected: 'an answer', actual: 'none came', transcript, dependsOn: ['a.b.c'] },
      ...{ duration_ms: 15 },
    });
    expect(result.rows[1]!.attemptDetails.map(({ settleFactor, alone }) => [settleFactor, alone])).toEqual([
      [1, false],
      [1, true],
      [10, true],
    ]);
    expect(result.summary).toMatchObject({ must: { lenient: 1, fail: 1, pass: 0 }, exit: 1 });
    expect(stageOptions).toMatchObject({ seed: 7, timingScale: 2 });
    expect(stageOptions.target).toMatchObject({ origin: 'http://127.0.0.1:9', headers: { 'X-Key': 'abc' } });
    expect(stage.log.at(-1)).toBe('close');
    expect(told[0]).toEqual({
      ...{ kind: 'planned', target: 'http://127.0.0.1:9', rows: 2, expectedMs: 500, notes: [] },
    });
    expect(told.map(({ kind }) => kind)).toContain('playing');
  });

  it('keeps the transcripts of rows that did not simply pass, or of all', async () => {
    const transcript = [{ at_ms: 1, connection: 1, direction: '>' as const, bytes: 'GET /' }];
    const script = (): Script => ({
      p: () => ({ transcript }),
      f: inTurn({ transcript, ended: fail }, { transcript }),
      u: () => ({ transcript, ended: unclear }),
      e: () => ({ transcript, ended: broken }),
    });
    const kept = async (options: Partial<ConformanceOptions>) =>
      (await run(['p', 'f', 'u', 'e'].map(must), script(), options)).result.rows
        .filter((each) => each.transcript.length > 0)
        .map(({ id }) => id);
    expect(await kept({})).toEqual(['f', 'u', 'e']);
    expect(await kept({ transcripts: 'all' })).toEqual(['p', 'f', 'u', 'e']);
  });

  it('says which figures rows have found out, also those that failed', async () => {
    const lossCurve = [{ spacingMs: 5, sent: 300, lost: 298 }];
    const { result } = await run([must('a'), must('b')], {
      a: () => ({
        ...{ kind: 'violation', expected: 'no loss', actual: 'losses' },
        measured: { lossCurve, keepAliveMs: 5000 },
      }),
      b: () => pass({ measured: { fanoutSkew: [{ subscribers: 50, skewMs: 3 }], holdMs: 24_990 } }),
    });
    expect(result.constants).toMatchObject({
      loss_curve: [{ spacing_ms: 5, sent: 300, lost: 298 }],
      keepalive_ms: 5000,
      hold_ms: 25_000,
      fanout_skew: [{ subscribers: 50, skew_ms: 3 }],
      sources: { hold_ms: { from: 'profile', measured: 24_990 }, keepalive_ms: { from: 'measured' } },
    });
  });

  it('shows no secret', async () => {
    const { result, stageOptions } = await run(
      [must('a')],
      {
        a: () => ({
          kind: 'violation',
          expected: 'no s3cret',
          actual: 'an answer with s3cret-too and s3cret',
        }),
      },
      {
        ...{ headers: { Authorization: 's3cret', 'X-Note': `\${env:NOTE}`, Accept: 'text/plain' } },
        env: { NOTE: 's3cret-too', OTHER: 'none' },
      },
    );
    expect(JSON.stringify(result)).not.toContain('s3cret');
    expect(result.rows[0]!.actual).toBe('an answer with (redacted)-too and (redacted)');
    expect(stageOptions.target.secrets).toEqual(['s3cret', 's3cret-too']);
    expect(stageOptions.target.headers).toMatchObject({ 'X-Note': 's3cret-too', Accept: 'text/plain' });
  });

  it('plays everything several times, and tells what did not agree', async () => {
    const { result, stage, told } = await run(
      [must('a'), must('b')],
      { b: inTurn(pass(), fail, fail, fail, pass()) },
      { repeat: 3 },
    );
    expect(stage.plays.filter((line) => line.startsWith('a'))).toHaveLength(3);
    expect(result.rows[1]).toMatchObject({ verdict: 'FAIL', flaky: { passed: 2, of: 3 }, attempts: 5 });
    expect(result.rows[0]).toMatchObject({ verdict: 'PASS', flaky: null, attempts: 3 });
    expect(told[0]).toMatchObject({ kind: 'planned', expectedMs: 1500 });
    expect(told.flatMap((state) => (state.kind === 'playing' ? [state.round] : []))).toContain(3);
  });

  it('knows the slow rows only once times are measured', async () => {
    const stage = new FakeStage();
    stage.calibration = () => ({ ...constants, hold: { ms: 2000, from: 'measured' } });
    const { hold: _, ...unheld } = { ...profileWith() };
    const profile = { ...unheld, hold: { ...profileWith().hold, time: 60_000 } };
    const held = row('a', { seconds: (facts) => (facts.constants.hold?.ms ?? 0) / 1000 });
    const { result } = await run([held, must('b')], {}, { profile }, stage);
    expect(result.rows.map(({ id, phase }) => [id, phase])).toEqual([
      ['a', 'ordinary'],
      ['b', 'ordinary'],
    ]);
  });

  it('gives the calibration the rows that will be played, and no others', async () => {
    const unclaimed = row('b', { duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }] });
    const { stage } = await run([must('a'), unclaimed, row('c', { tags: ['slow'] })]);
    expect(stage.calibrated).toEqual(['a']);
  });
});

describe('a run that cannot be', () => {
  it('is refused with everything that is wrong', async () => {
    const error = await refused(
      [must('a.b')],
      {},
      {
        ...{
          headers: { 'X-Key': `\${env:NOBODY_SET_THIS}` },
          env: {},
          rows: ['a.c'],
          skip: ['x.y'],
          expect: { 'a.d': { verdict: 'FAIL', why: 'x' } },
        },
        profile: { ...profileWith(), name: 'mine', unsafe: ['a.e'], notApplicable: { 'a.f': 'no' } },
      },
    );
    expect(error.exitCode).toBe(2);
    expect(error.complaints.map((each) => each.replace(/;.*/, ''))).toEqual([
      'no row "a.c"',
      '--skip: no row "x.y"',
      '--expect: no row "a.d"',
      'profile mine: notApplicable: no row "a.f"',
      'profile mine: unsafe: no row "a.e"',
      '--header X-Key: the environment has no NOBODY_SET_THIS',
    ]);
  });

  it('is refused when it would attack a stranger, before anything is sent', async () => {
    const stage = new FakeStage();
    const hostile = row('a', { tags: ['hostile'] });
    const options = { target: 'http://polls.example', rows: ['a'] };
    expect((await refused([hostile], {}, options, stage)).complaints[0]).toMatch(/polls.example/);
    expect(stage.log).toEqual([]);
    expect(await exitWith([hostile], {}, { ...options, ownsTarget: true })).toBe(0);
  });

  it('with a target out of reach is the person’s mistake, and the stage is closed', async () => {
    const stage = new FakeStage();
    stage.calibration = () => {
      throw new UsageError('cannot reach it', 3);
    };
    expect((await refused([must('a')], {}, {}, stage)).exitCode).toBe(3);
    expect(stage.log).toEqual(['close']);
  });

  it('with a target that cannot be measured says so for every row', async () => {
    const stage = new FakeStage();
    stage.calibration = () => {
      throw new Unclear('calibration: message 1 of 30 did not arrive');
    };
    const unclaimed = row('b', { duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }] });
    const { result } = await run([must('a'), unclaimed], {}, {}, stage);
    expect(result.rows.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['INCONCLUSIVE', 'calibration: message 1 of 30 did not arrive'],
      ['N/A', 'the profile does not claim resume'],
    ]);
    expect(result.constants.settle_ms).toBeNull();
    expect(result.summary.exit).toBe(4);
    expect(stage.plays).toEqual([]);
  });

  it('with a broken catalogue is our own mistake', async () => {
    await expect(run([must('a'), must('a')])).rejects.toThrow('the catalogue is broken: a is there twice');
  });
});

describe('what turns out only by measuring', () => {
  it('leaves a row out that takes longer than was thought, and says so', async () => {
    const stage = new FakeStage();
    stage.calibration = () => ({ ...constants, keepAlive: { ms: 30_000, from: 'measured' } });
    const idle = row('a', { seconds: (facts) => (facts.constants.keepAlive?.ms ?? 0) / 1000 });
    const { result } = await run([idle, must('b')], {}, {}, stage);
    expect(result.rows.map(({ id }) => id)).toEqual(['b']);
    expect(result.warnings.map(({ text }) => text)).toEqual([
      'with the times that were measured these rows are slow and were left out: a; add --tags slow',
    ]);
  });

  it('is not waited for after an abort', async () => {
    const stop = new AbortController();
    const stage = new FakeStage();
    stage.calibrate = () => {
      stop.abort();
      return new Promise(() => {});
    };
    const { result } = await run([must('a')], {}, { signal: stop.signal }, stage);
    expect(result.rows).toEqual([]);
    expect(result.summary.exit).toBe(130);
    expect(stage.log).toEqual(['close']);
  });
});

describe('the exit code', () => {
  it('is 0 when every MUST holds, and 1 when one fails; with --strict a SHOULD too', async () => {
    expect(await exitWith([must('a'), should('b')])).toBe(0);
    expect(await exitWith([must('a'), should('b')], { a: () => fail })).toBe(1);
    expect(await exitWith([must('a'), should('b')], { b: () => fail })).toBe(0);
    expect(await exitWith([must('a'), should('b')], { b: () => fail }, { strict: true })).toBe(1);
    expect(await exitWith([must('a')], { a: inTurn(fail, pass()) })).toBe(0);
  });

  it('is 0 for an expected failure and 1 for an unexpected pass', async () => {
    const expect_ = { a: { verdict: 'FAIL', why: 'known' } } as const;
    const failed = await run([must('a')], { a: () => fail }, { expect: expect_ });
    expect(failed.result.rows[0]!.xfail).toEqual({ state: 'XFAIL', why: 'known' });
    expect(failed.result.summary.exit).toBe(0);
    const passed = await run([must('a')], {}, { expect: expect_ });
    expect(passed.result.rows[0]!.xfail?.state).toBe('XPASS');
    expect(passed.result.summary.exit).toBe(1);
    expect(
      await exitWith([must('a'), must('b')], { a: () => fail, b: () => fail }, { expect: expect_ }),
    ).toBe(1);
  });

  it('is 4 when more than a tenth is inconclusive, or our own code failed, but 1 comes first', async () => {
    const ten = Array.from({ length: 10 }, (_, i) => must(`r${i}`));
    expect(await exitWith(ten, { r0: () => unclear })).toBe(0);
    expect(await exitWith(ten, { r0: () => unclear, r1: () => unclear })).toBe(4);
    expect(await exitWith(ten, { r0: () => broken })).toBe(4);
    expect(await exitWith(ten, { r0: () => broken, r1: () => fail })).toBe(1);
    const known = { r0: { verdict: 'INCONCLUSIVE', why: 'slow' } } as const;
    expect(await exitWith(ten, { r0: () => unclear, r1: () => unclear }, { expect: known })).toBe(0);
  });

  it('is at least 4 when the target died', async () => {
    const hostile = row('h', { tags: ['hostile'], duties: [{ level: 'SHOULD', authority: 'PRACTICE' }] });
    const { result } = await run([hostile, must('a')], { h: () => 'dies' }, { all: true });
    expect(result.summary.exit).toBe(4);
    expect(result.status).toBe('partial');
    expect(result.rows[0]).toMatchObject({ crashed: true, verdict: 'FAIL' });
    expect(result.rows[0]!.actual).toBe('the target could not be reached any more after it');
    expect(await exitWith([row('h', { tags: ['hostile'] })], { h: () => 'dies' }, { all: true })).toBe(1);
    const revived = new FakeStage({ h: () => 'dies' });
    revived.canRestart = true;
    const back = await run([hostile, must('a')], {}, { all: true }, revived);
    expect([back.result.summary.exit, back.result.status]).toEqual([4, 'ok']);
    const known = { h: { verdict: 'FAIL', why: 'it always dies of that' } } as const;
    const rest = [hostile, row('i', { tags: ['hostile'] })];
    expect(await exitWith(rest, { h: () => 'dies' }, { all: true, expect: known })).toBe(4);
  });

  it('is 4 when the target died and came back, and no row can be blamed', async () => {
    const stage = new FakeStage({ b: inTurn<Ended | 'dies'>('dies', pass()) });
    stage.canRestart = true;
    const { result } = await run([must('a'), must('b'), must('c')], {}, {}, stage);
    expect(result.rows.map(({ verdict, crashed }) => [verdict, crashed])).toEqual(
      Array.from({ length: 3 }, () => ['PASS', false]),
    );
    expect(result.warnings).toEqual([
      {
        code: 'target-died',
        text: 'the target died while b, c ran, and was started anew; none of them did it again',
      },
    ]);
    expect(result.summary.exit).toBe(4);
    const known = { b: { verdict: 'FAIL', why: 'it dies of that' } } as const;
    const killer = new FakeStage({ b: () => 'dies' });
    killer.canRestart = true;
    const blamed = await run([must('a'), must('b'), must('c')], {}, { expect: known }, killer);
    expect([blamed.result.summary.exit, blamed.result.warnings]).toEqual([0, []]);
  });

  it('is 2 when no row was played', async () => {
    const unclaimed = row('b', { duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }] });
    expect(await exitWith([unclaimed])).toBe(2);
    const none = { kind: 'not-applicable', why: 'no JSONP' } as const;
    expect(await exitWith([must('a')], { a: () => none })).toBe(2);
  });

  it('is 130 when the person stopped it, and what there is is valid', async () => {
    const stop = new AbortController();
    const profile = { ...profileWith(), subscribe: { ...profileWith().subscribe, url: '/one' } };
    const { result, stage } = await run(
      [must('a'), must('b'), must('c')],
      {
        b: () => {
          stop.abort();
          return 'hangs';
        },
      },
      { signal: stop.signal, profile },
    );
    expect(result.rows.map(({ id }) => id)).toEqual(['a']);
    expect(result.summary.exit).toBe(130);
    expect(result.status).toBe('partial');
    expect(result.warnings.map(({ text }) => text)).toEqual(['interrupted: 2 of 3 rows have no verdict']);
    expect(stage.log.at(-1)).toBe('close');
  });
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../src/measure/compare/schema.ts';
import type { Result } from '../../src/measure/result.ts';
import { seededRandom } from '../../src/protocol/random.ts';
import { madeUpRun, unchanged } from '../measure/compare/pairs.ts';
import { conformanceSample } from '../report/conformance-sample.ts';
import { root, run } from './run.ts';

let cwd: string;
const compared = (...args: string[]) => run(['compare', ...args], cwd);

function fewer(result: Result, count: number): Result {
  const modes = result.modes.map((mode) => ({ ...mode, repetitions: mode.repetitions.slice(0, count) }));
  return { ...result, modes };
}

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pollmark-compare-'));
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
  const random = seededRandom('cli');
  const base = madeUpRun(random, 5, unchanged, true);
  const later = madeUpRun(random, 5, { ...unchanged, delay: 1.5 }, true);
  write('base.json', base);
  mkdirSync(join(cwd, 'new'));
  write('new/result.json', later);
  write('few.json', fewer(later, 3));
  write('other.json', { ...later, fingerprint: 'f', scenario: { ...later.scenario, duration: '60s' } });
  write('invalid.json', {
    ...later,
    status: 'invalid',
    warnings: [{ code: 'publisher-late', text: 'late', invalidates: true }],
  });
  const withoutP99 = base.modes.map((mode) => ({
    ...mode,
    repetitions: mode.repetitions.map((r) => ({ ...r, delivery_ms: { ...r.delivery_ms, p99: null } })),
  }));
  write('no-p99.json', { ...base, modes: withoutP99 });
  const embedded = JSON.stringify(later).replaceAll('<', '\\u003c');
  write('page.html', `<!doctype html>\n<script type="application/json" id="result">${embedded}</script>`);
  write('empty.html', '<!doctype html>\n<p>nothing</p>');
  write('conformance.json', conformanceSample());
  write('list.json', [base]);
  write('broken.json', '{"schema": ');
  write('later.json', { ...base, version: 2 });
  write('wrong.json', { ...base, world: 'rael', id: 7 });
  const steering = '\u001b[2J\u009b1m';
  write('steering-world.json', { ...base, world: steering });
  write('steering-text.json', `{ ${steering}`);
  write('steering-field.json', {
    ...later,
    fingerprint: 'f',
    scenario: { ...later.scenario, [steering]: steering },
  });
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('pollmark compare', () => {
  it('compares files, folders and pages', async () => {
    const { code, out, err } = await compared('base.json', 'new');
    expect([code, err]).toEqual([0, []]);
    expect(out).toContain('Worse: long delivery.p50');
    expect((await compared('base.json', 'page.html')).out).toBe(out);
  });

  it('reads the sample that is stored here', async () => {
    const { code, out } = await run(['compare', 'reports/sample', 'reports/sample/result.json'], root);
    expect(code).toBe(0);
    expect(out).toContain('Too few repetitions to judge: 1 against 1');
  });

  it('fails a build that got worse, and one that nobody can judge', async () => {
    const gate = async (...files: string[]) => (await compared(...files, '--fail-on-regression')).code;
    expect(await gate('base.json', 'new')).toBe(99);
    expect(await gate('new', 'base.json')).toBe(0);
    expect(await gate('base.json', 'base.json')).toBe(0);
    expect(await gate('base.json', 'few.json')).toBe(4);
    expect(await gate('base.json', 'invalid.json')).toBe(4);
    // Not there in either run: nobody asked for it. In one of them: that could be what got worse.
    expect(await gate('no-p99.json', 'no-p99.json')).toBe(0);
    expect(await gate('base.json', 'no-p99.json')).toBe(4);
    for (const file of ['few.json', 'invalid.json', 'no-p99.json'])
      expect((await compared('base.json', file)).code).toBe(0);
  });

  it('refuses what is not the same measurement, and says what differs', async () => {
    expect(await compared('base.json', 'other.json')).toEqual({
      code: 2,
      out: '',
      err: [
        'error: not the same measurement: duration: 35s against 60s',
        'error: BASE and NEW cannot be compared; --force does it all the same',
      ],
    });
    const { code, out } = await compared('base.json', 'other.json', '--force', '--fail-on-regression');
    expect(code).toBe(99);
    expect(out).toContain('!! NOT THE SAME MEASUREMENT');
    expect(out).toContain('!! duration: 35s against 60s');
    expect((await compared('base.json', 'other.json', '--force', '--markdown')).out).toContain(
      '> duration: 35s against 60s',
    );
  });

  it('answers as markdown, as JSON, and with a page', async () => {
    expect((await compared('base.json', 'new', '--markdown')).out).toMatch(/^### quick\n/);
    const { out } = await compared('base.json', 'new', '--json');
    expect(comparisonSchema.parse(JSON.parse(out)).verdict).toBe('worse');
    const page = await compared('base.json', 'new', '--html', 'out.html');
    expect(page).toMatchObject({ code: 0, err: ['page: out.html'] });
    expect(readFileSync(join(cwd, 'out.html'), 'utf8')).toContain('<svg');
    const never = await compared('base.json', 'new', '--html', 'no/such/x.html');
    expect([never.code, never.out]).toEqual([2, '']);
  });

  it('has a band of noise that can be widened', async () => {
    const { code, out } = await compared('base.json', 'new', '--noise', '80', '--fail-on-regression');
    expect(code).toBe(0);
    expect(out).toMatch(/No difference shown\.\n$/);
  });

  it('complains of everything at once', async () => {
    expect((await compared()).err).toEqual([
      'error: which runs? pollmark compare BASE NEW   (folders or result.json)',
    ]);
    expect((await compared('-', '-', 'x', '--markdown', '--json', '--forse')).err).toEqual([
      'error: unknown option --forse; did you mean --force?',
      'error: unexpected "x"; two runs at a time',
      'error: only one of both can be stdin',
      'error: --markdown and --json are two answers to the same question; choose one',
    ]);
    const bad: string[] = [];
    for (const [a, b] of [
      ['absent', 'conformance.json'],
      ['list.json', 'broken.json'],
      ['later.json', 'wrong.json'],
      ['empty.html', 'base.json'],
    ] as const) {
      const { code, err } = await compared(a, b);
      expect(code).toBe(2);
      bad.push(...err.map((line) => line.replace(/\((Un|Exp)[^)]*\)/, '(...)')));
    }
    expect(bad).toEqual([
      'error: absent: cannot read it (no such file)',
      'error: conformance.json: is a result of pollmark conformance; needed is one of pollmark bench   (pollmark matrix compares those)',
      'error: list.json: is a list, as of several scenarios; needed is the result of one',
      'error: broken.json: is not JSON (...)',
      'error: later.json: is of version 2; this pollmark reads versions up to 1',
      'error: wrong.json: id expected a text, got 7',
      'error: wrong.json: world "rael" is not one of real, virtual; did you mean "real"?',
      'error: empty.html: is a page without a result in it; name its result.json',
    ]);
  });
});

describe('control characters of a file', () => {
  it.each(['world', 'text', 'field'])('do not reach the terminal: %s', async (kind) => {
    const { code, err } = await compared('base.json', `steering-${kind}.json`);
    expect(code).toBe(2);
    expect(err.join('')).not.toMatch(/\p{Cc}/u);
  });
});

describe('a baseline', () => {
  const simulated = (out: string, ...args: string[]) =>
    run(['simulate', '-S', 'quick', '-q', '--no-events', '-o', join(cwd, out), ...args], root);

  it('is compared with what was just run', async () => {
    const rows = ['-r', '5', '--seed', '1'];
    expect((await simulated('one', ...rows)).code).toBe(0);
    const told = await simulated('two', ...rows, '--baseline', join(cwd, 'one'), '--fail-on-regression');
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/No difference shown\.\n$/);
    const json = await simulated('three', ...rows, '-b', join(cwd, 'one'), '--json');
    expect(() => JSON.parse(json.out)).not.toThrow();
    expect(json.err.join('\n')).toContain('No difference shown.');
  });

  it('fails the run where nobody can judge', async () => {
    await simulated('four');
    const { code } = await simulated('five', '-b', join(cwd, 'four'), '--fail-on-regression');
    expect(code).toBe(4);
  });

  it('of another measurement is refused before anything runs', async () => {
    await simulated('six');
    const { code, err } = await simulated('never', '-s', 'clients.count=21', '-b', join(cwd, 'six'));
    expect(code).toBe(2);
    expect(err[0]).toBe('error: not the same measurement: clients.count: 20 against 21');
    expect(existsSync(join(cwd, 'never'))).toBe(false);
    const bench = await run(['bench', '-S', 'quick', '-b', join(cwd, 'six'), '--dry-run'], root);
    expect(bench.err).toContain('error: not the same measurement: world: virtual against real');
    const two = await run(['simulate', '-S', 'quick', '-S', 'chat-room', '-b', join(cwd, 'six')], root);
    expect(two.err).toEqual(['error: --baseline is one run, and needs one scenario without a sweep']);
  });
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawMatrixPage } from '../../src/report/conformance/matrix-page.ts';
import { sampleResult } from '../measure/sample.ts';
import { conformanceSample, goodSample } from '../report/conformance-sample.ts';
import { run } from './run.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pollmark-matrix-'));
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
  write('a.json', conformanceSample());
  mkdirSync(join(cwd, 'b'));
  write('b/conformance.json', goodSample());
  write('bench.json', sampleResult());
  write('broken.json', '{"schema": ');
  write('list.json', []);
  write('other.json', { name: 'x' });
  write('later.json', { ...conformanceSample(), version: 2 });
  const { seed: _, ...rest } = conformanceSample();
  write('wrong.json', { ...rest, rows: [{ ...rest.rows[0], verdict: 'PAS' }], target: 7 });
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('pollmark matrix', () => {
  it('writes one page of several results, files or folders', async () => {
    expect(await run(['matrix', 'a.json', 'b'], cwd)).toEqual({
      code: 0,
      out: '2 targets: matrix.html\n',
      err: [],
    });
    expect(readFileSync(join(cwd, 'matrix.html'), 'utf8')).toBe(
      drawMatrixPage([conformanceSample(), goodSample()]),
    );
    expect(await run(['matrix', 'b', '-o', 'b/one.html'], cwd)).toMatchObject({
      code: 0,
      out: '1 target: b/one.html\n',
    });
    const { out } = await run(['matrix', 'a.json', 'b', '--markdown', '-o', '-'], cwd);
    expect(out).toContain('| `http.method.head` | ✗ fail MUST | ✓ pass |');
  });

  it('refuses bad files with everything that is wrong with any of them, and writes nothing then', async () => {
    const files = [
      'a.json',
      'absent.json',
      'bench.json',
      'broken.json',
      'list.json',
      'other.json',
      'later.json',
      'wrong.json',
    ];
    const { code, out, err } = await run(['matrix', ...files, '-o', 'never.html'], cwd);
    expect([code, out]).toEqual([2, '']);
    const told = err.map((line) => line.replace(/\(Un[^)]*\)/, '(...)'));
    expect(told).toEqual([
      'error: absent.json: cannot read it (no such file)',
      'error: bench.json: is a result of pollmark bench; needed are those of pollmark conformance',
      'error: broken.json: is not JSON (...)',
      'error: list.json: is no conformance result, which is a map of keys',
      'error: other.json: does not say "schema": "pollmark/conformance"; is it a conformance.json?',
      'error: later.json: is of version 2; this pollmark reads version 1',
      'error: wrong.json: target expected a text, got 7',
      'error: wrong.json: seed is missing; expected a number',
      'error: wrong.json: rows[0].verdict "PAS" is not one of PASS, LENIENT, FAIL, INFO, N/A, BLOCKED, INCONCLUSIVE, HARNESS-ERROR; did you mean "PASS"?',
    ]);
    expect(await run(['matrix', 'a.json', 'absent.json', '-o', 'never.html'], cwd)).toMatchObject({
      code: 2,
    });
    expect(existsSync(join(cwd, 'never.html'))).toBe(false);
  });

  it('asks for results, and says when it cannot write', async () => {
    expect((await run(['matrix'], cwd)).err[0]).toContain('which results? pollmark matrix A.json B.json');
    expect(await run(['matrix', 'b', '-o', 'no/such/x.html'], cwd)).toMatchObject({ code: 2 });
    expect((await run(['matrix', 'b', '--markdwn'], cwd)).err).toEqual([
      'error: unknown option --markdwn; did you mean --markdown?',
    ]);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../src/measure/result.ts';
import { drawConformance } from '../../src/report/conformance/files.ts';
import { drawRun } from '../../src/report/run-files.ts';
import { simulateScenario } from '../../src/scenario/simulate.ts';
import { sampleResult } from '../measure/sample.ts';
import { conformanceSample } from '../report/conformance-sample.ts';
import { sample } from '../scenario/sample.ts';
import { run } from './run.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pollmark-report-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const write = (name: string, value: unknown): void => {
  mkdirSync(join(cwd, name, '..'), { recursive: true });
  writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
};
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
/** Every file below a folder, with its bytes. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(join(cwd, folder), { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(cwd, folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(cwd, folder, name), 'base64')]));
}

describe('pollmark report', () => {
  it('draws a run again, byte for byte, and leaves everything else alone', async () => {
    await run(['simulate', '-S', 'quick', '-q', '-o', join(cwd, 'run')]);
    const before = filesOf('run');
    const charts = ['crossover', 'delivery-cdf', 'ladder', 'timeline'].map((id) => `charts/${id}.svg`);
    expect(Object.keys(before)).toEqual([
      ...charts,
      ...['events.ndjson.gz', 'index.html', 'junit.xml', 'result.json', 'scenario.yaml', 'summary.md'],
    ]);
    const { code, out, err } = await run(['report', 'run'], cwd);
    expect([code, out.trimEnd().split('\n').sort(), err]).toEqual([
      0,
      [...charts, 'index.html', 'junit.xml', 'summary.md'].map((name) => `run/${name}`),
      [],
    ]);
    expect(filesOf('run')).toEqual(before);
    write('run/summary.md', 'somebody wrote here');
    rmSync(join(cwd, 'run/junit.xml'));
    await run(['report', 'run/'], cwd);
    expect(filesOf('run')).toEqual(before);
  });

  it('draws a sweep with all its points', async () => {
    const args = ['-S', 'quick', '--virtual', '--vary', 'arrivals.rate=0.1/s,1/s', '--no-events', '-q'];
    await run(['sweep', ...args, '-o', join(cwd, 'sweep')]);
    const before = filesOf('sweep');
    const drawn = Object.keys(before).filter((name) => /summary\.md|junit\.xml|index\.html/.test(name));
    expect(drawn).toEqual([
      ...['index.html', 'junit.xml'],
      ...['index.html', 'junit.xml', 'summary.md'].map((name) => `points/1-0.1-per-s/${name}`),
      ...['index.html', 'junit.xml', 'summary.md'].map((name) => `points/2-1-per-s/${name}`),
      'summary.md',
    ]);
    for (const name of drawn) rmSync(join(cwd, 'sweep', name));
    const { code, out } = await run(['report', 'sweep'], cwd);
    expect([code, out.trimEnd().split('\n')]).toEqual([
      0,
      expect.arrayContaining(drawn.map((name) => `sweep/${name}`)),
    ]);
    expect(filesOf('sweep')).toEqual(before);
  });

  it('follows a result nowhere but into its own folder', async () => {
    const point = { field: 'x', value: 1, at: 1, unit: 'number', realised: null, world: 'real' };
    const rest = { modes: [], thresholds: [], status: 'ok' };
    write('elsewhere/result.json', sampleResult());
    const places = [
      '../elsewhere',
      'points/..',
      'points/../../elsewhere',
      join(cwd, 'elsewhere'),
      'points/.',
    ];
    write('leads/result.json', {
      ...sampleResult(),
      sweep: places.map((folder) => ({ ...point, ...rest, folder })),
    });
    mkdirSync(join(cwd, 'leads/points'));
    const { code, out } = await run(['report', 'leads'], cwd);
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .filter((line) => !/^leads\/(?:summary\.md|junit\.xml|index\.html|charts\/[\w-]+\.svg)$/.test(line)),
    ).toEqual([]);
    expect(readdirSync(join(cwd, 'elsewhere'))).toEqual(['result.json']);
  });

  it('draws a conformance run too', async () => {
    write('suite/conformance.json', conformanceSample());
    expect((await run(['report', 'suite'], cwd)).code).toBe(0);
    for (const [name, text] of drawConformance(conformanceSample())) expect(read(`suite/${name}`)).toBe(text);
  });

  it('reads the sample of version 1 that was kept before all this', async () => {
    const kept = readFileSync('reports/sample/result.json', 'utf8');
    write('old/result.json', kept);
    await run(['report', 'old'], cwd);
    for (const [name, text] of drawRun(resultSchema.parse(JSON.parse(kept))))
      expect(read(`old/${name}`)).toBe(text);
  });

  it('says everything that is wrong with any folder, and writes nothing then', async () => {
    write('fine/result.json', sampleResult());
    write('above/one/result.json', sampleResult());
    write('above/two/result.json', sampleResult());
    write('broken/result.json', '{');
    write('later/result.json', { ...sampleResult(), version: 2 });
    write('wrong/result.json', { ...sampleResult(), status: 'good' });
    write('mistaken/result.json', conformanceSample());
    mkdirSync(join(cwd, 'empty'));
    const names = [
      'fine',
      'absent',
      'fine/result.json',
      'empty',
      'above',
      'broken',
      'later',
      'wrong',
      'mistaken',
    ];
    const { code, out, err } = await run(['report', ...names], cwd);
    expect([code, out]).toEqual([2, '']);
    const none =
      'is no folder of a run: it holds neither result.json (pollmark bench) nor conformance.json (pollmark conformance)';
    expect(err.map((line) => line.replace(/not JSON \(.*\)/, 'not JSON (...)'))).toEqual([
      'error: absent: cannot read it (no such file)',
      'error: fine/result.json: is a file; name the folder in which it lies: pollmark report fine',
      `error: empty: ${none}`,
      `error: above: ${none}; did you mean above/two?`,
      'error: broken/result.json: is not JSON (...)',
      'error: later/result.json: is of version 2; this pollmark reads version 1',
      expect.stringMatching(/^error: wrong\/result\.json: status "good" is not one of ok, partial, invalid/),
      'error: mistaken/result.json: is a result of pollmark conformance; needed are those of pollmark bench',
    ]);
    expect(readdirSync(join(cwd, 'fine'))).toEqual(['result.json']);
    expect((await run(['report'], cwd)).err[0]).toContain('which run? pollmark report DIR');
    expect((await run(['report', 'fine', '--markdown'], cwd)).code).toBe(2);
  });
});

describe('what is drawn at the end of a run', () => {
  const parts = { duration: '5s', clients: '{ count: 2 }', arrivals: '{ rate: 1/s }' };

  it('may fail without costing what was measured, and leaves nothing of itself', async () => {
    const out = join(cwd, 'undrawn');
    const draw = () =>
      new Map([
        ['charts/a.svg', '<svg/>'],
        ['charts/a.svg/b', 'no folder'],
      ]);
    const { result, folder } = await simulateScenario({ scenario: sample(parts), out, draw, events: false });
    expect(folder).toBe(out);
    expect(Object.keys(filesOf('undrawn'))).toEqual(['result.json', 'scenario.yaml']);
    const { warnings } = resultSchema.parse(JSON.parse(read('undrawn/result.json')));
    expect(warnings.at(-1)).toEqual(result.warnings.at(-1));
    expect(warnings.at(-1)).toMatchObject({ code: 'not-drawn' });
  });

  it('may lie in folders', async () => {
    const out = join(cwd, 'charted');
    const draw = () => new Map([['charts/a.svg', '<svg/>']]);
    await simulateScenario({ scenario: sample(parts), out, draw, events: false });
    expect(read('charted/charts/a.svg')).toBe('<svg/>');
  });
});

describe('the step summary', () => {
  it('gets what lies in the folder, and failed thresholds are annotated', async () => {
    const { program } = await import('../../src/cli/program.ts');
    const summary = join(cwd, 'step.md');
    let err = '';
    const code = await program(
      [
        ...['simulate', '-S', 'quick', '-q', '--json', '--no-events', '-o', 'github'],
        ...['-s', 'thresholds.0=regular.delivery.p50 < 1ms'],
      ],
      {
        cwd,
        env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
        ...{ columns: 80, outIsTty: false, errIsTty: false, out: (text) => void JSON.parse(text) },
        err: (text) => {
          err += text;
        },
      },
    );
    expect(code).toBe(99);
    expect(readFileSync(summary, 'utf8')).toBe(`${read('github/summary.md')}\n`);
    expect(err).toMatch(/^::error title=quick%3A threshold failed::regular\.delivery\.p50 < 1ms: measured /m);
  });
});

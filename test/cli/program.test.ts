import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { readScenario } from '../../src/scenario/file.ts';
import { loadScenario } from '../../src/scenario/find.ts';
import { minimal } from '../scenario/sample.ts';
import { root, run } from './run.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pollmark-cli-'));
  mkdirSync(join(cwd, 'scenarios'));
  writeFileSync(join(cwd, 'scenarios', 'broken.yaml'), minimal({ duration: '10 sec' }));
  writeFileSync(join(cwd, 'scenarios', 'short.yaml'), `${minimal()}thresholds: [long.delivery.p99 < 1s]\n`);
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('program', () => {
  it('tells its version and helps, on stdout', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: `${packageJson.version}\n`, err: [] });
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, err: [] });
    for (const name of ['bench', 'serve', 'list', 'show', 'check', 'completion'])
      expect(help.out).toContain(`pollmark ${name}`);
  });

  it('never writes help wider than 100 columns or the terminal', async () => {
    const widths = async (columns: number): Promise<number> =>
      Math.max(...(await run(['bench', '--help'], root, columns)).out.split('\n').map((line) => line.length));
    expect(await widths(80)).toBeLessThanOrEqual(80);
    expect(await widths(300)).toBeLessThanOrEqual(100);
    expect(await widths(300)).toBeGreaterThan(80);
  });

  it('groups the options of bench and shows how it is used', async () => {
    const { out } = await run(['bench', '-h']);
    expect(out).toContain('pollmark bench - compare regular and long HTTP polling');
    expect(out).toContain('Usage: npm run bench -- --scenario NAME [options]');
    const order = [
      'What to run',
      '-S, --scenario',
      '\nHow\n',
      '--time-scale',
      '\nOutput\n',
      '--no-events',
      '--json',
      'Examples:',
      'npm run bench -- --scenario chat-room',
    ];
    const places = order.map((text) => out.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('writes a completion script', async () => {
    expect((await run(['completion'])).out).toContain('pollmark --get-yargs-completions');
  });

  it('names the nearest command', async () => {
    expect(await run(['bnch'])).toEqual({
      code: 2,
      out: '',
      err: ['error: unknown command "bnch"; did you mean "bench"?'],
    });
    expect((await run(['xyzzy'])).err).toEqual([
      'error: unknown command "xyzzy"; there are: bench, simulate, conformance, serve, list, show, check, report, matrix, compare, sweep, profile, theory',
    ]);
    expect((await run([])).err).toEqual([
      'error: a command is missing; there are: bench, simulate, conformance, serve, list, show, check, report, matrix, compare, sweep, profile, theory   (pollmark --help)',
    ]);
    expect((await run(['--scenario', 'x'])).err[0]).toBe('error: unknown option --scenario');
  });
});

describe('list', () => {
  it('shows names, time and question', async () => {
    const { code, out, err } = await run(['list']);
    expect([code, err]).toEqual([0, []]);
    expect(out).toMatch(/^chat-room +\d+ min +Should my chat use long polling\?$/m);
    expect(out).toMatch(/^quick +5\d s +What is the difference/m);
    expect(out).toContain('Times are those of pollmark bench');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('as JSON writes nothing else to stdout, and an invalid file is a warning', async () => {
    const { code, out, err } = await run(['list', '--json'], cwd);
    expect(code).toBe(0);
    const entries = JSON.parse(out) as { name: string; title: string | null; expected_s: number | null }[];
    expect(entries.find(({ name }) => name === 'quick')?.expected_s).toBeLessThan(60);
    expect(entries.find(({ name }) => name === 'broken')).toMatchObject({ title: null, expected_s: null });
    expect(err).toEqual([
      'warning: scenarios/broken.yaml is not valid; pollmark check scenarios/broken.yaml says why',
    ]);
  });

  it('takes no word and no unknown option', async () => {
    expect((await run(['list', 'quick', '--jsn'])).err).toEqual([
      'error: unknown option --jsn; did you mean --json?',
      'error: unexpected "quick"; pollmark show quick shows one scenario',
    ]);
  });
});

describe('show', () => {
  it('shows the file as it is', async () => {
    expect((await run(['show', 'quick'])).out).toContain('# The first look');
  });

  it('shows it with every default, in a form that runs the same', async () => {
    const { out } = await run(['show', 'ten-seconds', '--resolved']);
    expect(readScenario(out, 'shown.yaml')).toEqual(loadScenario('ten-seconds', root).scenario);
    expect(out).toContain('requestTimeout: 30s');
    const { out: json } = await run(['show', 'ten-seconds', '--json']);
    expect(JSON.parse(json)).toEqual(parse(out));
  });

  it('shows the plan, with overrides and warnings', async () => {
    const { code, out, err } = await run(['show', 'short', '--plan', '-s', 'repetitions=2'], cwd);
    expect(code).toBe(0);
    expect(out).toMatch(/^runs +4 \(2 repetitions, interleaved\)$/m);
    expect(out).toMatch(/^messages +1\/s per channel, 1\/s per client, 1\/s in total$/m);
    expect(out).toMatch(/^one run +clients join .*, measured 1m, cool-down 12s$/m);
    expect(out).toContain('p99 n/a (needs 1,000 deliveries of 100 messages)');
    expect(err).toEqual([
      expect.stringMatching(/^warning: threshold "long\.delivery\.p99 < 1s" cannot be judged/),
    ]);
  });

  it('needs exactly one name', async () => {
    expect((await run(['show'])).err).toEqual([
      'error: which scenario? pollmark show NAME   (pollmark list shows all)',
    ]);
    expect((await run(['show', 'a', 'b'])).err).toEqual(['error: unexpected "b"; one scenario at a time']);
    expect(await run(['show', 'quik'])).toEqual({
      code: 2,
      out: '',
      err: ['error: no scenario "quik" in scenarios/. Did you mean "quick"?   (pollmark list shows all)'],
    });
  });
});

describe('check', () => {
  it('is content with what comes with the package', async () => {
    const { code, out, err } = await run(['check']);
    // Its table is of publishers in step with the polls, on purpose.
    const others = err.filter((line) => !line.includes('published/ajax-grid.yaml'));
    expect([code, others]).toEqual([0, []]);
    expect(out).toContain('ok  scenarios/quick.yaml\n');
  });

  it('says what is wrong with each file', async () => {
    const { code, out, err } = await run(
      ['check', 'scenarios/broken.yaml', 'scenarios/short.yaml', 'none.yaml'],
      cwd,
    );
    expect([code, out]).toEqual([2, 'ok  scenarios/short.yaml\n']);
    expect(err).toEqual([
      'error: scenarios/broken.yaml:3:11  duration: "10 sec" is not a duration; write 10s',
      expect.stringMatching(/^warning: scenarios\/short\.yaml {2}threshold/),
      'error: no file none.yaml',
    ]);
    const asJson = await run(['check', 'broken', '--json'], cwd);
    expect(JSON.parse(asJson.out)).toMatchObject([{ file: 'scenarios/broken.yaml', ok: false }]);
  });

  it('hands profiles to their own check', async () => {
    const { check } = await import('../../src/cli/check.ts');
    const file = join(cwd, 'profiles', 'theirs.yaml');
    mkdirSync(join(cwd, 'profiles'), { recursive: true });
    writeFileSync(file, 'hello: 1\n');
    const seen: unknown[] = [];
    const io = { cwd, env: {}, columns: 80, outIsTty: false, errIsTty: false, out: () => {}, err: () => {} };
    expect(check([file], false, (text, name) => seen.push([text, name]), io)).toBe(0);
    expect(seen).toEqual([['hello: 1\n', 'profiles/theirs.yaml']]);
    expect(check(['theirs'], false, (_, name) => seen.push(name), io)).toBe(0);
    expect(seen.at(-1)).toBe('profiles/theirs.yaml');
    expect(check([file], false, null, io)).toBe(2);
  });
});

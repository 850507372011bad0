import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceOptions } from '../../src/cli/conformance-options.ts';
import { conformanceRows } from '../../src/cli/conformance-table.ts';
import { checkOptions } from '../../src/cli/option.ts';
import { program } from '../../src/cli/program.ts';
import { SuiteProgress, suiteLine } from '../../src/cli/suite-progress.ts';
import { cases } from '../../src/conformance/cases/index.ts';
import type { ConformanceProgress } from '../../src/conformance/options.ts';
import { conformanceResultSchema } from '../../src/conformance/result.ts';
import { type RunningServer, startServer } from '../../src/world/real/server/server.ts';
import { planned } from '../conformance/fake.ts';
import { root, run } from './run.ts';

const refused = async (...args: string[]): Promise<readonly string[]> => {
  const { code, out, err } = await run(['conformance', ...args]);
  expect([code, out]).toEqual([2, '']);
  return err;
};

/** The options of a command line as yargs would parse it. */
function made(parsed: Record<string, unknown>, words: string[] = [], env = {}) {
  const { values, problems, wrong } = checkOptions(
    conformanceRows,
    { _: ['conformance'], profile: 'reference', ...parsed },
    [],
  );
  const { command, problems: own } = conformanceOptions(values, words, wrong, { cwd: root, env });
  expect([...problems, ...own]).toEqual([]);
  return command;
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'pollmark-conformance-'));

describe('conformance options', () => {
  it('says everything that is wrong at once, with the nearest right name', async () => {
    const place = folder();
    writeFileSync(join(place, 'known.yaml'), 'poll.answer.imediate: { why: it waits }\n');
    expect(
      await refused(
        ...[
          '-p',
          'refrence',
          '-t',
          'localhost:80',
          'longpol.hold',
          '--tags',
          'slow,lod',
          '--skip',
          'qqqqqqq',
        ],
        ...[
          '--expect',
          join(place, 'known.yaml'),
          '-s',
          'holdtime',
          '-H',
          'bad',
          '--repeat',
          '0',
          '--sede',
          '4',
        ],
        ...['--timing-scale', 'x', '--transcripts', 'al', '--ca', 'no-such-file'],
      ),
    ).toEqual([
      'error: --repeat: "0" is not a whole number of 1 or more; write for example --repeat 5',
      'error: unknown option --sede; did you mean --seed?',
      'error: --timing-scale: "x" is not a number of 0.1 or more; write for example --timing-scale 5',
      'error: --transcripts: "al" is not one of fail, all; did you mean "all"?',
      'error: --target: "localhost:80" is not a URL; write http://localhost:80',
      `error: --header: "bad" is not a header; write for example -H 'Name: value'`,
      'error: -s holdtime  is no FIELD=VALUE; write for example -s hold.time=3s',
      'error: no profile "refrence" in profiles/. Did you mean "reference"?',
      'error: --tags: "lod" is not one of slow, load, hostile, process; did you mean "load"?',
      'error: --ca: cannot read no-such-file',
      `error: ${join(place, 'known.yaml')}  no row "poll.answer.imediate"; did you mean "poll.answer.immediate"?   (pollmark conformance --list shows all)`,
      'error: no row "longpol.hold"; did you mean "longpoll.hold"?   (pollmark conformance --list shows all)',
      expect.stringMatching(/^error: --skip: no row "qqqqqqq"; there are: poll, longpoll, /),
    ]);
  });

  it('needs a profile, and reads overrides of it as if they stood in its file', async () => {
    expect(await refused()).toEqual([
      expect.stringMatching(/^error: --profile is missing; there are: .*reference/),
    ]);
    expect(await refused('-p', 'reference', '-s', 'hold.tiem=3s')).toEqual([
      expect.stringMatching(/^error: -s hold.tiem=3s .*unknown key "tiem"; did you mean "time"\?$/),
    ]);
    expect(made({ set: ['hold.time=3s'] }).options.profile.hold.time).toBe(3000);
    expect(await refused('-p', 'reference', '--expect', 'nowhere.yaml')).toEqual([
      'error: --expect: cannot read nowhere.yaml',
    ]);
  });

  it('takes words as rows, and lists with commas or several times', () => {
    const { options, list, json } = made(
      {
        ...{
          tags: ['slow,load', 'process'],
          skip: ['poll, longpoll.hold', 'fanout'],
          strict: true,
          seed: '9',
        },
        ...{
          target: 'https://127.0.0.1:8443',
          insecure: true,
          repeat: '3',
          'timing-scale': '2.5',
          json: true,
        },
      },
      ['poll.answer', 'longpoll.*'],
    );
    expect(options).toMatchObject({
      ...{ rows: ['poll.answer', 'longpoll.*'], tags: ['slow', 'load', 'process'], strict: true, seed: 9 },
      ...{ skip: ['poll', 'longpoll.hold', 'fanout'], repeat: 3, timingScale: 2.5, tls: { insecure: true } },
      ...{ target: 'https://127.0.0.1:8443', ownsTarget: false, transcripts: 'fail', all: false },
    });
    expect([list, json]).toEqual([false, true]);
  });

  it('remembers how a row can be played again, without what nobody may see', () => {
    const env = { TOKEN: 's3cret' };
    const { options } = made(
      {
        header: [`Authorization: Bearer \${env:TOKEN}`, 'X-Key: abc'],
        set: ['hold.time=3s'],
        insecure: true,
      },
      [],
      env,
    );
    expect(options.invocation).toEqual({
      ...{
        profile: 'reference',
        overrides: ['hold.time=3s'],
        timingScale: null,
        ownsTarget: false,
        strict: false,
        startsTarget: true,
      },
      headers: [`Authorization: Bearer \${env:TOKEN}`],
      options: ['--insecure'],
    });
    expect(options.env).toBe(env);
  });
});

describe('conformance --list', () => {
  it('shows every row with what it demands, and needs neither target nor profile', async () => {
    const { code, out, err } = await run(['conformance', '--list']);
    expect([code, err]).toEqual([0, []]);
    for (const { id } of cases) expect(out).toMatch(new RegExp(`^${id}  (MUST|SHOULD|MAY|OBSERVE)`, 'm'));
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows the level for one profile, and why a row has no meaning there', async () => {
    const { out } = await run([
      'conformance',
      '--list',
      '-p',
      'article',
      '--json',
      'fanout.isolation.channels',
      'poll',
    ]);
    const entries = JSON.parse(out) as {
      id: string;
      not_applicable: string | null;
      level: string;
      phase: string;
    }[];
    expect(entries.find(({ id }) => id === 'fanout.isolation.channels')).toMatchObject({
      ...{
        level: 'MUST',
        phase: 'ordinary',
        not_applicable: 'the profile does not name more than one channel',
      },
    });
    expect(entries.every(({ id }) => id === 'fanout.isolation.channels' || id.startsWith('poll.'))).toBe(
      true,
    );
  });

  it('refuses a prefix that no row has', async () => {
    expect(await refused('--list', 'longpol')).toHaveLength(1);
  });
});

describe('conformance', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());
  const judge = (...args: string[]) => run(['conformance', '-t', server.url, '-p', 'reference', ...args]);

  it('judges a real server, and leaves a folder', async () => {
    const out = join(folder(), 'run');
    const ran = await judge('poll.answer', '-o', out);
    expect([ran.code, ran.err.slice(0, 2)]).toEqual([
      0,
      [`2 rows against ${server.url} as reference`, 'expected time 1 s, seed 1'],
    ]);
    expect(ran.out).toContain('No MUST row failed');
    expect(ran.out).toContain(out);
    expect(readdirSync(out).sort()).toEqual(['conformance.json', 'index.html', 'junit.xml', 'summary.md']);
    const result = conformanceResultSchema.parse(
      JSON.parse(readFileSync(join(out, 'conformance.json'), 'utf8')),
    );
    expect(result.rows.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'poll.answer.immediate PASS',
      'poll.answer.empty-form PASS',
    ]);
    expect((await judge('poll.answer', '-o', out)).err).toEqual([
      `error: ${out} exists already; choose another folder with --out`,
    ]);
  });

  it('puts the result on stdout with --json, and nothing else there', async () => {
    const { code, out, err } = await judge(
      'poll.answer.immediate',
      '--json',
      '-q',
      '-o',
      join(folder(), 'run'),
    );
    expect([code, err]).toEqual([0, []]);
    expect(conformanceResultSchema.parse(JSON.parse(out)).rows).toHaveLength(1);
  });

  it('calls a known failure that passes an error', async () => {
    const known = join(folder(), 'known.yaml');
    writeFileSync(known, 'poll.answer.immediate: { why: it waited once }\n');
    const { code, out } = await judge('poll.answer', '--expect', known, '-q', '-o', join(folder(), 'run'));
    expect(code).toBe(1);
    expect(out).toMatch(/XPASS poll.answer.immediate/);
  });

  it('tells a workflow of GitHub, and shows what a secret was written as', async () => {
    const place = folder();
    const env = { GITHUB_STEP_SUMMARY: join(place, 'summary.md'), TOKEN: 's3cret-value' };
    let said = '';
    const say = (text: string): void => {
      said += text;
    };
    const io = { cwd: root, env, columns: 80, outIsTty: false, errIsTty: false, out: say, err: say };
    const words = ['-t', server.url, '-p', 'reference', 'poll.answer', '--transcripts', 'all'];
    const secret = ['-H', `X-Api-Key: \${env:TOKEN}`, '-o', join(place, 'run')];
    expect(await program(['conformance', ...words, ...secret], io)).toBe(0);
    expect(readFileSync(join(place, 'summary.md'), 'utf8')).toContain('## Conformance');
    const json = readFileSync(join(place, 'run', 'conformance.json'), 'utf8');
    expect(json).toContain('X-Api-Key: ');
    expect(json).toContain(`\${env:TOKEN}`);
    expect(json + said).not.toContain('s3cret-value');
  });

  it('is an error when nothing that was chosen applies', async () => {
    const { code, err } = await judge('fanout.same-client.starvation', '-q', '-o', join(folder(), 'run'));
    expect([code, err]).toEqual([
      2,
      ['error: no row was played: none that was chosen applies to this target'],
    ]);
  });

  it('says what cannot be reached, and leaves nothing behind', async () => {
    const place = folder();
    const { code, out, err } = await run([
      ...['conformance', '-t', 'http://127.0.0.1:9', '-p', 'reference', '-q', '-o', join(place, 'run')],
    ]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toEqual([
      expect.stringMatching(/^error: cannot reach http:\/\/127.0.0.1:9 \(connection refused\)/),
    ]);
    expect(readdirSync(place)).toEqual([]);
  });

  it('neither loads nor attacks a stranger', async () => {
    const err = await refused('-t', 'http://polls.example', '-p', 'reference', '--tags', 'load,hostile');
    expect(err.at(-1)).toMatch(/polls.example, which is not this machine; that needs --i-own-this-target$/);
  });
});

describe('the progress of a suite', () => {
  const chosen = planned(cases.slice(0, 3));
  const state = (phase: 'ordinary' | 'slow', playing: string[]): ConformanceProgress => ({
    ...{ kind: 'playing', round: 1, rounds: 1, chosen, phase, playing },
    finished: [{ planned: chosen[0]!, verdict: 'FAIL', attempts: [], shown: null } as never],
  });

  it('is a line with phase, counts, time and the rows that are being played', () => {
    expect(suiteLine(state('slow', ['a.b.c', 'a.b.d']) as never, 72_000)).toBe(
      'slow  1/3  not passed 1  01:12  a.b.c, a.b.d',
    );
    const again = { ...state('slow', []), round: 2, rounds: 3 };
    expect(suiteLine(again as never, 0)).toMatch(/^round 2\/3 {2}slow/);
    expect(suiteLine(undefined, 3000)).toBe('calibrating  00:03');
  });

  function watch(errIsTty: boolean, quiet = false, env = {}): { progress: SuiteProgress; written: string[] } {
    const written: string[] = [];
    const io = {
      cwd: '',
      env,
      columns: 40,
      outIsTty: false,
      errIsTty,
      out: () => {},
      err: (text: string) => written.push(text),
    };
    return { progress: new SuiteProgress(io as never, { quiet }), written };
  }

  it('is a whole line for each phase where nobody watches', () => {
    const { progress, written } = watch(false);
    progress.tell({ kind: 'planned', target: 'http://a', rows: 3, expectedMs: 10, notes: [] });
    progress.tell({ kind: 'calibrating' });
    progress.tell(state('ordinary', ['a']));
    progress.tell(state('ordinary', ['b']));
    progress.tell(state('slow', ['c']));
    progress.end();
    expect(written.map((line) => line.replace(/00:0\d/, 'T'))).toEqual([
      'calibrating  T\n',
      'ordinary  1/3  not passed 1  T  a\n',
      'slow  1/3  not passed 1  T  c\n',
    ]);
  });

  it('is one line that is drawn anew on a terminal, no wider than it, and taken away', () => {
    const { progress, written } = watch(true);
    progress.tell(state('slow', ['a.very.long-name', 'another.very.long-name']));
    progress.end();
    const erase = '\r\u001b[2K';
    expect(written[0]!.startsWith(`${erase}slow`)).toBe(true);
    expect(written[0]!.length).toBeLessThanOrEqual(erase.length + 39);
    expect(written.at(-1)).toBe(erase);
    const ci = watch(true, false, { CI: 'true' });
    ci.progress.tell(state('slow', []));
    ci.progress.end();
    expect(ci.written).toEqual([expect.stringMatching(/^slow.*\n$/)]);
  });

  it('is nothing when nobody wants it', () => {
    const { progress, written } = watch(true, true);
    progress.tell(state('slow', []));
    progress.end();
    expect(written).toEqual([]);
  });
});

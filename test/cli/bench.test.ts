import { describe, expect, it } from 'vitest';
import { benchRows } from '../../src/cli/bench-table.ts';
import { loadBenchScenarios } from '../../src/cli/load.ts';
import { checkOptions } from '../../src/cli/option.ts';
import { type BenchOptions, benchOptions } from '../../src/cli/options.ts';
import { complaintsOf } from '../scenario/sample.ts';
import { root, run } from './run.ts';

const refused = async (...args: string[]): Promise<readonly string[]> => {
  const { code, out, err } = await run(['bench', ...args]);
  expect([code, out]).toEqual([2, '']);
  return err;
};

/** The options of a command line as yargs would parse it. */
function options(parsed: Record<string, unknown>): BenchOptions {
  const { values, problems, wrong } = checkOptions(
    benchRows,
    { _: ['bench'], scenario: ['quick'], ...parsed },
    [],
  );
  const made = benchOptions(values, [], wrong, root);
  expect([...problems, ...made.problems]).toEqual([]);
  return made.options;
}

describe('bench options', () => {
  it('has the error texts of the design', async () => {
    expect(await refused('--scenario', 'chat-rom')).toEqual([
      'error: no scenario "chat-rom" in scenarios/. Did you mean "chat-room"?   (pollmark list shows all)',
    ]);
    expect(await refused('--scenaro', 'chat-room')).toEqual([
      'error: unknown option --scenaro; did you mean --scenario?',
    ]);
  });

  it('takes no word, and says where it belongs', async () => {
    expect(await refused('chat-room')).toEqual([
      'error: unexpected "chat-room"; did you mean --scenario chat-room?',
    ]);
  });

  it('needs a scenario', async () => {
    expect(await refused()).toEqual([
      'error: --scenario is missing; write for example --scenario quick   (pollmark list shows all)',
    ]);
    expect(await refused('--scenario')).toEqual(['error: --scenario needs a value']);
    expect(await refused('--scenario=')).toEqual(['error: --scenario needs a value']);
  });

  it('says everything that is wrong at once', async () => {
    expect(
      await refused(
        ...[
          '-S',
          'quick',
          '--repetitions',
          'abc',
          '--duration',
          '10 sec',
          '--seed',
          '1',
          '--seed',
          '2',
          '--out',
        ],
        ...[
          '--color',
          'alwys',
          '--no-colr',
          '-x',
          '--time-scale',
          '0',
          '-s',
          'foo',
          '-H',
          'bad',
          '-t',
          'localhost:80',
        ],
      ),
    ).toEqual([
      'error: --repetitions: "abc" is not a whole number of 1 or more; write for example --repetitions 5',
      'error: --duration: "10 sec" is not a duration; write 10s',
      'error: --seed is given 2 times',
      'error: --out needs a value',
      'error: --color: "alwys" is not one of auto, always, never; did you mean "always"?',
      'error: unknown option --no-colr',
      'error: unknown option -x',
      'error: --time-scale: "0" is not a number of 1 or more; write for example --time-scale 5',
      expect.stringMatching(/^error: --target needs --profile; there are: /),
      'error: --target: "localhost:80" is not a URL; write http://localhost:80',
      'error: -s foo  is no FIELD=VALUE; write for example -s clients.count=50',
      `error: --header: "bad" is not a header; write for example -H 'Name: value'`,
    ]);
  });

  it('looks at every scenario, mode and field before anything starts', async () => {
    expect(
      await refused('-S', 'quik', '-S', 'quick', '-m', 'lnog', '-S', 'chat-room', '-s', 'clients.count=0'),
    ).toEqual([
      'error: no scenario "quik" in scenarios/. Did you mean "quick"?   (pollmark list shows all)',
      'error: -s clients.count=0  clients.count: must be at least 1, got 0',
    ]);
    expect(await refused('-S', 'quick', '-m', 'lnog')).toEqual([
      'error: scenario "quick" has no mode "lnog"; did you mean "long"?',
    ]);
  });

  it('needs a profile with a target and a target with a profile', async () => {
    expect(await refused('-S', 'quick', '--profile', 'x')).toEqual(['error: --profile needs --target URL']);
    expect(await refused('-S', 'quick', '--restart-command', 'x')).toEqual([
      'error: --restart-command needs --target URL; our own server needs no command',
    ]);
    expect(await refused('-S', 'quick', '-t', 'http://127.0.0.1:1', '-p', 'zzzz')).toEqual([
      expect.stringMatching(/^error: no profile "zzzz" in profiles\/\. There are: /),
    ]);
  });

  it('needs a baseline to fail on', async () => {
    expect(await refused('-S', 'quick', '--fail-on-regression')).toEqual([
      'error: --fail-on-regression needs --baseline FILE',
    ]);
  });

  it('gives the runner checked values', () => {
    expect(options({})).toEqual({
      scenarios: ['quick'],
      target: null,
      profile: null,
      headers: [],
      overrides: [],
      modes: [],
      ceiling: false,
      timeScale: 1,
      dryRun: false,
      out: null,
      baseline: null,
      failOnRegression: false,
      events: true,
      live: false,
      quiet: false,
      progress: true,
      color: 'auto',
      ascii: false,
      json: false,
      ownsTarget: false,
      ca: null,
      insecure: false,
      restartCommand: null,
    });
    expect(
      options({
        ...{
          target: 'https://example.org:8443/x',
          profile: 'p',
          header: ['A: b: c'],
          set: ['clients.count=5'],
        },
        ...{
          duration: '90s',
          seed: '0',
          repetitions: '3',
          events: false,
          progress: false,
          json: [true, true],
        },
        ...{ 'time-scale': '2.5', 'i-own-this-target': true, color: 'never', mode: ['long'], out: 'x' },
        'restart-command': 'make restart',
      }),
    ).toMatchObject({
      target: new URL('https://example.org:8443/x'),
      profile: 'p',
      headers: [{ name: 'A', value: 'b: c' }],
      overrides: [
        { path: ['clients', 'count'], value: 5, label: '-s clients.count=5' },
        { path: ['duration'], value: '1m30s', label: '--duration 1m30s' },
        { path: ['seed'], value: 0, label: '--seed 0' },
        { path: ['repetitions'], value: 3, label: '--repetitions 3' },
      ],
      ...{ events: false, progress: false, json: true, timeScale: 2.5, ownsTarget: true, color: 'never' },
      ...{ modes: ['long'], out: 'x', restartCommand: 'make restart' },
    });
  });

  it('refuses a value for a flag', async () => {
    expect(await refused('-S', 'quick', '--json=maybe')).toEqual([
      'error: --json is on or off and takes no "maybe"',
    ]);
  });

  it('understands the positive form of a negative flag', () => {
    expect(options({ events: true, progress: true })).toMatchObject({ events: true, progress: true });
  });

  it('loads scenarios with overrides, modes and scale', () => {
    const [quick, room] = loadBenchScenarios(
      options({
        scenario: ['quick', 'chat-room'],
        set: ['clients.count=5'],
        mode: ['long'],
        'time-scale': '10',
      }),
      root,
    );
    expect(quick).toMatchObject({ scenario: { name: 'quick', durationMs: 3500, clients: { count: 5 } } });
    expect([...quick!.leftOut.keys()]).toEqual(['regular']);
    expect(room?.found.file).toBe('scenarios/chat-room.yaml');
    expect(
      complaintsOf(() => loadBenchScenarios({ ...options({}), scenarios: ['a', 'b'] }, root)),
    ).toHaveLength(2);
  });
});

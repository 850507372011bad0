import { shelved } from '../scenario/find.ts';
import { optionOverrides, parseOverride } from '../scenario/overrides.ts';
import type { Vary } from '../scenario/sweep/points.ts';
import type { EngineChoice } from '../scenario/virtual/choice.ts';
import { formatDuration } from '../wire/units.ts';
import type { Override } from '../wire/yaml.ts';
import type { colorChoices } from './bench-table.ts';
import type { OptionValues } from './option.ts';
import { readHeader, readTarget } from './target.ts';

/** What `pollmark bench` was asked to do, checked. */
export interface BenchOptions {
  /** Names or files, one or more. */
  readonly scenarios: readonly string[];
  /** Of somebody else's server; null: start our own. */
  readonly target: URL | null;
  /** A name or file; given exactly when `target` is. */
  readonly profile: string | null;
  /** In the order given; values may say `${env:NAME}` and are not yet filled in. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** From `-s`, `--duration`, `--seed` and `--repetitions`; their labels go into the result. */
  readonly overrides: readonly Override[];
  /** Only these; empty: all. */
  readonly modes: readonly string[];
  readonly ceiling: boolean;
  /** 1: not scaled. */
  readonly timeScale: number;
  readonly dryRun: boolean;
  /** Null: reports/<time>-<scenario>. */
  readonly out: string | null;
  /** A folder or file of an earlier run to compare with; null: none. */
  readonly baseline: string | null;
  readonly failOnRegression: boolean;
  /** Keep the file of events. */
  readonly events: boolean;
  /** A page shows the run while it runs. */
  readonly live: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
  readonly color: (typeof colorChoices)[number];
  readonly ascii: boolean;
  readonly json: boolean;
  /** The person answers for a target that is not on this machine. */
  readonly ownsTarget: boolean;
  /** A file with certificates to trust. */
  readonly ca: string | null;
  /** Certificates are not checked. */
  readonly insecure: boolean;
  /** What the shell runs to restart the target; null: nothing. */
  readonly restartCommand: string | null;
  /** Of `simulate`: how clients are played; left out: as their number asks for. */
  readonly engine?: EngineChoice;
  /** Of `simulate`: so many turns at once; left out: as many as there are cores. */
  readonly jobs?: number;
  /** Another sweep than the scenario's own. */
  readonly vary?: Vary;
}

/**
 * Makes the options of `bench` out of what was parsed.
 * @param values checked by `checkOptions`
 * @param wrong options that are given wrongly or mistyped: that they are missing is not said on top
 * @returns the options, and everything that is wrong with them
 */
export function benchOptions(
  values: OptionValues,
  words: readonly string[],
  wrong: ReadonlySet<string>,
  cwd: string,
): { options: BenchOptions; problems: string[] } {
  const problems: string[] = [];
  const list = (name: string): string[] => (values[name] as string[] | undefined) ?? [];
  const text = (name: string): string | null => (values[name] as string | undefined) ?? null;
  const flag = (name: string): boolean => values[name] === true;

  for (const word of words) problems.push(`unexpected "${word}"; did you mean --scenario ${word}?`);
  const scenarios = list('scenario');
  if (scenarios.length === 0 && words.length === 0 && !wrong.has('scenario')) {
    problems.push('--scenario is missing; write for example --scenario quick   (pollmark list shows all)');
  }
  const target = text('target');
  const profile = text('profile');
  if (target !== null && profile === null && !wrong.has('profile')) {
    const names = shelved('profiles', cwd).map(({ name }) => name);
    problems.push(`--target needs --profile; there are: ${names.join(', ') || 'none yet'}`);
  }
  if (profile !== null && target === null && !wrong.has('target'))
    problems.push('--profile needs --target URL');
  if (text('restart-command') !== null && target === null && !wrong.has('target'))
    problems.push('--restart-command needs --target URL; our own server needs no command');
  if (flag('fail-on-regression') && text('baseline') === null && !wrong.has('baseline'))
    problems.push('--fail-on-regression needs --baseline FILE');
  const url = target === null ? null : readTarget(target);
  if (typeof url === 'string') problems.push(url);
  const overrides = list('set').map((entry) => parseOverride(entry));
  problems.push(...overrides.filter((each) => typeof each === 'string'));
  const headers = list('header').map(readHeader);
  problems.push(...headers.filter((each) => typeof each === 'string'));
  const durationMs = values['duration'] as number | undefined;

  const options: BenchOptions = {
    scenarios,
    target: url instanceof URL ? url : null,
    profile,
    headers: headers.filter((each) => typeof each !== 'string'),
    overrides: [
      ...overrides.filter((each) => typeof each !== 'string'),
      ...optionOverrides({
        duration: durationMs === undefined ? undefined : formatDuration(durationMs),
        seed: values['seed'] as number | undefined,
        repetitions: values['repetitions'] as number | undefined,
      }),
    ],
    modes: list('mode'),
    ceiling: flag('ceiling'),
    timeScale: (values['time-scale'] as number | undefined) ?? 1,
    dryRun: flag('dry-run'),
    out: text('out'),
    baseline: text('baseline'),
    failOnRegression: flag('fail-on-regression'),
    events: !flag('no-events'),
    live: flag('live'),
    quiet: flag('quiet'),
    progress: !flag('no-progress'),
    color: (values['color'] as BenchOptions['color'] | undefined) ?? 'auto',
    ascii: flag('ascii'),
    json: flag('json'),
    ownsTarget: flag('i-own-this-target'),
    ca: text('ca'),
    insecure: flag('insecure'),
    restartCommand: text('restart-command'),
    ...(values['jobs'] !== undefined && { jobs: values['jobs'] as number }),
    ...(values['engine'] !== undefined && { engine: values['engine'] as EngineChoice }),
  };
  return { options, problems };
}

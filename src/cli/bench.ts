import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Result } from '../measure/result.ts';
import { drawTerminal } from '../report/terminal.ts';
import { loadProfile, ownProfile } from '../scenario/find.ts';
import { type Plan, planScenario } from '../scenario/plan.ts';
import { type RunOptions, runScenario } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Target } from '../scenario/staging.ts';
import type { Profile } from '../wire/profile.ts';
import { formatSize } from '../wire/units.ts';
import { UsageError } from '../wire/usage.ts';
import { wallClock } from '../world/real/clock.ts';
import { worstExit } from './exit.ts';
import { interruption } from './interrupt.ts';
import { type LoadedScenario, loadBenchScenarios } from './load.ts';
import type { BenchOptions } from './options.ts';
import { type Io, printJson, printWarnings, textWidth } from './print.ts';
import { BenchProgress } from './progress.ts';
import { fillSecrets } from './secrets.ts';
import { planText, roughTime } from './show.ts';

/** So many clients may be pointed at a machine that the person has not said is his. */
const mostOnForeignTargets = 50;

/** What an event of the history costs on disk, about, packed. */
const bytesPerEvent = 12;

/**
 * `pollmark bench`: measures one scenario after the other, and reports.
 * @returns the exit code
 * @throws UsageError when something that was asked for cannot be done; nothing has run then
 */
export async function bench(options: BenchOptions, io: Io): Promise<number> {
  const loaded = loadBenchScenarios(options, io.cwd);
  const target = targetOf(options, io);
  refuseForeign(options, loaded);
  const plans = loaded.map(({ scenario }) => planScenario(scenario));
  if (options.dryRun) {
    for (const [i, { scenario }] of loaded.entries()) io.out(planText(scenario, plans[i]!));
    return 0;
  }
  announce(options, loaded, plans, io);
  const stop = interruption(io);
  const codes: number[] = [];
  const results: Result[] = [];
  try {
    for (const [i, { scenario }] of loaded.entries()) {
      if (stop.signal.aborted) break;
      const out = outFolder(options, scenario, loaded.length, io.cwd);
      const { result, folder, exitCodes } = await measure(
        options,
        scenario,
        plans[i]!,
        target,
        out,
        stop.signal,
        io,
      );
      codes.push(...exitCodes);
      results.push(result);
      if (!options.json) io.out(drawTerminal(result, look(options, io, folder)));
    }
  } finally {
    stop.end();
  }
  if (options.json) printJson(io, loaded.length === 1 ? results[0] : results);
  return worstExit(codes);
}

async function measure(
  options: BenchOptions,
  scenario: Scenario,
  plan: Plan,
  target: ReturnType<typeof targetOf>,
  out: string,
  interrupted: AbortSignal,
  io: Io,
): ReturnType<typeof runScenario> {
  const progress = new BenchProgress(scenario, plan, { quiet: options.quiet || !options.progress }, io);
  const run: RunOptions = {
    scenario,
    overrides: options.overrides.map(({ label }) => label),
    timeScale: options.timeScale,
    command: commandOf(io.args ?? []),
    target: { ...target, profile: target.profile ?? ownProfile(scenario.server.semantics) },
    modes: options.modes.length === 0 ? null : options.modes,
    ceiling: options.ceiling,
    out,
    events: options.events,
    interrupted,
    progress: (state) => progress.show(state),
  };
  try {
    return await runScenario(run);
  } finally {
    progress.end();
  }
}

/** The target as far as the command line says it; without one each scenario has a server of our own. */
function targetOf(options: BenchOptions, io: Io): Omit<Target, 'profile'> & { profile: Profile | null } {
  const complaints: string[] = [];
  const filled = (text: string, where: string): string =>
    fillSecrets(text, io.env, (problem) => complaints.push(`${where}: ${problem}`));
  const headers: Record<string, string> = {};
  let profile: Profile | null = null;
  if (options.profile !== null) {
    profile = loadProfile(options.profile, io.cwd);
    for (const [name, value] of Object.entries(profile.headers))
      headers[name] = filled(value, `${profile.name}: headers.${name}`);
  }
  for (const { name, value } of options.headers) headers[name] = filled(value, `--header ${name}`);
  let ca: string | undefined;
  if (options.ca !== null) {
    try {
      ca = readFileSync(resolve(io.cwd, options.ca), 'utf8');
    } catch {
      complaints.push(`--ca: cannot read ${options.ca}`);
    }
  }
  if (complaints.length > 0) throw new UsageError(complaints);
  return {
    url: options.target?.origin ?? null,
    profile,
    headers,
    tls: { ...(ca !== undefined && { ca }), ...(options.insecure && { insecure: true }) },
  };
}

/** The command line as it can be shown: values of headers stay with the person. */
function commandOf(args: readonly string[]): string {
  const shown = args.map((arg, i) => {
    if (/^(-H|--header)$/.test(args[i - 1] ?? '')) return arg.replace(/:.*/s, ': ...');
    return /^(-H|--header=)/.test(arg) ? arg.replace(/:.*/s, ': ...') : arg;
  });
  const quoted = shown.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return ['pollmark', ...quoted].join(' ');
}

/** A stranger's server is not ours to load. */
function refuseForeign({ target, ownsTarget }: BenchOptions, loaded: readonly LoadedScenario[]): void {
  if (target === null || ownsTarget || isLoopback(target.hostname)) return;
  const large = loaded.filter(({ scenario }) => scenario.clients.count > mostOnForeignTargets);
  if (large.length === 0) return;
  throw new UsageError(
    large.map(
      ({ scenario }) =>
        `${scenario.name} would send ${scenario.clients.count} clients to ${target.hostname}, which is not this machine; ` +
        `at most ${mostOnForeignTargets} go there without --i-own-this-target`,
    ),
  );
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\./.test(hostname)
  );
}

function announce(
  options: BenchOptions,
  loaded: readonly LoadedScenario[],
  plans: readonly Plan[],
  io: Io,
): void {
  const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  const proxy = proxies.find((name) => (io.env[name] ?? '') !== '');
  if (proxy !== undefined && options.target !== null)
    io.err(`note: ${proxy} is set and ignored: targets are reached directly\n`);
  if (options.quiet) return;
  for (const [i, { scenario, leftOut }] of loaded.entries()) {
    const { totalMs, deliveries, warnings } = plans[i]!;
    io.err(`${scenario.name}: ${scenario.title}\n`);
    const events = deliveries * 4 * scenario.modes.length * scenario.repetitions;
    const size =
      options.events && events > 1e6
        ? `, events about ${formatSize(Math.round((events * bytesPerEvent) / 2 ** 20) * 2 ** 20)}`
        : '';
    io.err(`expected time ${roughTime(totalMs)}, seed ${scenario.seed}${size}\n`);
    for (const [mode, why] of leftOut) io.err(`skipped ${mode}: ${why}\n`);
    printWarnings(
      io,
      warnings.map(({ text }) => text),
    );
  }
}

function outFolder({ out }: BenchOptions, scenario: Scenario, scenarios: number, cwd: string): string {
  if (out !== null)
    return resolve(cwd, scenarios === 1 ? out : join(out, scenario.name.replaceAll('/', '-')));
  const time = new Date(wallClock()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return resolve(cwd, 'reports', `${time}-${scenario.name.replaceAll('/', '-')}`);
}

function look(options: BenchOptions, io: Io, folder: string | null): Parameters<typeof drawTerminal>[1] {
  const forced = (io.env['FORCE_COLOR'] ?? '') !== '' && io.env['FORCE_COLOR'] !== '0';
  const wanted = forced || (io.outIsTty && (io.env['NO_COLOR'] ?? '') === '');
  const locale = io.env['LC_ALL'] || io.env['LC_CTYPE'] || io.env['LANG'] || 'C.UTF-8';
  return {
    width: io.outIsTty ? textWidth(io) : 80,
    color: options.color === 'always' || (options.color === 'auto' && wanted),
    ascii: options.ascii || !/utf-?8/i.test(locale),
    ...(folder !== null && { report: shownPath(folder, io.cwd) }),
  };
}

function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}

import { formatDuration, formatRate } from '../wire/units.ts';
import { type Override, placeOf, readYaml } from '../wire/yaml.ts';
import { crossCheck } from './consistency.ts';
import { defaultCooldownMs } from './cooldown.ts';
import { resolveFaults, writeFault } from './fault-file.ts';
import { resolveGroup, writeGroup } from './group-file.ts';
import { type ReadFile, resolveArrivals, resolveMode, resolveNetwork, resolveThreshold } from './resolve.ts';
import type { Arrivals, Mode, Scenario } from './scenario.ts';
import { type ScenarioFile, scenarioSchema } from './schema.ts';
import { attempt, overrideOf, readPoints, settled, sweepOf, type Vary } from './sweep/points.ts';

export interface ReadScenarioOptions {
  readonly overrides?: readonly Override[];
  readonly readFile?: ReadFile;
  /** Another sweep than the file's. */
  readonly vary?: Vary;
}

/**
 * Reads a scenario file, fills in every default and checks what depends on several fields, at each value of its sweep.
 * @param file the name that complaints begin with
 * @throws UsageError with every complaint at its line and column
 */
export function readScenario(text: string, file: string, options: ReadScenarioOptions = {}): Scenario {
  const { readFile, vary } = options;
  const overrides = [...(options.overrides ?? []), ...(vary === undefined ? [] : [overrideOf(vary)])];
  let swept: ScenarioFile['sweep'];
  const read = (more: readonly Override[], look: (file: ScenarioFile) => void = () => {}): ScenarioFile => {
    const schema = scenarioSchema.superRefine(
      (value, context) => {
        crossCheck(value, context, readFile, vary !== undefined);
        if (!context.issues.some(({ path }) => path?.[0] === 'sweep')) look(value);
      },
      { when: ({ value }) => typeof value === 'object' && value !== null },
    );
    return readYaml(text, file, schema, [...overrides, ...more]);
  };
  // What is wrong at a value of the sweep is said together with what is wrong everywhere.
  const base = attempt(() =>
    read([], ({ sweep }) => {
      swept = sweep;
    }),
  );
  if (swept === null || swept === undefined) return resolve(settled(base, []), readFile);
  const place = (path: readonly (string | number)[]): string => vary?.label ?? placeOf(text, file, path);
  const points = readPoints(swept, { read, base, place });
  const scenario = resolve(settled(base, points.complaints), readFile);
  const sweep = sweepOf(swept.field, writeScenario(scenario), points.files, (one) => resolve(one, readFile));
  return { ...scenario, sweep };
}

function resolve(parsed: ScenarioFile, readFile: ReadFile | undefined): Scenario {
  const modes = parsed.modes.map(resolveMode);
  const network = resolveNetwork(parsed.network);
  const faults = resolveFaults(parsed.faults, parsed.duration);
  const arrivals = resolveArrivals(parsed.arrivals, readFile);
  const holds = modes.flatMap((mode) => (mode.kind === 'long' ? [mode.holdMs + mode.jitterMs] : []));
  const { server, clients, thresholds, report } = parsed;
  return {
    version: 1,
    name: parsed.name,
    title: parsed.title ?? parsed.name,
    question: parsed.question,
    seed: parsed.seed,
    repetitions: parsed.repetitions,
    order: parsed.order,
    warmupMs: parsed.warmup,
    durationMs: parsed.duration,
    cooldownMs:
      parsed.cooldown ?? defaultCooldownMs({ modes, network, faults, durationMs: parsed.duration, arrivals }),
    server: {
      semantics: server.semantics,
      holdMs: server.hold ?? (holds.length > 0 ? Math.max(...holds) : 25_000),
      ...(server.service !== undefined && { serviceMs: server.service }),
      ...(server.queue !== undefined && { queue: server.queue }),
    },
    network,
    clients: {
      count: clients.count,
      ramp: { overMs: clients.ramp.over, shape: clients.ramp.shape },
      start: clients.start,
      channels: clients.channels,
      keepAliveMs: clients.keepAlive,
      groups: clients.groups.map((group) => resolveGroup(group, clients.count)),
    },
    modes,
    arrivals,
    faults,
    thresholds: thresholds.map(resolveThreshold),
    report,
    sweep: null,
  };
}

/**
 * The way back: a plain object in the form of a file, every default spelled out, that reads as the same scenario.
 * Left out are empty lists of groups and faults, a sweep that is none, and what the file does not say of a virtual
 * server: what is the same scenario as before there were any keeps its fingerprint.
 */
export function writeScenario(scenario: Scenario): Record<string, unknown> {
  const { network, clients, server, arrivals } = scenario;
  return {
    version: scenario.version,
    name: scenario.name,
    title: scenario.title,
    question: scenario.question,
    seed: scenario.seed,
    repetitions: scenario.repetitions,
    order: scenario.order,
    warmup: formatDuration(scenario.warmupMs),
    duration: formatDuration(scenario.durationMs),
    cooldown: formatDuration(scenario.cooldownMs),
    server: {
      semantics: server.semantics,
      hold: formatDuration(server.holdMs),
      ...(server.serviceMs !== undefined && { service: formatDuration(server.serviceMs) }),
      ...(server.queue !== undefined && { queue: server.queue }),
    },
    network: {
      oneWay: formatDuration(network.oneWayMs),
      jitter: formatDuration(network.jitterMs),
      distribution: network.distribution,
    },
    clients: {
      count: clients.count,
      ramp: { over: formatDuration(clients.ramp.overMs), shape: clients.ramp.shape },
      start: clients.start,
      channels: clients.channels,
      keepAlive: formatDuration(clients.keepAliveMs),
      ...(clients.groups.length > 0 && { groups: clients.groups.map(writeGroup) }),
    },
    modes: scenario.modes.map(writeMode),
    arrivals: {
      process: writeProcess(arrivals.process),
      ...(arrivals.ratePerS === null ? {} : { rate: formatRate(arrivals.ratePerS) }),
      size: { ...arrivals.size },
    },
    ...(scenario.faults.length > 0 && { faults: scenario.faults.map(writeFault) }),
    ...(scenario.sweep !== null && {
      sweep: { field: scenario.sweep.field, values: scenario.sweep.points.map(({ value }) => value) },
    }),
    thresholds: scenario.thresholds.map(({ expr, abort, afterMs, at }) =>
      abort || afterMs > 0 || at !== undefined
        ? { expr, abort, after: formatDuration(afterMs), ...(at !== undefined && { at: [...at] }) }
        : expr,
    ),
    report: { percentiles: [...scenario.report.percentiles], lanes: scenario.report.lanes },
  };
}

function writeMode(mode: Mode): Record<string, unknown> {
  const { policy, baseMs, capMs, firstDelayMs } = mode.retry;
  return {
    name: mode.name,
    kind: mode.kind,
    ...(mode.kind === 'regular'
      ? { every: formatDuration(mode.everyMs), jitter: formatDuration(mode.jitterMs) }
      : {
          hold: formatDuration(mode.holdMs),
          // Left out where there is none: what was written before there was any stays comparable.
          ...(mode.jitterMs > 0 && { jitter: formatDuration(mode.jitterMs) }),
          pause: formatDuration(mode.pauseMs),
        }),
    requestTimeout: formatDuration(mode.requestTimeoutMs),
    retry: {
      policy,
      base: formatDuration(baseMs),
      cap: formatDuration(capMs),
      firstDelay: formatDuration(firstDelayMs),
    },
    ...(mode.behind !== null && {
      behind: { proxy: mode.behind.proxy, idle: formatDuration(mode.behind.idleMs) },
    }),
  };
}

function writeProcess(process: Arrivals['process']): unknown {
  switch (process.kind) {
    case 'poisson':
    case 'fixed':
      return process.kind;
    case 'burst':
      return { burst: { every: formatDuration(process.everyMs), size: process.size } };
    case 'on-off':
      return { 'on-off': { on: formatDuration(process.onMs), off: formatDuration(process.offMs) } };
    case 'replay':
      return { replay: { file: process.file, at: process.atMs.map(formatDuration) } };
  }
}

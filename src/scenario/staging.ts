import { hasChannels, type Profile } from '../wire/profile.ts';
import type { ModeSpec, Play } from '../world/play.ts';
import type { TargetSpec } from '../world/real/load/messages.ts';
import { missingProxy } from '../world/real/stage/real-proxy.ts';
import type { StageSpec } from '../world/real/stage/stage-spec.ts';
import { isOfServer } from './fault.ts';
import type { Mode, Scenario } from './scenario.ts';
import { stagedFaults } from './staged-fault.ts';
import type { Workload } from './workload/planned.ts';

/** The server of a run: our own, started for it, or one that somebody else started. */
export interface Target {
  /** Origin of somebody else's server; null: our own. */
  readonly url: string | null;
  readonly profile: Profile;
  /** Path of the profile's adapter module. */
  readonly adapter?: string | undefined;
  /** The profile's `vars` with their secrets filled in, where they are not as the profile has them. */
  readonly vars?: Readonly<Record<string, string>> | undefined;
  /** Headers of the person's own, secrets filled in. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TargetSpec['tls'];
  /** What the shell runs to restart somebody else's server. */
  readonly restartCommand?: string | undefined;
}

/** Only in runs of at least this length memory that is kept for good can be seen, and only a small heap is collected at once. */
const heapRuns = { durationMs: 60_000, clients: 1000 };

/** Why a mode is not asked for, or nothing that this server has; null when it is to run. */
export function whyLeftOut(
  mode: Mode,
  { profile }: Pick<Target, 'profile'>,
  wanted: readonly string[] | null,
): string | null {
  if (wanted !== null && !wanted.includes(mode.name)) return 'left out by --mode';
  if (mode.kind === 'regular' && profile.regular === undefined)
    return `the profile ${profile.name} has no regular polling`;
  return null;
}

/** Why a mode cannot run here against this server; null when it can. */
export function whySkipped(mode: Mode, target: Target, wanted: readonly string[] | null): string | null {
  return whyLeftOut(mode, target, wanted) ?? (mode.behind === null ? null : missingProxy(mode.behind.proxy));
}

/** Channels that the clients of a scenario really have: a server without channels has one for everybody. */
export function channelCount(scenario: Scenario, profile: Profile): number {
  return hasChannels(profile) ? scenario.clients.channels : 1;
}

/** Whether modes can run at the same time without hearing each other. */
export function hasOwnChannels({ url, profile }: Target): boolean {
  return url === null || hasChannels(profile);
}

function modeSpec(mode: Mode, profile: Profile): ModeSpec {
  const { requestTimeoutMs, retry } = mode;
  const none = { everyMs: 0, jitterMs: 0, holdMs: 0, pauseMs: 0 };
  if (mode.kind === 'regular') {
    return {
      ...none,
      kind: 'regular',
      everyMs: mode.everyMs,
      jitterMs: mode.jitterMs,
      requestTimeoutMs,
      retry,
    };
  }
  // Nothing says how long an endless hold may last, so no client could tell a held poll from a dead one.
  const patience = profile.hold.kind === 'unbounded' ? Number.MAX_SAFE_INTEGER : requestTimeoutMs;
  return {
    ...none,
    kind: 'long',
    holdMs: mode.holdMs,
    jitterMs: mode.jitterMs,
    pauseMs: mode.pauseMs,
    requestTimeoutMs: patience,
    retry,
  };
}

/** Whoever does something on the way; where there is one channel for everybody, nobody goes to another. */
function scriptsFor({ clients }: Workload, channels: number): Play['scripts'] {
  return clients.flatMap(({ client, script }) => {
    const steps = channels > 1 ? script : script.filter((step) => step.do !== 'move');
    return steps.length === 0 ? [] : [{ client, steps }];
  });
}

/** What one mode is, whatever world it is played in. `run` marks its messages, channels and clients. */
export function playOf(
  scenario: Scenario,
  mode: Mode,
  profile: Profile,
  workload: Workload,
  { run, seed }: Pick<Play, 'run' | 'seed'>,
): Play {
  const channels = channelCount(scenario, profile);
  return {
    name: mode.name,
    run,
    seed,
    mode: modeSpec(mode, profile),
    joinMs: workload.clients.map(({ joinMs }) => joinMs),
    scripts: scriptsFor(workload, channels),
    faults: stagedFaults(scenario, mode, workload.touched),
    watchPresence: scenario.faults.length > 0 || workload.clients.some(({ script }) => script.length > 0),
    channels: Array.from({ length: channels }, (_, i) => `${run}-${i}`),
    publishes: {
      atMs: workload.publishes.map(({ atMs }) => atMs),
      channel: workload.publishes.map(({ channel }) => channel % channels),
      bytes: scenario.arrivals.size.bytes,
    },
    lag: scenario.network,
    keepAliveMs: scenario.clients.keepAliveMs,
  };
}

/** What one mode needs to be played once on real processes. */
export function stageSpec(
  scenario: Scenario,
  mode: Mode,
  target: Target,
  workload: Workload,
  place: Pick<StageSpec, 'clock' | 'folder' | 'run'> & { readonly seed: string },
): StageSpec {
  const { profile, adapter, vars, headers, tls, url } = target;
  const { semantics, holdMs } = scenario.server;
  return {
    ...playOf(scenario, mode, profile, workload, place),
    clock: place.clock,
    folder: place.folder,
    server: url === null ? { start: { semantics, holdMs } } : { origin: url },
    target: { profile: vars === undefined ? profile : { ...profile, vars }, adapter, headers, tls },
    proxied: scenario.faults.some((fault) => !isOfServer(fault)),
    behind: mode.behind,
    restartCommand: target.restartCommand ?? null,
    measureHeap: scenario.durationMs >= heapRuns.durationMs && workload.clients.length <= heapRuns.clients,
  };
}

import { driftOf } from '../measure/drift.ts';
import { type Observed, observe } from '../measure/fit/observed.ts';
import { type Frame, isIn, type Stretch } from '../measure/frame.ts';
import { round } from '../measure/samples.ts';
import { type Measured, type RunFacts, summarise } from '../measure/summary.ts';
import type { PublishEvent, RunEvent } from '../protocol/event.ts';
import type { Profile } from '../wire/profile.ts';
import { readRecords } from '../world/real/load/record.ts';
import type { HarnessError } from '../world/real/stage/harness-error.ts';
import type { Footprint, Played } from '../world/real/stage/stage-spec.ts';
import { longestDeliveryMs, longestTransitMs, slowedMs } from './cooldown.ts';
import type { Mode, Scenario } from './scenario.ts';
import { channelCount, type Target } from './staging.ts';

/** One mode, one repetition, counted. */
export interface Counted {
  readonly measured: Measured;
  readonly facts: RunFacts;
  readonly frame: Frame;
  /** What theory needs of its history. */
  readonly observed: () => Observed;
}

/** With its history, for whoever wants to look closer. */
export interface CountedHistory extends Counted {
  readonly history: () => Iterable<RunEvent>;
}

/** Turns what the processes recorded into numbers; null when the run ended before anything was measured. */
export function count(
  scenario: Scenario,
  mode: Mode,
  target: Target,
  played: Played,
  known: Pick<RunFacts, 'index' | 'order' | 'seed'> & {
    ceilingRps: number | null;
    harnessError: HarnessError | null;
  },
): CountedHistory | null {
  const { window, endedAt, quality, server } = played;
  if (window.to <= window.from) return null;
  const history = readRecords(played.records);
  const publishes: PublishEvent[] = [];
  for (const event of history()) if (event.kind === 'published') publishes.push(event);
  const { faults, presence } = played;
  const frame = frameOf(scenario, mode, target.profile, known.seed, {
    ...{ window, endedAt, publishes, faults, presence },
  });
  const measured = summarise(frame, history);
  const largest = (values: readonly number[]): number | null =>
    values.length === 0 ? null : round(Math.max(...values), 3);
  const within = (all: readonly Footprint[]): Footprint[] => all.filter(({ atMs }) => isIn(atMs, window));
  const { index, order, seed, ceilingRps, harnessError } = known;
  const facts: RunFacts = {
    index,
    order,
    seed,
    server: {
      cpu_s: server === null ? null : round(server.cpuS, 3),
      rss_max_bytes: server?.rssMaxBytes ?? null,
      held_max: server?.heldMax ?? null,
      ceiling_rps: ceilingRps,
    },
    drift: {
      server: server === null ? null : driftOf(within(played.footprints.server), null),
      clients:
        quality.length === 0 ? null : driftOf(within(played.footprints.clients), played.footprints.heap),
    },
    proxyError:
      played.proxy === null
        ? null
        : {
            p50: round(played.proxy.p50Ms, 3),
            p99: round(played.proxy.p99Ms, 3),
            chunks: played.proxy.chunks,
          },
    quality: {
      loop_delay_p99_ms: largest(quality.map((one) => one.loopDelayP99Ms)),
      generator_cpu: largest(quality.map((one) => one.cpuShare)),
      harness_error_ms: {
        p50: harnessError === null ? null : round(harnessError.p50Ms, 3),
        p99: harnessError === null ? null : round(harnessError.p99Ms, 3),
      },
    },
  };
  return { measured, facts, frame, history, observed: () => observe(frame, history()) };
}

/** What a run says of itself besides its events, in either world. */
type Course = Pick<Played, 'window' | 'endedAt' | 'faults' | 'presence'> & Pick<Frame, 'publishes'>;

/** What the summary of a run has to know besides its events. */
export function frameOf(
  scenario: Scenario,
  mode: Mode,
  profile: Profile,
  seed: number,
  { window, endedAt, publishes, faults, presence }: Course,
): Frame {
  return {
    clients: scenario.clients.count,
    channels: channelCount(scenario, profile),
    window,
    endedAt,
    resume: profile.claims.resume,
    publishes,
    silences: silencesOf(scenario.arrivals.process, window),
    honestMs: longestDeliveryMs(mode, scenario.network),
    transitMs: longestTransitMs(scenario.network),
    slowedMs: slowedMs(scenario, mode),
    faults,
    presenceEveryMs: presence?.everyMs ?? null,
    presenceChannels: presence?.channels ?? null,
    presenceFrom: presence?.since ?? null,
    lanes: scenario.report.lanes,
    seed,
  };
}

/** The stretches of the window in which an on-off schedule is off; its first cycle begins with the window. */
function silencesOf(process: Scenario['arrivals']['process'], window: Stretch): Stretch[] {
  const silences: Stretch[] = [];
  if (process.kind !== 'on-off' || process.offMs === 0) return silences;
  for (let off = window.from + process.onMs; off < window.to; off += process.onMs + process.offMs) {
    silences.push({ from: off, to: Math.min(window.to, off + process.offMs) });
  }
  return silences;
}

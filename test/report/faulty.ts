import { distributionOf } from '../../src/measure/histogram.ts';
import type {
  Distribution,
  FaultPlanned,
  FaultSeen,
  Lane,
  ModeResult,
  Reconnection,
  RepetitionResult,
  Result,
} from '../../src/measure/result.ts';
import { Samples } from '../../src/measure/samples.ts';
import { quickShape, sampleResult } from '../measure/sample.ts';

/** The distribution of values in milliseconds, of which each is one client's. */
export function distributed(values: readonly number[]): Distribution {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return distributionOf(samples, values.length);
}

export const restart: FaultPlanned = {
  index: 0,
  kind: 'server-restart',
  at_ms: 12_000,
  for_ms: 5_000,
  modes: null,
  clients: null,
  text: 'server restart, 5 s',
};

/** What the restart did to 20 clients, unless `more` says otherwise. Times count from a run's own zero. */
export function faultSeen(more: Partial<FaultSeen> = {}): FaultSeen {
  const requests = Array.from({ length: 120 }, (_, step) =>
    step < 20 ? 5 : step < 70 ? 0 : step < 74 ? 41 : 5,
  );
  return {
    index: 0,
    kind: 'server-restart',
    from_ms: 22_000,
    to_ms: 27_000,
    clients: 20,
    hit: 20,
    never_back: 0,
    gone: 0,
    back_ms: distributed(Array.from({ length: 20 }, (_, i) => 100 * (i + 1))),
    first_delivery_ms: distributed(Array.from({ length: 20 }, (_, i) => 150 * (i + 1))),
    attempts: 82,
    wasted: 62,
    attempt_ms: 1.2,
    herd: {
      peak_per_100ms: 41,
      steady_per_100ms: 5,
      index: 8.2,
      from_ms: 20_000,
      step_ms: 100,
      requests,
    },
    lost: {},
    undelivered: {},
    duplicated: 0,
    delayed: 3,
    delayed_max_ms: 4_200,
    ...more,
  };
}

/** A client that is held, fails at second 12, tries again each second until 17, and is held again. */
export function longLane(client: number): Lane {
  const segments: Lane['segments'] = [['held', 10_000, 22_000]];
  for (let at = 22_000; at < 27_000; at += 1_000)
    segments.push(['failed', at, at + 2], ['waiting', at + 2, at + 1_000]);
  segments.push(['held', 27_000, 45_000]);
  return { client, segments, deliveries: [15_000 + client * 100, 33_000], thinned: false };
}

/** A client that asks every 10 s, of which one poll fails. */
export function regularLane(client: number): Lane {
  const segments: Lane['segments'] = [];
  const first = 10_000 + client * 300;
  if (first > 10_000) segments.push(['idle', 10_000, first]);
  for (let at = first; at < 45_000; at += 10_000) {
    const fails = at >= 22_000 && at < 27_000;
    segments.push([fails ? 'failed' : 'asking', at, at + 2], ['idle', at + 2, Math.min(45_000, at + 10_000)]);
  }
  return { client, segments, deliveries: [first + 2], thinned: false };
}

export function reconnection(more: Partial<Reconnection> = {}): Reconnection {
  return {
    fault: 0,
    repetition: 0,
    policy: 'full-jitter',
    wasted_per_client: { predicted: 3.2, measured: 3.1 },
    wait_mean_ms: { predicted: 1_000, measured: 1_040 },
    wait_max_ms: { predicted: 2_000, measured: 1_990 },
    peak_per_100ms: { predicted: 38, measured: 41 },
    lost_per_client: { predicted: null, measured: 0 },
    note: null,
    ...more,
  };
}

/** A mode's first repetition with other values. */
export function withRepetition(mode: ModeResult, more: Partial<RepetitionResult>): ModeResult {
  return { ...mode, repetitions: mode.repetitions.map((one) => ({ ...one, ...more })) };
}

/** A run like `quick` with a restart in it, whose regular mode loses what a server without memory loses. */
export function faultyResult(more: Partial<Result> = {}): Result {
  const sample = sampleResult({}, quickShape);
  const clients = Array.from({ length: 20 }, (_, i) => i);
  const [regular, long] = sample.modes as [ModeResult, ModeResult];
  const errors = { rate: 0.1, by_kind: { ECONNREFUSED: 50, ECONNRESET: 20, ETIMEDOUT: 2 } };
  const seen = faultSeen({
    hit: 9,
    attempts: 18,
    wasted: 9,
    back_ms: distributed(Array.from({ length: 9 }, (_, i) => 1_000 * (i + 1))),
    first_delivery_ms: distributed(Array.from({ length: 20 }, (_, i) => 500 * (i + 1))),
    herd: { ...faultSeen().herd, peak_per_100ms: 6, index: 1.2, requests: new Array(120).fill(5) },
    lost: { gap: 2, outage: 7, backoff: 3 },
  });
  return {
    ...sample,
    scenario: {
      ...sample.scenario,
      name: 'server-restart',
      title: 'What happens on deploy?',
      question: 'recovery',
    },
    faults: [restart],
    modes: [
      {
        ...withRepetition(regular, {
          faults: [seen],
          errors,
          messages: { ...regular.repetitions[0]!.messages, lost: 12, lost_by_cause: seen.lost },
        }),
        lanes: clients.map(regularLane),
      },
      {
        ...withRepetition(long, {
          faults: [faultSeen()],
          errors,
          presence_ms: distributed([0.7, 0.9, 1.4]),
          presence: {
            sampled_every_ms: 250,
            clients: 20,
            ghost_ms: distributed([30_000]),
            absent_ms: distributed([]),
          },
          proxy_error_ms: { p50: 0.1, p99: 1.1, chunks: 900 },
        }),
        lanes: clients.map(longLane),
        theory: { reconnection: [reconnection()] },
      },
    ],
    ...more,
  };
}

import { type Engine, simulate, timetableOf } from '../../../src/world/virtual/simulate.ts';
import type { Sink, VirtualSpec } from '../../../src/world/virtual/spec.ts';

/** Twenty clients with private channels, a message every five seconds each, 20 ms each way. */
export function smallSpec(kind: 'regular' | 'long', change: Partial<VirtualSpec> = {}): VirtualSpec {
  const clients = 20;
  const atMs = Array.from({ length: 120 }, (_, i) => 250 * i + 7);
  return {
    name: kind,
    run: 'r',
    mode: {
      kind,
      everyMs: 10_000,
      jitterMs: 0,
      holdMs: kind === 'long' ? 25_000 : 0,
      pauseMs: 0,
      requestTimeoutMs: 30_000,
      retry: { policy: 'full-jitter', baseMs: 250, capMs: 10_000, firstDelayMs: 0 },
    },
    joinMs: Array.from({ length: clients }, (_, i) => 500 * i),
    scripts: [],
    faults: [],
    watchPresence: false,
    channels: Array.from({ length: clients }, (_, i) => `c${i}`),
    publishes: { atMs, channel: atMs.map((_, i) => i % clients), bytes: 256 },
    lag: { oneWayMs: 20, jitterMs: 0, distribution: 'constant' },
    keepAliveMs: 75_000,
    seed: '42',
    server: { semantics: 'buffered', holdMs: 25_000, serviceMs: 0, queue: Number.POSITIVE_INFINITY },
    span: { warmupMs: 0, durationMs: 30_000, cooldownMs: 12_000 },
    bytes: { request: 300, empty: 200, answer: 220, message: 350 },
    behindIdleMs: null,
    ...change,
  };
}

/** Everything that a sink is told, each call in a line. */
export function played(spec: VirtualSpec, engine?: Engine): string[] {
  const calls: string[] = [];
  const sink = new Proxy({} as Sink, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        calls.push(JSON.stringify([name, ...args])),
  });
  simulate(spec, timetableOf(spec), sink, engine);
  return calls;
}

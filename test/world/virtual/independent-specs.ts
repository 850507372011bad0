import fc from 'fast-check';
import { backoffPolicies } from '../../../src/protocol/backoff.ts';
import type { VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { smallSpec } from './scene.ts';

/** Times that fall together with others by chance only. */
const sevenths = (most: number, least = 0): fc.Arbitrary<number> =>
  fc.integer({ min: 7 * least, max: 7 * most }).map((count) => count / 7);

/** Whole and half seconds, so that many things fall on one instant; or any time. */
const time = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: most / 500 }).map((halves) => 500 * halves),
    sevenths(most),
  );

/** Small plays of every sort whose clients cannot touch one another. */
const drawnSpecs: fc.Arbitrary<VirtualSpec> = fc
  .record({
    kind: fc.constantFrom('regular' as const, 'long' as const),
    article: fc.boolean(),
    everyMs: fc.oneof(fc.constantFrom(500, 1000, 2500), sevenths(5000, 200)),
    jitterMs: fc.oneof(fc.constant(0), time(3000)),
    holdMs: fc.oneof(fc.constantFrom(0, 50, 150, 500, 3000, 10_000), time(12_000)),
    serverHoldMs: fc.constantFrom(0, 80, 500, 5000, 25_000),
    pauseMs: fc.oneof(fc.constant(0), time(2000)),
    requestTimeoutMs: fc.oneof(
      fc.constantFrom(500, 1000, 3000, 30_000),
      fc.integer({ min: 300, max: 20_000 }),
    ),
    policy: fc.constantFrom(...backoffPolicies.filter((name) => name !== 'article')),
    baseMs: fc.constantFrom(0, 250, 500),
    firstDelayMs: fc.constantFrom(0, 1000),
    joinMs: fc.array(time(3000), { minLength: 1, maxLength: 5 }),
    channels: fc.integer({ min: 1, max: 5 }),
    bytes: fc.constantFrom(0, 256, 3 * 1024 * 1024, 9 * 1024 * 1024),
    at: fc.array(fc.tuple(time(20_000), fc.nat(4), fc.constantFrom(1, 1, 1, 2, 5)), { maxLength: 25 }),
    oneWayMs: fc.oneof(fc.constantFrom(0, 20, 250, 500), sevenths(900, 1)),
    lagJitterMs: fc.constantFrom(0, 10, 300, 1500),
    distribution: fc.constantFrom('constant' as const, 'uniform' as const, 'lognormal' as const),
    warmupMs: fc.constantFrom(0, 1000),
    cooldownMs: fc.constantFrom(0, 500, 7000),
    seed: fc.nat(1000).map(String),
  })
  .map((drawn) => {
    const channels = Math.min(drawn.channels, drawn.joinMs.length);
    const publishes = drawn.at
      .flatMap(([atMs, channel, times]) =>
        Array.from({ length: times }, () => ({ atMs, channel: channel % channels })),
      )
      .sort((a, b) => a.atMs - b.atMs);
    const { kind, everyMs, jitterMs, holdMs, pauseMs, requestTimeoutMs, policy, baseMs, firstDelayMs } =
      drawn;
    const retry = { policy, baseMs, capMs: 2000, firstDelayMs };
    const { bytes, oneWayMs, distribution, warmupMs, cooldownMs, seed, joinMs } = drawn;
    return smallSpec(kind, {
      mode: { kind, everyMs, jitterMs, holdMs, pauseMs, requestTimeoutMs, retry },
      joinMs,
      channels: Array.from({ length: channels }, (_, i) => `c${i}`),
      publishes: { atMs: publishes.map((p) => p.atMs), channel: publishes.map((p) => p.channel), bytes },
      lag: { oneWayMs, jitterMs: drawn.lagJitterMs, distribution },
      seed,
      server: {
        semantics: drawn.article ? 'article' : 'buffered',
        holdMs: drawn.serverHoldMs,
        serviceMs: 0,
        queue: Number.POSITIVE_INFINITY,
      },
      span: { warmupMs, durationMs: 20_000, cooldownMs },
    });
  });

/** Clients whose every poll fails never come to the end of the set-up; endless loops of zero length do not either. */
const isPlayable = ({ mode, lag, server }: VirtualSpec): boolean => {
  const article = server.semantics === 'article';
  const slow = !article && mode.requestTimeoutMs <= 2 * lag.oneWayMs + 20;
  const unheld = article || Math.min(mode.holdMs, server.holdMs) < 100;
  const hot = mode.kind === 'long' && lag.oneWayMs < 10 && unheld;
  return !slow && !hot;
};

export const independentSpecs = drawnSpecs.filter(isPlayable);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/measure/frame.ts';
import type { Distribution } from '../../src/measure/result.ts';
import { type Measured, summarise } from '../../src/measure/summary.ts';
import { Tally } from '../../src/measure/tally.ts';
import { instantOf, type PublishEvent, type RunEvent } from '../../src/protocol/event.ts';
import { simulate, timetableOf } from '../../src/world/virtual/simulate.ts';
import { simulateAlone } from '../../src/world/virtual/solo.ts';
import type { Sink, VirtualSpec } from '../../src/world/virtual/spec.ts';
import { independentSpecs } from '../world/virtual/independent-specs.ts';
import { smallSpec } from '../world/virtual/scene.ts';

/** The history of a run, as a summary reads it. */
function historyOf(spec: VirtualSpec): RunEvent[] {
  const events: RunEvent[] = [];
  const sink: Sink = {
    pollSent: (at, client, poll, waits) => events.push({ kind: 'poll-sent', at, client, poll, waits }),
    pollEnded: (at, client, poll, sentAt, end, status, messages, reason, bytesIn, bytesOut) => {
      const more = { status, messages, reason, bytesIn, bytesOut };
      events.push({ kind: 'poll-ended', at, client, poll, sentAt, end, ...more });
    },
    delivered: (at, client, poll, message) => events.push({ kind: 'delivered', at, client, poll, message }),
    client: (at, client, kind, count) => events.push({ kind, at, client, count }),
    published: (event) => events.push(event),
  };
  simulate(spec, timetableOf(spec), sink);
  return events.sort((a, b) => instantOf(a) - instantOf(b));
}

function frameOf(spec: VirtualSpec, events: readonly RunEvent[], more: Partial<Frame> = {}): Frame {
  const { window, endedAt } = timetableOf(spec);
  return {
    clients: spec.joinMs.length,
    channels: spec.channels.length,
    window,
    endedAt,
    resume: true,
    publishes: events.filter((event): event is PublishEvent => event.kind === 'published'),
    silences: [{ from: window.from + 3000, to: window.from + 9500 }],
    honestMs: null,
    transitMs: spec.lag.oneWayMs,
    faults: [],
    lanes: 2,
    seed: 7,
    ...more,
  };
}

function tallied(spec: VirtualSpec, frame: Frame): Measured {
  const tally = new Tally(frame);
  simulateAlone(spec, timetableOf(spec), tally);
  return tally.result();
}

const distributions = ['delivery_ms', 'delivery_from_sent_ms', 'request_ms'] as const;

/** Equal but for the grain of percentiles and the last digit of a mean. */
function expectAlike(told: Distribution, exact: Distribution): void {
  const { p50, p90, p99, p999, mean, ...rest } = told;
  expect(rest).toEqual({
    count: exact.count,
    messages: exact.messages,
    min: exact.min,
    max: exact.max,
    hdr: exact.hdr,
  });
  for (const [value, expected] of [
    [p50, exact.p50],
    [p90, exact.p90],
    [p99, exact.p99],
    [p999, exact.p999],
    [mean, exact.mean],
  ] as const) {
    if (expected === null || value === null) expect(value).toBe(expected);
    else expect(Math.abs(value - expected)).toBeLessThanOrEqual(expected / 1024 + 0.0015);
  }
}

function expectSame(spec: VirtualSpec, more: Partial<Frame> = {}): Measured {
  const events = historyOf(spec);
  const frame = frameOf(spec, events, more);
  const exact = summarise(frame, () => events);
  const told = tallied(spec, frame);
  for (const name of distributions) expectAlike(told[name], exact[name]);
  const without = (measured: Measured): unknown => {
    const { delivery_ms, delivery_from_sent_ms, request_ms, evidence, ...rest } = measured;
    return rest;
  };
  expect(without(told)).toEqual(without(exact));
  expect(told.evidence.length).toBe(exact.evidence.length);
  // Beyond the limit it is of others.
  if (exact.evidence.length < 50) expect(told.evidence).toEqual(exact.evidence);
  return told;
}

describe('a tally of clients that are told of one by one', () => {
  it('says what a summary says of the same run', () => {
    fc.assert(
      fc.property(independentSpecs, fc.boolean(), (spec, resume) => void expectSame(spec, { resume })),
      { numRuns: 150 },
    );
  });

  it('says it of runs with something in them: losses with their causes, fanout, ticks skipped, empty polls', () => {
    const atMs = Array.from({ length: 120 }, (_, i) => 60 * i);
    const article = smallSpec('long', {
      server: { ...smallSpec('long').server, semantics: 'article' },
      channels: ['a', 'b', 'c'],
      publishes: { atMs, channel: atMs.map((_, i) => i % 3), bytes: 256 },
      mode: { ...smallSpec('long').mode, pauseMs: 150 },
    });
    const lossy = expectSame(article, { resume: false });
    expect(lossy.messages.lost).toBeGreaterThan(50);
    expect(Object.keys(lossy.messages.lost_by_cause)).toContain('gap');
    expect(lossy.fanout_ms).not.toBeNull();
    const slow = expectSame(
      smallSpec('regular', {
        mode: { ...smallSpec('regular').mode, everyMs: 300 },
        lag: { oneWayMs: 200, jitterMs: 100, distribution: 'uniform' },
      }),
    );
    expect(slow.requests.skipped_ticks).toBeGreaterThan(100);
    expect(slow.requests.empty).toBeGreaterThan(100);
    expect(slow.requests.idle!.requests).toBeGreaterThan(10);
  });

  it('refuses what it does not know', () => {
    const spec = smallSpec('long');
    const frame = frameOf(spec, []);
    expect(() => new Tally({ ...frame, presenceEveryMs: 500 })).toThrow(/presence/);
    expect(() => new Tally(frame).client(0, 0, 'left', 1)).toThrow(/come and go/);
  });
});

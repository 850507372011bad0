import { observe } from '../../../src/measure/fit/observed.ts';
import type { FitRun, FitSetting } from '../../../src/measure/fit/run.ts';
import type { Frame } from '../../../src/measure/frame.ts';
import { summarise } from '../../../src/measure/summary.ts';
import type { PollEnd, PublishEvent, RunEvent } from '../../../src/protocol/event.ts';
import { exponential, type Random, seededRandom } from '../../../src/protocol/random.ts';

/** A world whose truth is known: nothing here touches the formulas. Milliseconds, messages per channel and second. */
export interface Truth {
  readonly kind: 'regular' | 'long';
  readonly clients: number;
  readonly channels: number;
  readonly seconds: number;
  readonly rate: number;
  readonly everyMs?: number;
  readonly holdMs?: number;
  readonly oneWayMs?: number;
  readonly turnaroundMs?: number;
  /** Between two messages of a channel; left out: at random. */
  readonly periodMs?: number;
  /** False: a poll that comes is held, though there is something for it. */
  readonly flushes?: boolean;
  /** Every answer is so much later. */
  readonly serviceMs?: (random: Random) => number;
  readonly seed: number;
}

const from = 20_000;

function publishesOf(truth: Truth): PublishEvent[] {
  const random = seededRandom(truth.seed, 'publishes');
  const all: Omit<PublishEvent, 'message'>[] = [];
  const next = (): number => truth.periodMs ?? exponential(random, 1000 / truth.rate);
  for (let channel = 0; channel < truth.channels; channel++) {
    const first = truth.periodMs === undefined ? next() : random() * truth.periodMs;
    for (let at = from + first; at < from + 1000 * truth.seconds; at += next())
      all.push({ kind: 'published', channel, intendedAt: at, sentAt: at, acknowledgedAt: at, status: 200 });
  }
  return all.sort((a, b) => a.sentAt - b.sentAt).map((publish, message) => ({ ...publish, message }));
}

function* clientOf(
  truth: Truth,
  client: number,
  mine: readonly PublishEvent[],
  endedAt: number,
): Generator<RunEvent> {
  const { kind, oneWayMs = 20, everyMs = 10_000, holdMs = 25_000, turnaroundMs = 1, flushes = true } = truth;
  const random = seededRandom(truth.seed, 'client', client);
  yield { kind: 'subscribed', at: 0, client, count: 1 };
  let sentAt = random() * (kind === 'regular' ? everyMs : 1000);
  let next = 0;
  for (let poll = 1; sentAt < endedAt; poll++) {
    yield { kind: 'poll-sent', at: sentAt, client, poll, waits: kind === 'long' };
    const there = sentAt + oneWayMs;
    const coming = flushes || kind === 'regular' ? mine[next] : mine.find(({ sentAt: at }) => at >= there);
    const decided =
      kind === 'regular'
        ? there
        : Math.min(there + holdMs, Math.max(there, coming?.sentAt ?? Number.POSITIVE_INFINITY));
    const at = decided + oneWayMs + (truth.serviceMs?.(random) ?? 0);
    const carried: PublishEvent[] = [];
    while (next < mine.length && mine[next]!.sentAt <= decided) carried.push(mine[next++]!);
    if (at > endedAt) return;
    const end: PollEnd = carried.length > 0 ? 'messages' : 'empty';
    const rest = { status: 200, reason: null, messages: carried.length, bytesIn: 1, bytesOut: 1 };
    yield { kind: 'poll-ended', at, client, poll, sentAt, end, ...rest };
    for (const { message } of carried) yield { kind: 'delivered', at, client, poll, message };
    sentAt = kind === 'regular' ? sentAt + everyMs : at + turnaroundMs;
  }
}

/** One repetition of it, as the fit takes it. */
export function runOf(truth: Truth, index = 0): FitRun {
  const { clients, channels, seconds } = truth;
  const publishes = publishesOf(truth);
  const to = from + 1000 * seconds;
  const endedAt = to + 40_000;
  const frame: Frame = {
    clients,
    channels,
    window: { from, to },
    endedAt,
    resume: true,
    publishes,
    silences: [],
    honestMs: null,
    faults: [],
    lanes: 0,
    seed: 1,
  };
  const events: RunEvent[] = [...publishes];
  for (let client = 0; client < clients; client++) {
    const mine = publishes.filter(({ channel }) => channel === client % channels);
    events.push(...clientOf(truth, client, mine, endedAt));
  }
  const { delivery_from_sent_ms, requests, messages, fanout_ms } = summarise(frame, () => events);
  return {
    index,
    frame,
    observed: observe(frame, events),
    numbers: {
      delivery_from_sent_ms,
      requests,
      messages,
      fanout_ms,
      lateStampsShare: 0,
      loopDelayP99Ms: 1,
      ownErrorP99Ms: 1,
    },
  };
}

/** How somebody believes that it polls. */
export function settingOf(
  kind: 'regular' | 'long',
  more: { everyMs?: number; holdMs?: number; oneWayMs?: number; periodMs?: number } = {},
): FitSetting {
  const { everyMs = 10_000, holdMs = 25_000, oneWayMs = 20, periodMs = null } = more;
  const polling =
    kind === 'regular' ? ({ kind, everyMs, jitterMs: 0 } as const) : ({ kind, holdMs, jitterMs: 0 } as const);
  return { polling, network: { oneWayMs, jitterMs: 0 }, periodMs };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graceMs } from '../../src/measure/frame.ts';
import { type ClientEvent, pollEnds } from '../../src/protocol/event.ts';
import { Story } from './story.ts';

const clients = 4;
const channels = 2;
const publish = fc.record({
  at: fc.integer({ min: 9_000, max: 21_000 }),
  late: fc.integer({ min: 0, max: 50 }),
  acknowledged: fc.boolean(),
  channel: fc.nat(channels - 1),
});
const scripted = [
  'subscribed',
  'left',
  'moved',
  'asleep',
  'awake',
  'offline',
  'online',
  'stopped',
  'shown',
  'hidden',
] as const satisfies readonly ClientEvent['kind'][];
const poll = fc.record({
  kind: fc.constant('poll' as const),
  client: fc.nat(clients - 1),
  wait: fc.integer({ min: 0, max: 2_000 }),
  length: fc.integer({ min: 0, max: 3_000 }),
  end: fc.constantFrom(...pollEnds, null),
  carried: fc.array(fc.nat(9), { maxLength: 6 }),
  waits: fc.boolean(),
});
const script = fc.record({
  // Who is there comes and goes most of all.
  kind: fc.constantFrom(...scripted, 'subscribed' as const, 'subscribed', 'left', 'moved'),
  client: fc.nat(clients - 1),
  wait: fc.integer({ min: 0, max: 1_500 }),
  channel: fc.nat(channels - 1),
});
const fault = fc.record({
  kind: fc.constantFrom('server-restart', 'half-open', 'connection-reset', 'add-latency'),
  from: fc.integer({ min: 9_500, max: 20_000 }),
  length: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6_000 })),
  clients: fc.option(fc.uniqueArray(fc.nat(clients - 1))),
});

/** Any history at all, sensible or not, as long as each client's events are in order. */
const histories = fc
  .record({
    resume: fc.boolean(),
    honestMs: fc.constantFrom(0, 500, 2_000, null),
    publishes: fc.array(publish, { minLength: 4, maxLength: 10, size: 'max' }),
    steps: fc.array(fc.oneof({ weight: 3, arbitrary: poll }, { weight: 2, arbitrary: script }), {
      minLength: 10,
      maxLength: 60,
      size: 'max',
    }),
    faults: fc.array(fault, { maxLength: 3 }),
  })
  .map(({ resume, honestMs, publishes, steps, faults }) => {
    const spans = faults.map(({ kind, from, length, clients: touched }, index) => ({
      index,
      kind,
      from,
      to: from + length,
      clients: touched,
    }));
    const story = new Story({
      ...{ clients, channels, resume, honestMs, faults: spans },
      ...{ lanes: clients, presenceEveryMs: 300, presenceFrom: 0 },
    });
    publishes.forEach(({ at, late, acknowledged, channel }, m) => {
      story.publish(m, at, { sentAt: at + late, channel, ...(acknowledged ? {} : { acknowledgedAt: null }) });
    });
    const clocks = new Array<number>(clients).fill(8_500);
    for (const step of steps) {
      const at = clocks[step.client]! + step.wait;
      clocks[step.client] = at;
      if (step.kind !== 'poll') {
        story.happens(step.client, step.kind, at, step.kind === 'moved' ? step.channel : 1);
        continue;
      }
      const { client, length, end, waits, carried } = step;
      if (end === null) {
        story.open(client, at, waits);
        continue;
      }
      clocks[client] = at + length;
      const carrying = end === 'messages' || end === 'behind' ? carried : [];
      story.poll(client, at, at + length, end, { waits, carrying });
    }
    return story;
  });

/** The account kept in plain lists: what each client was owed, had, and left behind. */
function plainly({ frame, events }: Story): Record<'expected' | 'delivered' | 'left' | 'unexpected', number> {
  const spells: { client: number; channel: number; from: number; to: number }[] = [];
  const channelOf = Array.from({ length: clients }, (_, client) => client % channels);
  const had = new Set<string>();
  const firstAt = new Map<number, number>();
  const covering = (m: number, client: number): number[] => {
    const { channel, sentAt } = frame.publishes[m]!;
    return spells
      .filter((s) => s.client === client && s.channel === channel && s.from <= sentAt && sentAt < s.to)
      .map(({ to }) => to);
  };
  let unexpected = 0;
  for (const event of events) {
    if (event.kind === 'published' || event.at > frame.endedAt) continue;
    if (event.kind === 'delivered') {
      const { message, client, at } = event;
      if (message >= frame.publishes.length || covering(message, client).length === 0) unexpected++;
      else {
        had.add(`${message}/${client}`);
        firstAt.set(message, Math.min(at, firstAt.get(message) ?? at));
      }
      continue;
    }
    if (!('client' in event)) continue;
    const { client, at, kind } = event;
    const open = spells.find((s) => s.client === client && s.to === Number.POSITIVE_INFINITY);
    if (kind === 'subscribed' && open === undefined)
      spells.push({ client, channel: channelOf[client]!, from: at, to: Number.POSITIVE_INFINITY });
    if ((kind === 'left' || kind === 'moved') && open !== undefined) open.to = at;
    if (kind === 'moved') channelOf[client] = event.count;
  }
  const counts = { expected: 0, delivered: 0, left: 0, unexpected };
  for (const { message: m, intendedAt, acknowledgedAt } of frame.publishes) {
    if (intendedAt < frame.window.from || intendedAt >= frame.window.to) continue;
    const known = acknowledgedAt ?? firstAt.get(m);
    if (known === undefined) continue;
    for (let client = 0; client < clients; client++) {
      const [end] = covering(m, client);
      if (had.has(`${m}/${client}`)) counts.delivered++;
      else if (end === undefined) continue;
      else if (end - known < graceMs(frame)) {
        counts.left++;
        continue;
      }
      counts.expected++;
    }
  }
  return counts;
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

describe('for any history with faults, in which clients come, go, move and sleep', () => {
  it('the account balances, by cause and by fault', () => {
    const seen = { lost: 0, undelivered: 0, delivered: 0, duplicates: 0, left: 0, unexpected: 0 };
    const causes = new Set<string>();
    const fates = { hit: 0, never_back: 0, gone: 0, back: 0, lost: 0, duplicated: 0, delayed: 0 };
    fc.assert(
      fc.property(histories, (story) => {
        const { messages, faults, recovery_ms, delivery_ms } = story.summarise();
        expect(messages).toMatchObject(plainly(story));
        expect(messages.delivered + messages.lost + messages.undelivered).toBe(messages.expected);
        expect(delivery_ms.count).toBe(messages.delivered);
        expect(sum(messages.lost_by_cause)).toBe(messages.lost);
        expect(sum(messages.undelivered_by_cause)).toBe(messages.undelivered);
        for (const cause of Object.keys(messages.lost_by_cause)) {
          const ofFaults = faults.reduce((all, { lost }) => all + (lost[cause] ?? 0), 0);
          expect(ofFaults).toBeLessThanOrEqual(messages.lost_by_cause[cause]!);
          causes.add(cause);
        }
        expect(faults.reduce((all, fault) => all + fault.duplicated, 0)).toBeLessThanOrEqual(
          messages.duplicates,
        );
        for (const fault of faults) {
          expect(fault.hit).toBeLessThanOrEqual(fault.clients);
          expect(fault.back_ms.count + fault.never_back + fault.gone).toBe(fault.hit);
          expect(fault.wasted).toBeLessThanOrEqual(fault.attempts);
          fates.hit += fault.hit;
          fates.never_back += fault.never_back;
          fates.gone += fault.gone;
          fates.back += fault.back_ms.count;
          fates.lost += sum(fault.lost);
          fates.duplicated += fault.duplicated;
          fates.delayed += fault.delayed;
        }
        const backs = faults.reduce((all, fault) => all + fault.back_ms.count, 0);
        expect(recovery_ms?.count ?? 0).toBe(backs);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += messages[key];
      }),
      { numRuns: 600, seed: 11 },
    );
    // The histories were not all empty: every kind of fate occurred, and every cause.
    for (const [fate, count] of Object.entries({ ...seen, ...fates }))
      expect(count, fate).toBeGreaterThan(10);
    expect([...causes].sort()).toEqual(['away', 'backoff', 'behind', 'gap', 'held', 'outage', 'stopped']);
  });

  it('lanes have no hole, and nothing depends on how clients are interleaved', () => {
    fc.assert(
      fc.property(histories, (story) => {
        const { lanes, presence, faults, messages } = story.summarise();
        expect(lanes.map(({ client }) => client)).toEqual([0, 1, 2, 3]);
        for (const { segments } of lanes) {
          const ends = [10_000, ...segments.map(([, , to]) => to)];
          expect(segments.map(([, from]) => from)).toEqual(ends.slice(0, -1));
          expect(ends.at(-1)).toBe(25_000);
          segments.forEach(([state], i) => {
            expect(state).not.toBe(segments[i + 1]?.[0]);
          });
        }
        if (story.publishes.some(({ acknowledgedAt }) => acknowledgedAt === null)) return;
        story.events.sort((a, b) => ('client' in a ? a.client : -1) - ('client' in b ? b.client : -1));
        expect(story.summarise()).toMatchObject({ lanes, presence, faults, messages });
      }),
      { numRuns: 300, seed: 12 },
    );
  });
});

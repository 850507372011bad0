import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollEnds } from '../../src/protocol/event.ts';
import { seededRandom } from '../../src/protocol/random.ts';
import { Story } from './story.ts';

const clients = 5;
const publish = fc.record({
  at: fc.integer({ min: 8_000, max: 22_000 }),
  late: fc.integer({ min: 0, max: 50 }),
  acknowledged: fc.boolean(),
  channel: fc.nat(1),
});
const poll = fc.record({
  client: fc.nat(clients - 1),
  wait: fc.integer({ min: 0, max: 3_000 }),
  length: fc.integer({ min: 0, max: 3_000 }),
  end: fc.constantFrom(...pollEnds),
  carried: fc.array(fc.nat(8), { maxLength: 6 }),
  waits: fc.boolean(),
});

/** Any history at all, sensible or not, as long as each client's events are in order. */
const histories = fc
  .record({
    resume: fc.boolean(),
    subscribedAt: fc.array(fc.integer({ min: 0, max: 15_000 }), { minLength: clients, maxLength: clients }),
    publishes: fc.array(publish, { maxLength: 8 }),
    polls: fc.array(poll, { maxLength: 40 }),
  })
  .map(({ resume, subscribedAt, publishes, polls }) => {
    const story = new Story({ clients, channels: 2, resume }, false);
    subscribedAt.forEach((at, client) => {
      story.happens(client, 'subscribed', at);
    });
    publishes.forEach(({ at, late, acknowledged, channel }, m) => {
      story.publish(m, at, { sentAt: at + late, channel, ...(acknowledged ? {} : { acknowledgedAt: null }) });
    });
    const clocks = new Array<number>(clients).fill(8_000);
    for (const { client, wait, length, end, carried, waits } of polls) {
      const sentAt = clocks[client]! + wait;
      clocks[client] = sentAt + length;
      const carrying = end === 'messages' || end === 'behind' ? carried : [];
      story.poll(client, sentAt, sentAt + length, end, { waits, carrying });
    }
    return story;
  });

describe('for any history', () => {
  it('the account balances: delivered + lost + undelivered = expected, and every cause is told', () => {
    let seen = { lost: 0, undelivered: 0, delivered: 0, duplicates: 0, reordered: 0 };
    fc.assert(
      fc.property(histories, (story) => {
        const { messages, evidence, delivery_ms, series, requests, herd } = story.summarise();
        expect(messages.delivered + messages.lost + messages.undelivered).toBe(messages.expected);
        expect(Object.values(messages.lost_by_cause).reduce((a, b) => a + b, 0)).toBe(messages.lost);
        expect(delivery_ms.count).toBe(messages.delivered);
        expect(evidence.filter((item) => item.kind === 'lost').length).toBeLessThanOrEqual(messages.lost);
        expect(evidence.length).toBe(
          Math.min(50, messages.lost + messages.undelivered + messages.duplicates + messages.reordered),
        );
        expect(series.requests.reduce((a, b) => a + b, 0)).toBe(requests.total);
        const ended = Object.values(requests.by_outcome).reduce((a, b) => a + b, 0);
        expect(ended + requests.unended).toBe(requests.total);
        expect(Math.min(...series.held)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...series.held)).toBeLessThanOrEqual(clients);
        expect(herd.peak_per_100ms).toBeLessThanOrEqual(requests.total);
        for (const key of Object.keys(seen) as (keyof typeof seen)[])
          seen = { ...seen, [key]: seen[key] + messages[key] };
      }),
      { numRuns: 500, seed: 7 },
    );
    // The histories were not all empty: every kind of fate occurred.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });

  it('agrees with an account kept in sets, and does not depend on how clients are interleaved', () => {
    fc.assert(
      fc.property(histories, (story) => {
        const told = story.summarise();
        const { frame, events } = story;
        const subscribed = new Map<number, number>();
        for (const event of events) {
          if (event.kind === 'subscribed') subscribed.set(event.client, event.at);
        }
        const got = new Set<string>();
        for (const event of events) {
          if (event.kind === 'delivered' && event.at <= frame.endedAt)
            got.add(`${event.message}/${event.client}`);
        }
        const owed = (m: number, client: number): boolean => {
          const p = frame.publishes[m]!;
          return p.channel === client % 2 && subscribed.get(client)! <= p.sentAt;
        };
        const all = Array.from({ length: clients }, (_, client) => client);
        let expected = 0;
        let delivered = 0;
        for (const p of frame.publishes) {
          if (p.intendedAt < 10_000 || p.intendedAt >= 20_000) continue;
          const owing = all.filter((client) => owed(p.message, client));
          const had = owing.filter((client) => got.has(`${p.message}/${client}`));
          if (p.acknowledgedAt === null && had.length === 0) continue;
          expected += owing.length;
          delivered += had.length;
        }
        expect(told.messages).toMatchObject({ expected, delivered });
        const acknowledged = frame.publishes.every((p) => p.acknowledgedAt !== null);
        story.events.sort((a, b) => ('client' in a ? a.client : -1) - ('client' in b ? b.client : -1));
        if (acknowledged) expect(story.summarise().messages).toEqual(told.messages);
      }),
      { numRuns: 300, seed: 8 },
    );
  });
});

describe('a million deliveries', () => {
  it('are summarised without a set of pairs', () => {
    const story = new Story({ clients: 1_000, window: { from: 10_000, to: 20_000 } });
    const random = seededRandom('million');
    for (let m = 0; m < 1_000; m++) story.publish(m, 10_000 + m * 10);
    const { frame } = story;
    for (let m = 0; m < 1_000; m++) {
      for (let client = 0; client < 1_000; client++) {
        if ((m * 1_000 + client) % 1_009 === 0) continue;
        const at = 10_000 + m * 10 + 1 + random() * 5;
        story.events.push({ kind: 'delivered', at, client, poll: m + 1, message: m });
      }
    }
    const missing = Math.ceil(1_000_000 / 1_009);
    const told = story.summarise();
    expect(frame.publishes).toHaveLength(1_000);
    expect(told.messages).toMatchObject({ expected: 1_000_000, delivered: 1_000_000 - missing });
    expect(told.messages.lost + told.messages.undelivered).toBe(missing);
    expect(told.delivery_ms.p999).not.toBeNull();
  });
});

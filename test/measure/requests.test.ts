import { describe, expect, it } from 'vitest';
import { Story } from './story.ts';

describe('requests', () => {
  it('counts by start time inside the window, by how they ended, with their bytes', () => {
    const told = new Story()
      .publish(0, 11_000)
      .poll(0, 9_999, 10_500, 'empty')
      .poll(0, 10_000, 11_010, [0])
      .poll(0, 11_020, 12_000, 'empty')
      .poll(0, 12_000, 12_100, 'refused', { status: 503 })
      .poll(0, 12_200, 12_300, 'broken', { status: null, reason: 'ECONNRESET' })
      .poll(0, 12_400, 13_400, 'timeout', { status: null })
      .poll(0, 13_500, 13_600, 'behind')
      .poll(0, 19_999, 22_000, 'empty')
      .poll(0, 20_000, 22_000, 'empty')
      .summarise();
    expect(told.requests).toEqual({
      total: 7,
      unended: 0,
      per_s: 0.7,
      per_delivery: 7,
      empty: 2,
      skipped_ticks: 0,
      by_outcome: { messages: 1, empty: 2, behind: 1, refused: 1, broken: 1, timeout: 1 },
      by_status: { 200: 4, 503: 1 },
      idle: null,
    });
    expect(told.errors).toEqual({
      rate: 0.428571,
      by_kind: { 'status 503': 1, ECONNRESET: 1, timeout: 1 },
    });
    expect(told.bytes).toEqual({ in: 700, out: 350 });
    expect(told.request_ms).toMatchObject({ count: 5, max: 2_001 });
  });

  it('counts what the harness broke off as begun, without an outcome', () => {
    const story = new Story().publish(0, 11_000).poll(0, 10_500, 11_010, [0]);
    story.poll(0, 11_500, 19_000, 'abandoned', { status: null });
    const told = story.summarise();
    expect(told.requests).toMatchObject({ total: 2, unended: 1, per_delivery: 2, empty: 0 });
    expect(Object.values(told.requests.by_outcome).reduce((a, b) => a + b, 0)).toBe(1);
    expect(told.errors.rate).toBe(0);
    expect(told.request_ms.count).toBe(1);
    expect(told.series.requests).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(told.series.held).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('does not know how a request would have ended that never did', () => {
    const story = new Story().poll(0, 10_500, 19_000, 'abandoned', { status: null });
    const told = story.summarise();
    expect(told.requests).toMatchObject({ total: 1, unended: 1, per_delivery: null });
    expect(told.errors.rate).toBeNull();
  });

  it('says how often a client asks while nothing is scheduled', () => {
    const story = new Story({ clients: 2, silences: [{ from: 12_000, to: 16_000 }] });
    for (const client of [0, 1])
      for (let at = 10_000; at < 20_000; at += 2_000) story.poll(client, at, at + 1, 'empty');
    expect(story.summarise().requests.idle).toEqual({ seconds: 4, requests: 4, per_client: 2, every_s: 2 });
    const quiet = new Story({ silences: [{ from: 12_000, to: 16_000 }] });
    expect(quiet.summarise().requests.idle).toEqual({
      seconds: 4,
      requests: 0,
      per_client: 0,
      every_s: null,
    });
  });

  it('finds the worst tenth of a second', () => {
    const story = new Story({ clients: 4 });
    for (const [client, at] of [10_050, 10_099, 10_100, 10_101].entries())
      story.poll(client, at, at + 5, 'empty');
    story.poll(0, 10_199, 10_200, 'empty');
    expect(story.summarise().herd).toEqual({ peak_per_100ms: 3, index: null });
  });

  it('counts connections opened in the window, and the most at once in it', () => {
    const told = new Story({ clients: 3 })
      .happens(0, 'connected', 1_000)
      .happens(1, 'connected', 1_000)
      .happens(2, 'connected', 1_000)
      .happens(2, 'disconnected', 2_000)
      .happens(0, 'disconnected', 11_000)
      .happens(0, 'connected', 12_000)
      .happens(2, 'connected', 21_000)
      .summarise();
    expect(told.connections).toEqual({ opened: 1, peak: 2 });
  });

  it('counts skipped ticks inside the window', () => {
    const story = new Story().happens(0, 'skipped', 9_000).happens(0, 'skipped', 11_000);
    expect(story.summarise().requests.skipped_ticks).toBe(1);
  });
});

describe('series', () => {
  it('tells per second the requests begun, the polls held at its beginning, and first deliveries', () => {
    const told = new Story({ clients: 2, window: { from: 10_000, to: 13_500 } })
      .publish(0, 11_000)
      .poll(0, 9_000, 11_010, [0])
      .poll(0, 11_020, 30_000, 'abandoned')
      .poll(1, 10_500, 11_500, [0], { waits: false })
      .poll(1, 11_600, 12_600, [0])
      .summarise();
    expect(told.series).toEqual({
      step_s: 1,
      requests: [1, 2, 0, 0],
      held: [1, 1, 2, 1],
      delivered: [0, 2, 0, 0],
    });
  });

  it('has no step more than the window has seconds, whatever its binary digits', () => {
    const from = 4_000.2;
    const to = from + 5_000;
    expect(to - from).toBeGreaterThan(5_000);
    const last = to - 1e-9;
    const story = new Story({ window: { from, to }, endedAt: 20_000 }).poll(0, last, last + 1, 'empty');
    expect(story.summarise().series.requests).toEqual([0, 0, 0, 0, 1]);
  });
});

describe('evidence', () => {
  it('shows the polls of the client around the publish', () => {
    const told = new Story()
      .publish(0, 12_000)
      .poll(0, 10_100, 10_200, 'empty')
      .poll(0, 10_300, 10_400, 'empty')
      .poll(0, 10_500, 10_600, 'broken', { status: null })
      .poll(0, 12_100, 12_200, 'empty')
      .poll(0, 12_300, 12_400, 'empty')
      .poll(0, 12_500, 12_600, 'empty')
      .summarise();
    expect(told.evidence).toHaveLength(1);
    expect(told.evidence[0]).toMatchObject({
      kind: 'lost',
      message: 0,
      client: 0,
      published_ms: 12_000,
      carried_by: [],
    });
    expect(told.evidence[0]!.polls.map((poll) => [poll.poll, poll.sent_ms, poll.ended_ms, poll.end])).toEqual(
      [
        [2, 10_300, 10_400, 'empty'],
        [3, 10_500, 10_600, 'broken'],
        [4, 12_100, 12_200, 'empty'],
        [5, 12_300, 12_400, 'empty'],
      ],
    );
  });

  it('is capped, and no kind crowds out another', () => {
    const story = new Story({ resume: false });
    for (let m = 0; m < 200; m++) story.publish(m, 11_000 + m * 10);
    const again = Array.from({ length: 40 }, (_, i) => i);
    story.poll(0, 10_000, 14_000, [151, 150]).poll(0, 14_001, 14_002, [...again, ...again]);
    const told = story.summarise();
    expect(told.messages).toMatchObject({ lost: 158, duplicates: 40, reordered: 41 });
    const shown = (kind: string): number => told.evidence.filter((item) => item.kind === kind).length;
    expect([told.evidence.length, shown('lost'), shown('duplicate'), shown('reordered')]).toEqual([
      50, 17, 17, 16,
    ]);
  });
});

describe('ladder', () => {
  it('follows the lowest client that received something in the first 30 s of the window', () => {
    const told = new Story({ clients: 4, channels: 2, window: { from: 10_000, to: 60_000 }, endedAt: 70_000 })
      .publish(0, 11_000, { channel: 1 })
      .publish(1, 12_000)
      .publish(2, 41_000, { channel: 1 })
      .poll(0, 9_000, 45_000, 'empty')
      .poll(3, 8_000, 9_000, 'empty')
      .poll(3, 9_500, 11_010, [0])
      .poll(3, 11_020, 41_010, [2])
      .poll(3, 41_020, 50_000, 'empty')
      .summarise();
    expect(
      new Story({ clients: 2 })
        .publish(0, 11_000)
        .poll(0, 10_000, 11_000, [0])
        .poll(1, 10_000, 11_000, [0])
        .summarise().ladder.client,
    ).toBe(0);
    expect(told.ladder).toEqual({
      client: 3,
      from_ms: 10_000,
      to_ms: 40_000,
      publishes: [{ message: 0, at_ms: 11_000 }],
      polls: [
        { poll: 2, sent_ms: 9_500, ended_ms: 11_010, end: 'messages', status: 200, messages: 1, waits: true },
        {
          poll: 3,
          sent_ms: 11_020,
          ended_ms: 41_010,
          end: 'messages',
          status: 200,
          messages: 1,
          waits: true,
        },
      ],
      deliveries: [{ message: 0, at_ms: 11_010 }],
    });
  });

  it('follows client 0 when nobody received anything', () => {
    expect(new Story({ clients: 2 }).poll(1, 10_000, 11_000, 'empty').summarise().ladder.client).toBe(0);
  });
});

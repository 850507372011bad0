import { describe, expect, it } from 'vitest';
import { Story } from './story.ts';

describe('the account of messages', () => {
  it('counts what came, and stamps it from the intended and from the real publish', () => {
    const told = new Story({ clients: 2 })
      .publish(0, 11_000, { sentAt: 11_004 })
      .poll(0, 10_500, 11_010, [0])
      .poll(1, 10_500, 11_030, [0])
      .summarise();
    expect(told.messages).toEqual({
      published: 1,
      refused: 0,
      expected: 2,
      delivered: 2,
      lost: 0,
      undelivered: 0,
      duplicates: 0,
      superseded: 0,
      reordered: 0,
      unexpected: 0,
      lost_by_cause: {},
      undelivered_by_cause: {},
      left: 0,
      refused_in_fault: 0,
    });
    expect(told.delivery_ms).toMatchObject({ count: 2, messages: 1, min: 10, mean: 20, p50: 10, max: 30 });
    expect(told.delivery_from_sent_ms).toMatchObject({ min: 6, max: 26 });
    expect(told.fanout_ms).toEqual({ p50: 20, p99: null, max: 20 });
    expect(told.stamping).toEqual({ publish_late_p99_ms: 4, late_stamps_share: 0, early_stamps: 0 });
  });

  it('owes nothing to a client that left before a message could have come, also where faults slow it down', () => {
    const leaves = (frame: { honestMs: number; slowedMs?: number }): Story =>
      new Story(frame).publish(0, 11_000).happens(0, 'left', 11_200);
    expect(leaves({ honestMs: 0 }).summarise().messages).toMatchObject({ expected: 1, lost: 1, left: 0 });
    const slowed = leaves({ honestMs: 0, slowedMs: 450 }).summarise().messages;
    expect(slowed).toMatchObject({ expected: 0, lost: 0, left: 1 });
  });

  it('calls a missing message lost when its client got one published after it', () => {
    const story = new Story().publish(0, 11_000).publish(1, 12_000).poll(0, 10_500, 12_010, [1]);
    expect(story.summarise().messages).toMatchObject({ expected: 2, delivered: 1, lost: 1, undelivered: 0 });
  });

  it('calls it undelivered when the other publish overlapped, or came before', () => {
    const overlapping = new Story()
      .publish(0, 11_000, { acknowledgedAt: 11_020 })
      .publish(1, 11_010)
      .poll(0, 10_500, 12_010, [1]);
    expect(overlapping.summarise().messages).toMatchObject({ lost: 0, undelivered: 1 });
    const before = new Story().publish(0, 11_000).publish(1, 12_000).poll(0, 10_500, 11_010, [0]);
    expect(before.summarise().messages).toMatchObject({ lost: 0, undelivered: 1 });
  });

  it('calls it lost when a poll begun after the acknowledgement was answered with nothing', () => {
    const empty = (sentAt: number): Story => new Story().publish(0, 11_000).poll(0, sentAt, 12_000, 'empty');
    expect(empty(11_002).summarise().messages).toMatchObject({ lost: 1, undelivered: 0 });
    // Begun before the server had acknowledged it: it proves nothing.
    expect(empty(10_999).summarise().messages).toMatchObject({ lost: 0, undelivered: 1 });
    const behind = new Story().publish(0, 11_000).poll(0, 11_002, 12_000, 'behind');
    expect(behind.summarise().messages).toMatchObject({ lost: 1 });
    const broken = new Story().publish(0, 11_000).poll(0, 11_002, 12_000, 'broken');
    expect(broken.summarise().messages).toMatchObject({ lost: 0, undelivered: 1 });
  });

  it('calls every missing message lost where the profile claims no resume', () => {
    const story = new Story({ resume: false }).publish(0, 11_000);
    expect(story.summarise().messages).toMatchObject({ lost: 1, undelivered: 0 });
  });

  it('counts a second reception as a duplicate and not as a delivery', () => {
    const told = new Story()
      .publish(0, 11_000)
      .poll(0, 10_500, 11_010, [0])
      .poll(0, 11_011, 11_020, [0])
      .summarise();
    expect(told.messages).toMatchObject({ expected: 1, delivered: 1, duplicates: 1, reordered: 0 });
    expect(told.delivery_ms.max).toBe(10);
    expect(told.evidence).toMatchObject([{ kind: 'duplicate', message: 0, client: 0, carried_by: [1, 2] }]);
  });

  it('counts as superseded what came in one answer with a newer message, per client', () => {
    const told = new Story({ clients: 2 })
      .publish(0, 11_000)
      .publish(1, 11_001)
      .publish(2, 11_002)
      .poll(0, 10_500, 11_010, [0, 1, 2])
      .poll(1, 10_500, 11_005, [0])
      .poll(1, 11_006, 11_010, [1, 2])
      .summarise();
    expect(told.messages).toMatchObject({ delivered: 6, superseded: 3 });
  });

  it('calls a message reordered after one whose publish began after its acknowledgement, and only then', () => {
    const swapped = new Story().publish(0, 11_000).publish(1, 11_002).poll(0, 10_500, 11_010, [1, 0]);
    expect(swapped.summarise().messages).toMatchObject({ delivered: 2, reordered: 1 });
    expect(swapped.summarise().evidence).toMatchObject([{ kind: 'reordered', message: 0, carried_by: [1] }]);
    const overlapping = new Story()
      .publish(0, 11_000, { acknowledgedAt: 11_003 })
      .publish(1, 11_002)
      .poll(0, 10_500, 11_010, [1, 0]);
    expect(overlapping.summarise().messages).toMatchObject({ delivered: 2, reordered: 0 });
  });

  it('counts a refused publish for nothing, unless it arrives somewhere', () => {
    const refused = new Story({ clients: 2 }).publish(0, 11_000, { acknowledgedAt: null, status: 503 });
    expect(refused.summarise().messages).toMatchObject({
      published: 0,
      refused: 1,
      expected: 0,
      undelivered: 0,
    });
    refused.poll(0, 10_500, 11_010, [0]);
    expect(refused.summarise().messages).toMatchObject({
      published: 1,
      refused: 0,
      expected: 2,
      delivered: 1,
      undelivered: 1,
    });
    // Its first arrival stands for the acknowledgement: the other client asked after that and got nothing.
    refused.poll(1, 11_011, 12_000, 'empty');
    expect(refused.summarise().messages).toMatchObject({ delivered: 1, lost: 1, undelivered: 0 });
  });

  it('counts messages by their intended time, and deliveries in the cool-down', () => {
    const told = new Story()
      .publish(0, 9_999, { sentAt: 10_001 })
      .publish(1, 19_999, { sentAt: 20_001 })
      .publish(2, 20_000)
      .poll(0, 9_000, 24_000, [0, 1, 2])
      .summarise();
    expect(told.messages).toMatchObject({ published: 1, expected: 1, delivered: 1 });
    expect(told.delivery_ms).toMatchObject({ count: 1, max: 4_001 });
  });

  it('does not count a delivery after the end of the cool-down', () => {
    const told = new Story().publish(0, 11_000).poll(0, 10_500, 25_001, [0]).summarise();
    expect(told.messages).toMatchObject({ expected: 1, delivered: 0, undelivered: 1 });
  });

  it('owes a message only to clients of its channel that were subscribed when it was published', () => {
    const story = new Story({ clients: 5, channels: 2 }, false);
    for (const client of [0, 1, 2]) story.happens(client, 'subscribed', 0);
    story.happens(4, 'subscribed', 11_001).publish(0, 11_000).publish(1, 11_002);
    expect(story.summarise().messages).toMatchObject({ expected: 2 + 3 });
    // To client 4 the first message, and to client 1 a message of another channel: not owed, but said.
    story.poll(4, 10_000, 11_010, [0, 1]).poll(1, 10_000, 11_010, [0]);
    expect(story.summarise().messages).toMatchObject({ expected: 5, delivered: 1, unexpected: 2 });
  });

  it('sets first and last delivery of one message apart by its fan-out, in whatever order they come', () => {
    const told = new Story({ clients: 3 })
      .publish(0, 11_000)
      .poll(2, 10_000, 11_050, [0])
      .poll(0, 10_000, 11_010, [0])
      .poll(1, 10_000, 11_020, [0])
      .summarise();
    expect(told.fanout_ms).toEqual({ p50: 40, p99: null, max: 40 });
  });

  it('knows no fan-out of a message that reached one client only', () => {
    const story = new Story({ clients: 2 }).publish(0, 11_000).poll(0, 10_000, 11_010, [0]);
    expect(story.summarise().fanout_ms).toBeNull();
    story.publish(1, 12_000).poll(0, 11_020, 12_010, [1]).poll(1, 11_020, 12_040, [1]);
    expect(story.summarise().fanout_ms).toEqual({ p50: 30, p99: null, max: 30 });
  });

  it('counts from the first of several subscriptions', () => {
    const story = new Story().publish(0, 11_000).happens(0, 'subscribed', 12_000);
    expect(story.summarise().messages.expected).toBe(1);
  });

  it('knows which share of all receptions was stamped late', () => {
    const story = new Story({ clients: 2 })
      .publish(0, 11_000)
      .poll(0, 10_000, 11_010, [0, 0])
      .poll(1, 10_000, 11_010, [0, 0]);
    story.events.push({ kind: 'late-stamps', at: 11_011, deliveries: 1 });
    expect(story.summarise().stamping.late_stamps_share).toBe(0.25);
  });

  it('holds nothing of the warm-up against the stamps', () => {
    const story = new Story({ clients: 2 }).publish(0, 5_000).publish(1, 11_000);
    story.poll(0, 4_000, 5_020, [0]).poll(0, 10_000, 11_010, [1]).poll(1, 10_000, 11_010, [1]);
    story.events.push({ kind: 'late-stamps', at: 5_021, deliveries: 1 });
    expect(story.summarise().stamping.late_stamps_share).toBe(0);
    story.events.push({ kind: 'late-stamps', at: 11_011, deliveries: 1 });
    expect(story.summarise().stamping.late_stamps_share).toBe(0.5);
  });

  it('notices a delivery before its publish, and refuses a client that it does not know', () => {
    const early = new Story().publish(0, 11_000).poll(0, 10_500, 10_999, [0]).summarise();
    expect(early.stamping.early_stamps).toBe(1);
    const stranger = new Story().poll(7, 10_500, 10_999, 'empty');
    expect(() => stranger.summarise()).toThrow(/client 7; the frame has 1 clients/);
  });

  it('tells apart where a client was when it lost a message', () => {
    const told = new Story()
      .publish(0, 11_000)
      .publish(1, 12_000)
      .publish(2, 13_000)
      .poll(0, 10_500, 11_500, 'empty')
      .poll(0, 12_500, 13_500, 'empty')
      .poll(0, 13_600, 13_700, 'empty')
      .summarise();
    expect(told.messages).toMatchObject({ lost: 3, lost_by_cause: { held: 2, gap: 1 } });
  });

  it('blames the server when the next answer says that messages are gone', () => {
    const told = new Story()
      .publish(0, 11_000)
      .publish(1, 12_000)
      .publish(2, 14_000)
      .poll(0, 11_100, 11_900, 'broken', { status: null, reason: 'ECONNRESET' })
      .poll(0, 12_100, 12_200, 'behind')
      .poll(0, 12_300, 12_400, 'empty')
      .publish(3, 14_100)
      .poll(0, 14_050, 14_200, [3])
      .summarise();
    expect(told.messages).toMatchObject({ lost: 3, lost_by_cause: { behind: 2, gap: 1 } });
  });

  it('does not blame a later answer for what an earlier one has settled', () => {
    const told = new Story()
      .publish(0, 11_000)
      .poll(0, 11_100, 11_900, 'empty')
      .poll(0, 12_100, 12_200, 'behind')
      .summarise();
    expect(told.messages.lost_by_cause).toEqual({ gap: 1 });
  });

  it('says when a client had stopped altogether', () => {
    const told = new Story({ resume: false })
      .publish(0, 11_000)
      .publish(1, 13_000)
      .poll(0, 10_500, 10_900, 'refused', { status: 502 })
      .happens(0, 'stopped', 12_000)
      .summarise();
    expect(told.messages).toMatchObject({ lost: 2, lost_by_cause: { gap: 1, stopped: 1 } });
  });

  it('finds the gap under a poll whose answer was already on its way, and the hold under one that still waited', () => {
    // Message 1 is published after the one that the answer carries; message 3 before, while the server held.
    const told = new Story({ resume: false })
      .publish(0, 11_000)
      .publish(1, 11_003)
      .poll(0, 10_500, 11_010, [0])
      .publish(3, 12_000)
      .publish(4, 13_000)
      .poll(0, 11_020, 13_010, [4])
      .summarise();
    expect(told.messages).toMatchObject({ lost: 2, lost_by_cause: { gap: 1, held: 1 } });
  });

  it('counts a loss under a poll that never ended as held', () => {
    const story = new Story({ resume: false }).publish(0, 11_000).publish(1, 12_000);
    story.open(0, 11_500);
    expect(story.summarise().messages.lost_by_cause).toEqual({ gap: 1, held: 1 });
  });
});

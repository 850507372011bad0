import { describe, expect, it } from 'vitest';
import { Membership } from '../../src/measure/membership.ts';
import type { ClientEvent } from '../../src/protocol/event.ts';
import { Story } from './story.ts';

const ended = (spell: number | null): boolean => spell !== null && Number.isFinite(spell);

describe('membership', () => {
  const tell = (...events: [ClientEvent['kind'], number, number?][]): Membership => {
    const membership = new Membership(4, 2);
    for (const [kind, at, count] of events) membership.client({ kind, at, client: 1, count: count ?? 1 });
    return membership;
  };

  it('begins with the subscription, in the channel of the number, and ends by leaving', () => {
    const membership = tell(['subscribed', 10], ['left', 20], ['subscribed', 30]);
    expect([9, 10, 19, 20, 29, 30].map((at) => membership.spellEnd(1, 1, at))).toEqual([
      null,
      20,
      20,
      null,
      null,
      Number.POSITIVE_INFINITY,
    ]);
    expect(membership.spellEnd(1, 0, 15)).toBeNull();
    expect(membership.spellEnd(2, 0, 15)).toBeNull();
  });

  it('goes over to another channel, and back, with a subscription each time', () => {
    const membership = tell(
      ['subscribed', 10],
      ['moved', 20, 0],
      ['subscribed', 22],
      ['moved', 30, 1],
      ['subscribed', 31],
    );
    expect(membership.spellEnd(1, 1, 12)).toBe(20);
    expect(membership.spellEnd(1, 0, 21)).toBeNull();
    expect(membership.spellEnd(1, 0, 22)).toBe(30);
    expect(membership.spellEnd(1, 1, 25)).toBeNull();
    expect(ended(membership.spellEnd(1, 1, 40))).toBe(false);
    expect(membership.movers()).toEqual([1]);
  });

  it('begins elsewhere for a client that moves before it ever was subscribed', () => {
    const membership = tell(['moved', 5, 0], ['subscribed', 10]);
    expect(membership.spellEnd(1, 1, 12)).toBeNull();
    expect(membership.spellEnd(1, 0, 12)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is not ended by sleep, by a network that is away, or by a loop that stops', () => {
    const membership = tell(
      ['subscribed', 10],
      ['asleep', 20],
      ['awake', 30],
      ['offline', 40],
      ['stopped', 50],
    );
    expect(membership.spellEnd(1, 1, 60)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the account of clients that come and go', () => {
  const leaving = (leftAt: number): Story =>
    new Story({ honestMs: 1_000 }).publish(0, 11_000).happens(0, 'left', leftAt);

  it('holds nothing against anybody that a client had no time to receive', () => {
    // Known at 11,001; 1,000 ms and a fifth of that is what an honest delivery may take.
    expect(leaving(12_200).summarise().messages).toMatchObject({ expected: 0, left: 1, lost: 0 });
    expect(leaving(12_201).summarise().messages).toMatchObject({ expected: 1, left: 0, lost: 1 });
    const got = new Story({ honestMs: 1_000 })
      .publish(0, 11_000)
      .poll(0, 10_000, 11_010, [0])
      .happens(0, 'left', 11_500);
    expect(got.summarise().messages).toMatchObject({ expected: 1, delivered: 1, left: 0 });
  });

  it('owes a client that has left nothing, and one that is back only what is published from then on', () => {
    const story = new Story()
      .happens(0, 'left', 11_000)
      .publish(0, 11_500)
      .happens(0, 'subscribed', 12_000)
      .publish(1, 12_500)
      .poll(0, 12_600, 12_700, [0, 1]);
    expect(story.summarise().messages).toMatchObject({ expected: 1, delivered: 1, unexpected: 1, left: 0 });
  });

  it('owes a client that has moved the messages of its new channel, counted like any others', () => {
    const story = new Story({ clients: 2, channels: 2 })
      .publish(0, 11_000, { channel: 0 })
      .poll(0, 10_500, 11_010, [0])
      .happens(0, 'moved', 12_000, 1)
      .happens(0, 'subscribed', 12_100)
      .publish(1, 12_500, { channel: 1 })
      .publish(2, 12_600, { channel: 0 });
    expect(story.summarise().messages).toMatchObject({ expected: 3, delivered: 1, undelivered: 2 });
    story.poll(0, 12_200, 12_510, [1]).poll(0, 12_520, 12_530, [1, 2]);
    expect(story.summarise().messages).toMatchObject({
      expected: 3,
      delivered: 2,
      undelivered: 1,
      duplicates: 1,
      unexpected: 1,
    });
    expect(story.summarise().fanout_ms).toBeNull();
  });

  it('calls nothing out of order for having come in another channel', () => {
    const tell = (moves: boolean): Story => {
      const story = new Story({ clients: 1, channels: 1 }).publish(0, 11_000).publish(1, 11_500);
      story.poll(0, 10_500, 11_600, [1]);
      if (moves) story.happens(0, 'moved', 11_700, 0).happens(0, 'subscribed', 11_800);
      return story.poll(0, 11_900, 12_000, [0]);
    };
    expect(tell(false).summarise().messages).toMatchObject({ reordered: 1 });
    expect(tell(true).summarise().messages).toMatchObject({ reordered: 0, delivered: 2 });
  });

  it('shows a client that moves with the messages of the channels that it was in', () => {
    const story = new Story({ clients: 2, channels: 2 })
      .publish(0, 11_000)
      .publish(1, 13_000)
      .publish(2, 13_500, { channel: 1 })
      .happens(0, 'moved', 12_000, 1)
      .happens(0, 'subscribed', 12_100)
      .poll(0, 12_200, 13_600, [2]);
    expect(story.summarise().ladder.publishes.map(({ message }) => message)).toEqual([0, 2]);
  });
});

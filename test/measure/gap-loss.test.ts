import { describe, expect, it } from 'vitest';
import { gapLossOf } from '../../src/measure/gap-loss.ts';
import { sampleResult } from './sample.ts';

const one = sampleResult().modes[1]!.repetitions[0]!;
const seen = (published: number, lost_by_cause: Record<string, number>, mean: number | null = 12) => ({
  index: 3,
  messages: { ...one.messages, published, delivered: 600, lost_by_cause },
  delivery_from_sent_ms: { ...one.delivery_from_sent_ms, mean },
});
const endless = { channels: 1, activeMs: 60_000, upMs: 10, holdMs: Number.POSITIVE_INFINITY };

describe('the loss between polls', () => {
  it('is what was lost where nothing else had gone wrong, beside Erlang’s formula', () => {
    const lost = { gap: 150, held: 50, outage: 1_000, stopped: 1_000, backoff: 10, away: 10 };
    expect(gapLossOf(seen(900, lost), endless)).toEqual({
      repetition: 3,
      rate_per_s: 15,
      gap_ms: 22,
      messages: 900,
      // 15/s · 22 ms = 0.33; 0.33 / 1.33.
      predicted: 0.24812,
      measured: 0.25,
    });
  });

  it('counts the messages of one channel, and knows a hold that ends', () => {
    expect(gapLossOf(seen(1_800, {}), { ...endless, channels: 2 })).toMatchObject({
      rate_per_s: 15,
      predicted: 0.24812,
      measured: 0,
    });
    const rare = gapLossOf(seen(1, {}), { ...endless, activeMs: 1e9, upMs: 13, holdMs: 75 });
    expect(rare!.predicted).toBeCloseTo(25 / 100, 6);
  });

  it('is not known where nothing came', () => {
    expect(gapLossOf(seen(900, { gap: 5 }, null), endless)).toBeNull();
    expect(gapLossOf(seen(900, {}), { ...endless, activeMs: 0 })).toBeNull();
  });
});

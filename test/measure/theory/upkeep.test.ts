import { describe, expect, it } from 'vitest';
import { bytesPerS } from '../../../src/measure/theory/bytes.ts';
import { connections } from '../../../src/measure/theory/connections.ts';
import { costPerDay } from '../../../src/measure/theory/cost.ts';
import { predict } from '../../../src/measure/theory/predict.ts';
import {
  falseAlarms,
  lostPollsToAlarm,
  offlineAfterHold,
  offlineAfterPolls,
} from '../../../src/measure/theory/presence.ts';
import { radioAwakeLong, radioAwakeRegular } from '../../../src/measure/theory/radio.ts';
import { exponential, seededRandom } from '../../../src/protocol/random.ts';
import { expectTerm, ratioOf, sampled } from './agreement.ts';
import { playLong } from './long-play.ts';
import { playRegular, type Stretch } from './regular-play.ts';

const near = { upMs: 40, downMs: 40, serviceMs: 0, turnaroundMs: 20 };
const timeS = ({ timeMs }: Stretch): number => timeMs / 1000;

describe('bytes', () => {
  const sizes = { requestBytes: 430, answerBytes: 108, emptyBytes: 20, messageBytes: 50 };
  const sent = ({ requests, empty, messages }: Stretch): number =>
    requests * 538 + empty * 20 + messages * 50;

  it('are headers, empty bodies and messages, as counted in play', () => {
    const now = { ...near, ratePerS: 2 };
    const random = seededRandom('bytes');
    const ticks = playRegular({ ...now, everyMs: 500, schedule: 'fixed-rate' }, random, 500, 200).stretches;
    const regular = predict({ kind: 'regular', everyMs: 500, schedule: 'fixed-rate' }, now);
    expectTerm(bytesPerS(regular, 2, sizes), ratioOf(ticks, sent, timeS), 'regular', 0.02);
    const held = playLong({ ...now, holdMs: 800 }, random, 500, 400).stretches;
    const long = predict({ kind: 'long', holdMs: 800 }, now);
    expectTerm(bytesPerS(long, 2, sizes), ratioOf(held, sent, timeS), 'long', 0.02);
    // Each part alone, so that none of them hides in the sum.
    for (const part of ['emptyBytes', 'messageBytes', 'answerBytes'] as const) {
      const alone = { requestBytes: 0, answerBytes: 0, emptyBytes: 0, messageBytes: 0, [part]: 1 };
      const counted = (life: Stretch): number =>
        part === 'emptyBytes' ? life.empty : part === 'messageBytes' ? life.messages : life.requests;
      expectTerm(bytesPerS(long, 2, alone), ratioOf(held, counted, timeS), part, 0.04);
    }
  });

  it('and requests have their price', () => {
    expect(costPerDay(1e6 / 10, 0.4)).toBeCloseTo(3456, 9);
    expect(Math.round(costPerDay(1e6 / 30.1, 0.4))).toBe(1148);
    // 1,000 workers, one poll a second, over 60 hours.
    expect(costPerDay(1000, 0.4) * 2.5).toBeCloseTo(86.4, 9);
  });
});

describe('connections', () => {
  /** Life and number of the connections of one client: one that is closed is replaced by the next request. */
  function play(cycle: number, idle: number, keepAlive: number): { open: number; opened: number } {
    let [closes, opened, open] = [Number.NEGATIVE_INFINITY, 0, 0];
    const requests = 1000;
    for (let i = 0; i < requests; i++) {
      const sent = i * cycle;
      const answered = sent + cycle - idle;
      if (closes < sent) {
        opened++;
        open += answered + keepAlive - sent;
      } else open += answered + keepAlive - closes;
      closes = answered + keepAlive;
    }
    return {
      open: (open - Math.max(0, closes - requests * cycle)) / (requests * cycle),
      opened: opened / (requests * cycle),
    };
  }

  it('are kept, or opened anew by every request', () => {
    for (const [cycle, idle, keepAlive] of [
      [10, 9.9, 5],
      [3, 2.9, 5],
      [1.5, 0.2, 0.1],
      [10, 9.9, 0],
    ] as const) {
      const formula = connections(cycle, idle, keepAlive);
      const played = play(cycle, idle, keepAlive);
      expect(formula.open).toBeCloseTo(played.open, 2);
      expect(Math.abs(formula.opened - played.opened)).toBeLessThan(0.0011);
    }
    expect(connections(10, 9.9, 5)).toEqual({ open: 0.51, opened: 0.1 });
  });
});

describe('presence', () => {
  const random = seededRandom('presence');

  it('ends a silence after the last poll that was heard', () => {
    const [silence, period, up] = [25, 10, 0.05];
    // The last poll was sent before the death by as much as the death falls into its period.
    const delay = () => {
      const [phase, death] = [random() * period, 100 + random() * 1000];
      const last = phase + Math.floor((death - phase) / period) * period;
      return last + up + silence - death;
    };
    const { mean, min, max } = offlineAfterPolls(silence, period, up);
    expectTerm(mean, sampled(40_000, delay), 'offline', 0.02);
    expectTerm(mean, sampled(40_000, delay), 'half a period', 0.05, silence + up);
    const seen = Array.from({ length: 20_000 }, delay);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(min);
    expect(Math.max(...seen)).toBeLessThanOrEqual(max);
    expect([min, mean, max]).toEqual([15.05, 20.05, 25.05]);
  });

  it('cries wolf after so many lost polls', () => {
    for (const [silence, lost] of [
      [25, 0.1],
      [20, 0.1],
      [9, 0.1],
      [35, 0.3],
    ] as const) {
      const polls = 5000;
      const alarms = sampled(300, () => {
        let [count, heard] = [0, 0];
        for (let poll = 1; poll <= polls; poll++) {
          if (random() < lost) continue;
          // It came back after a silence that was too long.
          if ((poll - heard) * 10 > silence) count++;
          heard = poll;
        }
        return count / (polls * 10);
      });
      expectTerm(falseAlarms(silence, 10, lost), alarms, `${silence}`, 0.1);
    }
    expect([lostPollsToAlarm(20, 10), lostPollsToAlarm(19.9, 10), lostPollsToAlarm(9, 10)]).toEqual([
      2, 1, 0,
    ]);
  });

  it('ends a held poll of a client that died without a word by its rest and the grace', () => {
    for (const [rate, hold] of [
      [0.05, 25],
      [1, 25],
      [0.001, 2],
    ] as const) {
      // A death at random meets a hold in proportion to its length.
      const rest = sampled(100_000, () => {
        for (;;) {
          const length = Math.min(exponential(random, 1 / rate), hold);
          const death = random() * Math.min(hold, 12 / rate);
          if (death < length) return length - death;
        }
      });
      expectTerm(offlineAfterHold(rate, hold, 0).mean, rest, `${rate}`, 0.03);
    }
    expect(offlineAfterHold(0, 25, 2)).toEqual({ min: 2, mean: 14.5, max: 27 });
    const endless = Number.POSITIVE_INFINITY;
    expect([offlineAfterHold(0.1, endless, 1).mean, offlineAfterHold(0, endless, 1).mean]).toEqual([
      11,
      endless,
    ]);
    const [below, above] = [0.99e-3, 1.01e-3].map((x) => offlineAfterHold(x, 1, 0).mean);
    expect(above! - below!).toBeCloseTo(-0.02e-3 / 12, 9);
  });
});

describe('the radio', () => {
  it('of a long poller is awake for the tail of each hold, as played', () => {
    for (const [rate, hold, tail] of [
      [0.05, 60, 10],
      [0.5, 30, 2],
      [0.001, 300, 10],
    ] as const) {
      const random = seededRandom('radio', rate);
      const holds = Array.from({ length: 200 }, () =>
        Array.from({ length: 500 }, () => Math.min(exponential(random, 1 / rate), hold)),
      );
      const sum = (each: (held: number) => number) => (life: readonly number[]) =>
        life.reduce((total, held) => total + each(held), 0);
      const awake = ratioOf(
        holds,
        sum((held) => Math.min(held, tail)),
        sum((held) => held),
      );
      expectTerm(radioAwakeLong(rate, hold, tail), awake, `${rate}`, 0.03);
    }
    expect([30, 60, 300].map((hold) => Math.round(radioAwakeLong(0, hold, 10) * 100))).toEqual([33, 17, 3]);
    expect([radioAwakeRegular(10, 10), radioAwakeRegular(40, 10), radioAwakeLong(0.1, 5, 10)]).toEqual([
      1, 0.25, 1,
    ]);
  });
});

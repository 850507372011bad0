import { describe, expect, it } from 'vitest';
import { uncoalesced } from '../../../src/measure/theory/bursts.ts';
import { crossover } from '../../../src/measure/theory/crossover.ts';
import { cuts } from '../../../src/measure/theory/cut.ts';
import { meanCycle } from '../../../src/measure/theory/long.ts';
import {
  exponentialGap,
  meanWaitOf,
  type RandomGap,
  uniformGap,
  waitDensityOf,
  waitingShareOf,
} from '../../../src/measure/theory/random-gap.ts';
import { exponential, seededRandom } from '../../../src/protocol/random.ts';
import { expectLaw, expectTerm, ratioOf, sampled } from './agreement.ts';
import { type LongStretch, playLong } from './long-play.ts';

const endless = Number.POSITIVE_INFINITY;
const near = { upMs: 40, downMs: 40, serviceMs: 0 };
const timeS = ({ timeMs }: LongStretch): number => timeMs / 1000;
const requests = (stretch: LongStretch): number => stretch.requests;
const messages = (stretch: LongStretch): number => stretch.messages;

describe('the crossover', () => {
  it('is where a long poller, played, sends as many requests as a regular one', () => {
    for (const [period, hold] of [
      [10, 30],
      [1, 1.5],
      [0.5, 1e6],
    ] as const) {
      const { rate } = crossover(period, hold, 0.1);
      const played = (ratePerS: number) =>
        ratioOf(
          playLong(
            { ...near, turnaroundMs: 20, holdMs: hold * 1000, ratePerS },
            seededRandom('crossover', period),
            1000,
            400,
          ).stretches,
          timeS,
          requests,
        );
      expectTerm(period, played(rate!), `every ${period}`, 0.02);
      for (const off of [1.1, 0.9])
        expect(() => expectTerm(period, played(rate! * off), 'off', 0.02), `${off}`).toThrow();
    }
  });

  it('is about one message per client and interval', () => {
    const at = (gap: number, hold: number) => Number(crossover(1, hold, gap).rate!.toFixed(3));
    expect([1.5, 2, 3, 6, endless].map((hold) => at(0.01, hold))).toEqual([0.589, 0.8, 0.941, 0.998, 1]);
    expect([1.5, 2, 3, 6, endless].map((hold) => at(0.1, hold))).toEqual([0.647, 0.827, 0.952, 1.003, 1.005]);
    expect(1 / crossover(10, 30, 0.1).rate!).toBeCloseTo(10.6, 1);
  });

  it('says why there is none, and is met at its very edge', () => {
    expect(crossover(10, 5, 0.1)).toEqual({ rate: null, always: 'regular' });
    expect(crossover(10, 9.9, 0.1)).toEqual({ rate: null, always: 'regular' });
    expect(crossover(10, 30, 10)).toEqual({ rate: null, always: 'long' });
    const edge = crossover(10, 9.9 + 1e-9, 0.1).rate!;
    expect(edge).toBeGreaterThan(0);
    expect(edge).toBeLessThan(1e-9);
    const steep = crossover(10, endless, 10 - 1e-6).rate!;
    expect(meanCycle(steep, endless, 10 - 1e-6)).toBeCloseTo(10, 9);
    expect(crossover(2, endless, 0).rate).toBeCloseTo(0.5, 12);
  });
});

describe('a random gap', () => {
  const laws: readonly (readonly [string, RandomGap, (random: () => number) => number])[] = [
    ['uniform', uniformGap(0.1, 0.6), (random) => 0.1 + 0.5 * random()],
    ['exponential', exponentialGap(0.08, 0.2), (random) => 0.08 + exponential(random, 0.2)],
  ];
  for (const [name, gap, draw] of laws)
    it(`${name}: shares and waits as played`, () => {
      for (const [rate, hold] of [
        [0.5, 1e6],
        [4, 0.5],
      ] as const) {
        const dice = seededRandom('gaps', name, rate);
        const { stretches } = playLong(
          {
            ...near,
            holdMs: hold * 1000,
            ratePerS: rate,
            turnaroundMs: () => 1000 * draw(dice) - 80,
          },
          seededRandom('random-gap', name, rate),
          1000,
          400,
        );
        const waited = (stretch: LongStretch): number => stretch.waited;
        expectTerm(waitingShareOf(gap, rate, hold), ratioOf(stretches, waited, messages), 'share');
        const wait = ratioOf(stretches, ({ waitMs }) => waitMs / 1000, waited);
        expectTerm(meanWaitOf(gap), wait, 'wait');
      }
    });

  it('is met by those who wait with the density of the inspection paradox', () => {
    for (const [name, gap, draw] of laws) {
      const random = seededRandom('inspection', name);
      const waits: number[] = [];
      // Messages at random over a chain of gaps: each gap is hit in proportion to its length.
      let [end, at] = [0, 0];
      while (waits.length < 20_000) {
        at += exponential(random, 3);
        while (end < at) end += draw(random);
        waits.push(end - at);
      }
      const law = (stretch: number) => (x: number) =>
        integral((u) => waitDensityOf(gap, u / stretch) / stretch, x);
      expectLaw(table(law(1)), [table(law(1.05)), table(law(0.95))], waits, name);
    }
  });

  it('without any width is the plain gap', () => {
    const plain = uniformGap(0.1, 0.1);
    expect(waitingShareOf(plain, 2, 30)).toBeCloseTo(0.1 / meanCycle(2, 30, 0.1), 12);
    expect(waitingShareOf(exponentialGap(0.1, 0), 2, 30)).toBeCloseTo(0.1 / meanCycle(2, 30, 0.1), 12);
    expect([meanWaitOf(plain), meanWaitOf(uniformGap(0, 0))]).toEqual([expect.closeTo(0.05, 12), 0]);
  });
});

/** Middle sums: a law from its density. */
function integral(density: (u: number) => number, to: number): number {
  const parts = 400;
  let sum = 0;
  for (let i = 0; i < parts; i++) sum += density(((i + 0.5) / parts) * to);
  return (sum * to) / parts;
}

/** The same law, looked up: it is asked tens of thousands of times. */
function table(law: (x: number) => number): (x: number) => number {
  const step = 0.002;
  const values = Array.from({ length: 2000 }, (_, i) => law(i * step));
  return (x) => {
    const i = Math.max(0, Math.floor(x / step));
    const low = values[i] ?? 1;
    return low + ((values[i + 1] ?? 1) - low) * (x / step - i);
  };
}

describe('a proxy below the hold', () => {
  it('cuts as often as played', () => {
    for (const [rate, limit] of [
      [0.01, 60],
      [0.5, 2],
    ] as const) {
      const shape = { ...near, turnaroundMs: 20, holdMs: limit * 1000, ratePerS: rate };
      const { stretches } = playLong(shape, seededRandom('cuts', rate), 1000, 300);
      expectTerm(
        cuts(rate, limit, 0.1),
        ratioOf(stretches, ({ empty }) => empty, timeS),
        `${rate}`,
      );
    }
    expect(cuts(0, 60, 0.1)).toBeCloseTo(1 / 60.1, 12);
  });
});

describe('bursts of which one goes at once', () => {
  it('wait for the next request, as played', () => {
    for (const [rate, hold, burst] of [
      [1, 1e6, 3],
      [3, 0.4, 2],
      [2, 1, 1],
    ] as const) {
      const shape = { ...near, turnaroundMs: 20, holdMs: hold * 1000, ratePerS: rate, burst };
      const { stretches } = playLong(shape, seededRandom('bursts', burst), 1000, 400);
      const formula = uncoalesced(rate, hold, 0.1, burst);
      const wait = ratioOf(stretches, ({ waitMs }) => waitMs / 1000, messages);
      expectTerm(formula.meanWait, wait, `${burst} wait`);
      expectTerm(formula.requests, ratioOf(stretches, requests, timeS), `${burst} requests`);
      const bursts = sampledBursts(rate, hold, burst);
      expectTerm(formula.waitingShare, bursts, `${burst} share`);
    }
  });

  it('of one message are what they were, and of many wait a gap', () => {
    const single = uncoalesced(2, 30, 0.1, 1);
    expect(single.waitingShare).toBeCloseTo(0.1 / meanCycle(2, 30, 0.1), 12);
    expect(uncoalesced(0.001, endless, 0.1, 1e6).meanWait).toBeCloseTo(0.1, 3);
    expect(uncoalesced(0, 25, 0.1, 5).requests).toBeCloseTo(1 / 25.1, 12);
    expect(uncoalesced(1e6, 25, 0.1, 5)).toEqual({ waitingShare: 1, meanWait: 0.05, requests: 10 });
  });
});

/** Share of the bursts that meet no held request; a life in steps of its own, without messages. */
function sampledBursts(rate: number, hold: number, size: number) {
  const random = seededRandom('met', rate, size);
  let next = exponential(random, 1 / rate);
  let registered = 0;
  let left = false;
  return sampled(400, () => {
    let inGap = 0;
    for (let burst = 0; burst < 1000; ) {
      if (next < registered) {
        inGap++;
        burst++;
        left = true;
        next += exponential(random, 1 / rate);
      } else if (left) {
        left = false;
        registered += 0.1;
      } else if (next < registered + hold) {
        burst++;
        left = size > 1;
        registered = next + 0.1;
        next += exponential(random, 1 / rate);
      } else registered += hold + 0.1;
    }
    return inGap / 1000;
  });
}

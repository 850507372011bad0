import { describe, expect, it } from 'vitest';
import type { FaultSeen, ModeResult, Result } from '../../src/measure/result.ts';
import { answerSentence } from '../../src/report/sentence.ts';
import { distributed, faultSeen, faultyResult, withRepetition } from './faulty.ts';

const base = faultyResult();
const [regular, long] = base.modes as [ModeResult, ModeResult];

function mode(of: ModeResult, faults: FaultSeen[], lost = 0, name = of.name): ModeResult {
  const { messages } = of.repetitions[0]!;
  return { ...withRepetition(of, { faults, messages: { ...messages, lost, undelivered: 0 } }), name };
}

const say = (modes: ModeResult[], more: Partial<Result> = {}): string =>
  answerSentence({ ...base, ...more, modes });
const none = distributed([]);

describe('the answer to how clients come back', () => {
  it('holds two modes against each other by a percentile that both have', () => {
    const slow = faultSeen({ wasted: 8, back_ms: distributed(new Array(20).fill(9_800)) });
    expect(say([mode(regular, [slow]), mode(long, [faultSeen()])])).toBe(
      'After the server restart long polling was back within 1.80 s (p90) with 3.1 wasted attempts per client and lost nothing; ' +
        'regular polling was back within 9.80 s (p90) with 0.40 wasted attempts per client and lost nothing.',
    );
    const few = faultSeen({ hit: 2, wasted: 2, back_ms: distributed([3_000, 4_000]) });
    expect(say([mode(regular, [few], 1), mode(long, [faultSeen()])])).toMatch(
      /long polling was back within 1\.00 s \(p50\) .*regular polling was back within 3\.00 s \(p50\) .* and lost 1 delivery\.$/,
    );
  });

  it('says who never came back, and who was not hit', () => {
    const some = faultSeen({ hit: 23, never_back: 3, wasted: 23 });
    const all = faultSeen({ hit: 20, never_back: 20, back_ms: none });
    expect(say([mode(long, [some], 12)])).toBe(
      'After the server restart long polling was back within 1.80 s (p90), but 3 clients never, with 1.0 wasted attempts per client and lost 12 deliveries.',
    );
    expect(say([mode(long, [all], 12)])).toBe(
      'After the server restart none of the 20 clients of long polling that were hit came back and lost 12 deliveries.',
    );
    const spared = faultSeen({ hit: 0, back_ms: none });
    expect(say([mode(regular, [spared]), mode(long, [spared], 2)])).toBe(
      'After the server restart no client of long polling was hit, but it lost 2 deliveries; no client of regular polling was hit.',
    );
  });

  it('names the best and the worst of many', () => {
    const ways = [30, 1_000, 9_800].map((ms, i) =>
      mode(
        long,
        [
          faultSeen({
            back_ms: distributed(new Array(20).fill(ms)),
            herd: { ...faultSeen().herd, peak_per_100ms: [412, 60, 300][i]! },
          }),
        ],
        0,
        ['immediate', 'full-jitter', 'exponential'][i],
      ),
    );
    expect(say(ways)).toBe(
      'After the server restart mode "immediate" was back soonest, within 30 ms (p50), and mode "exponential" last, within 9.80 s; ' +
        'the largest herd was that of mode "immediate" (412 requests in 100 ms), the smallest that of mode "full-jitter" (60); nothing was lost.',
    );
    const dead = mode(long, [faultSeen({ never_back: 20, back_ms: none })], 40, 'article');
    expect(say([...ways, dead])).toMatch(
      /nobody came back with mode "article"; .*; only mode "article" lost deliveries \(40\)\.$/,
    );
  });

  it('counts several faults, and is not given without faults or to another question', () => {
    const two = [faultSeen(), faultSeen({ index: 1 })];
    expect(say([mode(long, two)])).toMatch(/^After 2 faults long polling was back within/);
    expect(say([mode(regular, []), mode(long, [])])).toMatch(/^Long polling delivers/);
    const scenario = { ...base.scenario, question: 'delivery' };
    expect(say([mode(regular, two), mode(long, two)], { scenario })).toMatch(/^Long polling delivers/);
  });
});

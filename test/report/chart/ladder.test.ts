import { describe, expect, it } from 'vitest';
import type { LadderResult, ModeResult } from '../../../src/measure/result.ts';
import { drawLadder } from '../../../src/report/chart/ladder.ts';
import { rungsOf } from '../../../src/report/chart/rung.ts';
import { timeScale } from '../../../src/report/chart/scale.ts';
import { sampleResult } from '../../measure/sample.ts';
import { pointsOf, readXml, withClass } from './xml.ts';

type Poll = LadderResult['polls'][number];

function poll(sent: number, ended: number | null, messages = 0): Poll {
  const end = ended === null ? null : messages > 0 ? 'messages' : 'empty';
  return { poll: sent, sent_ms: sent, ended_ms: ended, end, status: 200, messages, waits: true };
}

/** Half a minute from second 10 on. */
function ladderOf(polls: Poll[], more: Partial<LadderResult> = {}): LadderResult {
  return { client: 1, from_ms: 10_000, to_ms: 40_000, publishes: [], polls, deliveries: [], ...more };
}

/** Ten units a second. */
const x = timeScale(30_000, [0, 300]);

describe('a rung', () => {
  it('of regular polling goes down where it began, and up at once', () => {
    const { rungs } = rungsOf(ladderOf([poll(15_000, 15_001), poll(25_000, 25_001)]), x);
    expect(rungs.map(({ down, hold, up }) => [down, hold, up])).toEqual([
      [
        [50, 57],
        [57, 57],
        [57, 64],
      ],
      [
        [150, 157],
        [157, 157],
        [157, 164],
      ],
    ]);
  });

  it('of long polling hangs until its answer, after whose arrival the next one begins', () => {
    const { rungs } = rungsOf(
      ladderOf([poll(8_000, 20_000, 1), poll(20_000, 30_000, 1), poll(30_000, 55_000)]),
      x,
    );
    expect(rungs.map(({ down, hold, up }) => [down, hold, up])).toEqual([
      [null, [0, 100], [100, 107]],
      [
        [107, 114],
        [114, 200],
        [200, 207],
      ],
      [[207, 214], [214, 300], null],
    ]);
  });

  it('that never ended hangs to the edge', () => {
    const { rungs } = rungsOf(ladderOf([poll(20_000, null)]), x);
    expect(rungs).toMatchObject([{ down: [100, 107], hold: [107, 300], up: null }]);
  });

  it('among many is a tooth of a saw: nothing overlaps, and nothing drifts away', () => {
    // Four units from answer to answer: too near for two whole slants.
    const polls = Array.from({ length: 70 }, (_, i) => poll(11_000 + 400 * i, 11_400 + 400 * i, 1));
    const { rungs, crowded } = rungsOf(ladderOf(polls), x);
    expect(crowded).toBe(0);
    for (const [i, { down, hold, up, poll: one }] of rungs.entries()) {
      expect(down![1]).toBeGreaterThan(down![0]);
      expect(hold[1]).toBeGreaterThanOrEqual(hold[0]);
      expect(up![1]).toBeGreaterThan(up![0]);
      if (i > 0) expect(down![0]).toBeGreaterThanOrEqual(rungs[i - 1]!.up![1] - 1e-9);
      expect(Math.abs(up![0] - x.at(one.ended_ms! - 10_000))).toBeLessThanOrEqual(14);
    }
  });

  it('that is the same stroke as the one before it is left out, and counted', () => {
    const polls = Array.from({ length: 3_000 }, (_, i) => poll(10_000 + 10 * i, 10_005 + 10 * i));
    const { rungs, crowded } = rungsOf(ladderOf(polls), x);
    expect(rungs.length + crowded).toBe(3_000);
    expect(rungs.length).toBeLessThan(200);
    expect(rungs.length).toBeGreaterThan(140);
  });
});

describe('the ladder', () => {
  const result = sampleResult();
  const withLadder = (ladder: LadderResult[]): ReturnType<typeof drawLadder> =>
    drawLadder({ ...result, modes: [{ ...(result.modes[1] as ModeResult), ladder }] });

  it('counts what the client did, and says that the slant is schematic', () => {
    const drawing = withLadder([
      ladderOf([poll(8_000, 20_000, 1), poll(20_000, 30_000), poll(30_000, 55_000)], {
        publishes: [{ message: 4, at_ms: 20_000 }],
        deliveries: [{ message: 4, at_ms: 20_000 }],
      }),
    ]);
    expect(drawing!.finding).toBe(
      'Within 30 s one client sent 2 requests for 1 message (long 25 s; 2 answered empty). The slant of the arrows is schematic.',
    );
    const root = readXml(drawing!.svg);
    // 670 units for 30 s, from 72 on; the answer leaves at its instant, and its message is there with the arrow.
    const at = 72 + 670 / 3;
    const dots = withClass(root, 'path', 'dot').map(
      ({ attributes }) => pointsOf(attributes.get('d')!)[0]![0],
    );
    expect(dots.some((dot) => Math.abs(dot - (at + 7)) < 0.1)).toBe(true);
    const published = withClass(root, 'path', 'mark', 'one').map(
      ({ attributes }) => pointsOf(attributes.get('d')!)[0]![0],
    );
    expect(published.some((place) => Math.abs(place - at) < 0.1)).toBe(true);
    const [held] = withClass(root, 'path', 'hold').filter(
      ({ attributes }) => attributes.get('d') !== 'M0 0h18',
    );
    expect(
      pointsOf(held!.attributes.get('d')!)
        .slice(0, 2)
        .map(([place]) => place),
    ).toEqual([72, 295.3]);
  });

  it('is nothing without one', () => {
    expect(withLadder([])).toBeNull();
    expect(withLadder([ladderOf([], { to_ms: 10_000 })])).toBeNull();
    expect(withLadder([ladderOf([])])).not.toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backoff } from '../../src/protocol/backoff.ts';
import type { Outcome } from '../../src/protocol/poll.ts';
import {
  type Rhythm,
  Subscriber,
  type SubscriberPort,
  subscriberNumbers,
  subscriberRest,
} from '../../src/protocol/subscriber.ts';

interface Run {
  readonly sends: { at: number; place: string | undefined; waitMs: number }[];
  readonly ends: { at: number; outcome: Outcome<string, string> }[];
  readonly delivered: string[];
  skipped: number;
}

interface Answer {
  readonly takesMs: number;
  readonly outcome: Outcome<string, string>;
}

/**
 * Runs a subscriber on made-up time: each poll gets the next answer, each alarm rings so much too late.
 * @param isSaved whether another one goes on from what it saved after each step
 */
function play(
  rhythm: Rhythm,
  backoff: Backoff,
  answers: Answer[],
  latenesses: number[],
  untilMs: number,
  isSaved = false,
): Run {
  const run: Run = { sends: [], ends: [], delivered: [], skipped: 0 };
  let now = 0;
  let alarm = Number.POSITIVE_INFINITY;
  let open: { at: number; outcome: Outcome<string, string> } | undefined;
  let alarms = 0;
  const port: SubscriberPort<string, string> = {
    send({ place, waitMs }) {
      expect(open, 'two polls at once').toBeUndefined();
      const { takesMs, outcome } = answers[run.sends.length % answers.length]!;
      run.sends.push({ at: now, place, waitMs });
      open = { at: now + takesMs, outcome };
    },
    wakeAt(at) {
      expect(at).toBeGreaterThanOrEqual(now);
      alarm = at + (latenesses[alarms++ % latenesses.length] ?? 0);
    },
    deliver: (items) => run.delivered.push(...items),
    skipped: (ticks) => {
      run.skipped += ticks;
    },
    stopped: () => expect.fail('this backoff never gives up'),
  };
  const options = { rhythm, requestTimeoutMs: 60_000, backoff, random: () => 0.5 };
  let subscriber = new Subscriber<string, string>(options, port);
  subscriber.start(now);
  const rest = new Float64Array(1 + subscriberRest);
  subscriber.saveRest(rest, 1);
  /** Another one takes over and does something; an answer it can take without the rest of what was known. */
  const act = (isAnswer: boolean, what: () => void): void => {
    if (!isSaved) return what();
    const numbers = new Float64Array(1 + subscriberNumbers);
    subscriber.save(numbers, 1);
    const { place } = subscriber;
    subscriber = new Subscriber<string, string>(options, port);
    subscriber.load(numbers, 1, place);
    if (isAnswer) return what();
    subscriber.loadRest(rest, 1);
    what();
    subscriber.saveRest(rest, 1);
  };
  while (true) {
    const next = Math.min(open?.at ?? Number.POSITIVE_INFINITY, alarm);
    if (next > untilMs) return run;
    now = next;
    if (open?.at === now) {
      const { outcome } = open;
      open = undefined;
      run.ends.push({ at: now, outcome });
      const isAnswer = outcome.kind === 'messages' || outcome.kind === 'empty';
      // An answer that is taken for trouble makes only a long poller wait, which needs no more than that.
      act(isAnswer, () => subscriber.ended(now, outcome));
    } else {
      alarm = Number.POSITIVE_INFINITY;
      act(false, () => subscriber.wake(now));
    }
  }
}

/** Waits that say which failure they are: 7 ms for the first in a row, 14 for the second. */
const counting: Backoff = { name: 'full-jitter', wait: (_trouble, failures) => failures * 7 };
const place = fc.option(fc.constantFrom('p', 'q', 'r'), { nil: undefined });
const answer = (mostMs: number): fc.Arbitrary<Answer> =>
  fc.record({
    takesMs: fc.integer({ min: 1, max: mostMs }),
    outcome: fc.oneof(
      place.map((cursor) => ({ kind: 'messages' as const, messages: ['m'], cursor, behind: false })),
      place.map((cursor) => ({ kind: 'empty' as const, cursor, behind: false })),
      fc.constant({ kind: 'refused' as const, status: 500 }),
      fc.constant({ kind: 'broken' as const, definite: false, reason: 'ECONNRESET' }),
    ),
  });
const answers = (mostMs: number) => fc.array(answer(mostMs), { minLength: 1, maxLength: 30, size: 'max' });

/** What every subscriber owes: each poll carries the last place it was given, each message is handed on once. */
function expectFaithful(run: Run): void {
  let known: string | undefined;
  let messages = 0;
  for (const [i, { place }] of run.sends.entries()) {
    expect(place).toBe(known);
    const outcome = run.ends[i]?.outcome;
    if (outcome?.kind === 'messages') messages++;
    if (outcome !== undefined && 'cursor' in outcome) known = outcome.cursor ?? known;
  }
  expect(run.delivered).toHaveLength(messages);
}

describe('a regular poller, whatever happens to its polls', () => {
  it('asks at every tick that finds no poll open, and counts every other one', () => {
    fc.assert(
      fc.property(answers(400), fc.integer({ min: 1, max: 150 }), (list, everyMs) => {
        const run = play({ kind: 'regular', everyMs, jitterMs: 0 }, counting, list, [0], 2000);
        const expected: number[] = [];
        let busyUntil = 0;
        let skipped = 0;
        for (let tick = 0; tick <= 2000; tick += everyMs) {
          if (tick > 0 && tick < busyUntil) skipped++;
          else busyUntil = tick + list[(expected.push(tick) - 1) % list.length]!.takesMs;
        }
        expect(run.sends.map(({ at }) => at)).toEqual(expected);
        expect(run.skipped).toBe(skipped);
        for (const { waitMs } of run.sends) expect(waitMs).toBe(0);
        expectFaithful(run);
      }),
    );
  });

  it('accounts for every tick when its alarms ring late, and never polls before one', () => {
    const lates = fc.array(fc.nat(300), { minLength: 1, maxLength: 10 });
    const interval = fc.integer({ min: 10, max: 150 });
    fc.assert(
      fc.property(answers(200), lates, interval, fc.nat(9), (list, late, everyMs, jitterMs) => {
        const run = play({ kind: 'regular', everyMs, jitterMs }, counting, list, late, 5000);
        const ticks = run.sends.length + run.skipped;
        // One alarm may still be on its way, and it may be late by 300 ms and the jitter.
        expect(ticks).toBeLessThanOrEqual(Math.floor(5000 / everyMs) + 1);
        expect(ticks).toBeGreaterThanOrEqual(Math.floor((5000 - 300 - 10 - everyMs) / everyMs) + 1);
        const slots = run.sends.map(({ at }) => Math.floor(at / everyMs));
        expect(new Set(slots).size).toBe(slots.length);
        expectFaithful(run);
      }),
    );
  });
});

describe('a long poller, whatever happens to its polls', () => {
  it('follows each end with the next poll, after the pause or the backoff and nothing else', () => {
    const rhythm = fc.record({
      kind: fc.constant('long' as const),
      holdMs: fc.integer({ min: 101, max: 500 }),
      pauseMs: fc.constantFrom(0, 0, 20),
      jitterMs: fc.constant(0),
      firstPollWaits: fc.boolean(),
    });
    fc.assert(
      fc.property(answers(300), rhythm, (list, long) => {
        const run = play(long, counting, list, [0], 3000);
        let failures = 0;
        let hasty = 0;
        let answered = false;
        for (const [i, { at, outcome }] of run.ends.entries()) {
          const asked = run.sends[i]!;
          const waits = answered || long.firstPollWaits;
          expect(asked.waitMs).toBe(waits ? long.holdMs : 0);
          if (outcome.kind === 'messages') hasty = 0;
          if (outcome.kind === 'empty' && waits) hasty = at - asked.at < 100 ? hasty + 1 : 0;
          answered ||= 'cursor' in outcome;
          const fine = outcome.kind === 'messages' || (outcome.kind === 'empty' && hasty <= 3);
          failures = fine ? 0 : failures + 1;
          const due = at + (fine ? long.pauseMs : failures * 7);
          if (due <= 3000) expect(run.sends[i + 1]?.at).toBe(due);
          else expect(run.sends).toHaveLength(i + 1);
        }
        expectFaithful(run);
      }),
    );
  });
});

describe('a subscriber that was saved', () => {
  it('goes on as if nothing had happened, whatever happens to its polls', () => {
    const regular = fc.record({
      kind: fc.constant('regular' as const),
      everyMs: fc.integer({ min: 10, max: 150 }),
      jitterMs: fc.nat(9),
    });
    const long = fc.record({
      kind: fc.constant('long' as const),
      holdMs: fc.integer({ min: 101, max: 500 }),
      pauseMs: fc.constantFrom(0, 20),
      jitterMs: fc.nat(9),
      firstPollWaits: fc.boolean(),
    });
    const retryAfter = fc.constant<Answer>({
      takesMs: 3,
      outcome: { kind: 'refused', status: 503, retryAfterMs: 200 },
    });
    const hasty = fc.constant<Answer>({
      takesMs: 1,
      outcome: { kind: 'empty', cursor: 'p', behind: false },
    });
    const mixed = fc.oneof(answer(300), retryAfter, { weight: 6, arbitrary: hasty });
    const anyAnswers = fc.array(mixed, { minLength: 1, maxLength: 30 });
    const lates = fc.array(fc.nat(300), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.oneof(regular, long), anyAnswers, lates, (rhythm, list, late) => {
        expect(play(rhythm, counting, list, late, 3000, true)).toEqual(
          play(rhythm, counting, list, late, 3000),
        );
      }),
    );
  });
});

import { type Answer, answer } from './answer.ts';
import type { Question } from './question.ts';

/** The same question with one thing different. */
export interface Change {
  readonly what: string;
  readonly question: Question;
  readonly answer: Answer;
}

/** The hold that proxies with the usual limit of 60 s let pass. */
const longHoldMs = 55_000;

/** What a person asks next. Those that change nothing (ten times no message) are left out. */
export function changes(question: Question): Change[] {
  const { regular, long, circumstances } = question;
  const { ratePerS, upMs, downMs } = circumstances;
  const every = (factor: number): Partial<Question> => ({
    regular: { ...regular, everyMs: regular.everyMs * factor },
  });
  const given = (changed: Partial<typeof circumstances>): Partial<Question> => ({
    circumstances: { ...circumstances, ...changed },
  });
  const asked: readonly (readonly [string, Partial<Question>, boolean])[] = [
    ['half the interval', every(1 / 2), true],
    ['twice the interval', every(2), true],
    ['a hold of 55 s', { long: { ...long, holdMs: longHoldMs } }, long.holdMs !== longHoldMs],
    ['ten times the messages', given({ ratePerS: 10 * ratePerS }), ratePerS > 0],
    ['ten times the distance', given({ upMs: 10 * upMs, downMs: 10 * downMs }), upMs + downMs > 0],
  ];
  return asked
    .filter(([, , differs]) => differs)
    .map(([what, changed]) => {
      const other = { ...question, ...changed };
      return { what, question: other, answer: answer(other) };
    });
}

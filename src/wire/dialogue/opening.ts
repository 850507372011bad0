import type { Capture, OpenStep, Source } from '../profile/request.ts';
import { lookUp } from './json-path.ts';
import { describeMatcher, matches } from './match.ts';
import { type Answer, AnswerView, firstMatch, headerOf } from './view.ts';

/** A step of opening a session, or of setting a channel up, was not answered as the profile says. */
export class OpeningFailed extends Error {
  override readonly name = 'OpeningFailed';
  /** Where in the profile: `open[1]`. */
  readonly step: string;
  readonly expected: string;
  readonly answer: Answer;

  constructor(step: string, expected: string, answer: Answer) {
    super(`${step}: expected ${expected}; got status ${answer.status}`);
    this.step = step;
    this.expected = expected;
    this.answer = answer;
  }
}

/** @throws OpeningFailed unless the answer has one of the statuses and passes the matcher */
export function demandAnswer(
  step: string,
  { ok, require }: Pick<OpenStep, 'ok'> & Partial<Pick<OpenStep, 'require'>>,
  answer: Answer,
): void {
  if (!ok.includes(answer.status)) throw new OpeningFailed(step, `status ${ok.join(' or ')}`, answer);
  if (require !== undefined && !matches(require, new AnswerView(answer), undefined))
    throw new OpeningFailed(step, describeMatcher(require), answer);
}

/** The value at some place of an answer; undefined when it is not there. */
export function valueAt(source: Source, view: AnswerView): string | undefined {
  switch (source.from) {
    case 'header':
      return headerOf(view.answer, source.name);
    case 'regex':
      return firstMatch(source.pattern, view.answer.text);
    case 'body':
      return view.answer.text;
    case 'json': {
      const value = lookUp(view.tree, source.path);
      if (value === undefined || value === null) return undefined;
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    }
  }
}

/** What an answer hands out, by variable. @throws OpeningFailed when something is not there */
export function capture(step: string, captures: readonly Capture[], answer: Answer): Record<string, string> {
  const view = new AnswerView(answer);
  return Object.fromEntries(
    captures.map((each) => {
      const value = valueAt(each, view);
      if (value === undefined) throw new OpeningFailed(step, describeSource(each), answer);
      const { strip } = each;
      return [each.var, strip !== undefined && value.startsWith(strip) ? value.slice(strip.length) : value];
    }),
  );
}

function describeSource(source: Capture): string {
  switch (source.from) {
    case 'header':
      return `the header ${source.name} (for {${source.var}})`;
    case 'json':
      return `JSON with ${source.path} (for {${source.var}})`;
    case 'regex':
      return `a body that matches /${source.pattern}/ (for {${source.var}})`;
    case 'body':
      return 'a body';
  }
}

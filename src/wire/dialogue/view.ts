/** An answer, read to the end. Header names are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body as it came, its content coding undone. */
  readonly bytes?: Uint8Array;
}

const unparsed = Symbol('not looked at yet');

/** An answer and its JSON, parsed once and only when somebody asks. */
export class AnswerView {
  readonly answer: Answer;
  #tree: unknown = unparsed;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  /** The JSON object or array of the body; undefined when it is none. */
  get tree(): unknown {
    if (this.#tree === unparsed) this.#tree = parseTree(this.answer.text);
    return this.#tree;
  }
}

/** A JSON object or array; undefined for anything else. */
export function parseTree(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A header's value; of several with one name, all of them, joined. */
export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : value?.join(', ');
}

const compiled = new Map<string, RegExp>();

/** A pattern of the profile as a regular expression, compiled once. */
export function patternOf(pattern: string): RegExp {
  let made = compiled.get(pattern);
  if (made === undefined) {
    made = new RegExp(pattern, 'g');
    compiled.set(pattern, made);
  }
  made.lastIndex = 0;
  return made;
}

/** Group 1 of the first match, or the whole match when the pattern has no group. */
export function firstMatch(pattern: string, text: string): string | undefined {
  const found = patternOf(pattern).exec(text);
  return found === null ? undefined : (found[1] ?? found[0]);
}

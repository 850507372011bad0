import type { Question } from '../measure/theory/question.ts';
import type { OptionKind, OptionRow, OptionValues } from './option.ts';

const row = (name: string, kind: OptionKind, description: string, usual?: string | number): OptionRow => ({
  name,
  kind,
  description,
  ...(usual !== undefined && { default: usual }),
});

/** The options of `pollmark theory`. */
export const theoryRows: readonly OptionRow[] = [
  { ...row('clients', 'integer', 'how many clients', 1000), min: 1 },
  row('rate', 'rate', 'messages per client; of a room, its rate', '6/min'),
  row('interval', 'duration', 'regular polling: from one poll to the next', '10s'),
  {
    ...row('schedule', 'choice', 'fixed-delay: the interval begins with the answer', 'fixed-rate'),
    choices: ['fixed-rate', 'fixed-delay'],
  },
  row('hold', 'duration', 'long polling: how long the server holds a request', '25s'),
  row('round-trip', 'duration', 'there and back on the network', '100ms'),
  row('one-way', 'duration', 'half of it, instead of --round-trip'),
  row('service', 'duration', 'what the server takes for an answer', '0s'),
  row('turnaround', 'duration', 'what a client takes from an answer to its next long poll', '0s'),
  row('pause', 'duration', 'deliberate, on top of --turnaround', '0s'),
  row('request-bytes', 'size', 'headers of a request', '430B'),
  row('answer-bytes', 'size', 'headers of an answer', '108B'),
  row('empty-bytes', 'size', 'body of an answer without a message', '0B'),
  row('message-bytes', 'size', 'one message in an answer', '50B'),
  row('keep-alive', 'duration', 'after how long the server closes an idle connection', '5s'),
  row('price', 'number', 'of a million requests, in your money'),
  row('idle-limit', 'duration', 'after how long a proxy on the way cuts a silent request'),
  row('json', 'flag', 'result to stdout, nothing else there'),
];

/** The question that a command line asks, and what is wrong with it. */
export function theoryQuestion(
  values: OptionValues,
  words: readonly string[],
  wrong: ReadonlySet<string>,
): { question: Question; problems: string[] } {
  const number = (name: string, usual: number): number => (values[name] as number | undefined) ?? usual;
  const maybe = (name: string): number | null => (values[name] as number | undefined) ?? null;
  const oneWayMs = maybe('one-way') ?? number('round-trip', 100) / 2;
  const question: Question = {
    clients: number('clients', 1000),
    circumstances: {
      ratePerS: number('rate', 0.1),
      upMs: oneWayMs,
      downMs: oneWayMs,
      serviceMs: number('service', 0),
      turnaroundMs: number('turnaround', 0) + number('pause', 0),
    },
    regular: {
      kind: 'regular',
      everyMs: number('interval', 10_000),
      schedule: (values['schedule'] as 'fixed-rate' | 'fixed-delay' | undefined) ?? 'fixed-rate',
    },
    long: { kind: 'long', holdMs: number('hold', 25_000) },
    sizes: {
      requestBytes: number('request-bytes', 430),
      answerBytes: number('answer-bytes', 108),
      emptyBytes: number('empty-bytes', 0),
      messageBytes: number('message-bytes', 50),
    },
    keepAliveMs: number('keep-alive', 5000),
    pricePerMillion: maybe('price'),
    idleLimitMs: maybe('idle-limit'),
  };
  return {
    question,
    problems: [...words.map((word) => `unexpected "${word}"`), ...clashes(question, values, wrong)],
  };
}

/** What each option may be and all together may not. */
function clashes(
  { circumstances, regular, long, idleLimitMs }: Question,
  values: OptionValues,
  wrong: ReadonlySet<string>,
): string[] {
  const { upMs, serviceMs, turnaroundMs } = circumstances;
  const found: string[] = [];
  if (values['one-way'] !== undefined && values['round-trip'] !== undefined)
    found.push('--one-way and --round-trip say the same thing; give one of them');
  if (regular.everyMs === 0)
    found.push(
      '--interval: must be more than 0s; who polls without a pause does long polling with --hold 0s',
    );
  if (idleLimitMs === 0) found.push('--idle-limit: must be more than 0s');
  const timeless = ['one-way', 'round-trip', 'service', 'turnaround', 'pause', 'hold'].some((name) =>
    wrong.has(name),
  );
  if (!timeless && long.holdMs === 0 && upMs + serviceMs + turnaroundMs === 0)
    found.push('--hold 0s, with a round trip and a turn-around of 0s: that would be endlessly many requests');
  return found;
}

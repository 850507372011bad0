import type { Question } from '../../../measure/theory/question.ts';
import { parseDuration, parseRate } from '../../../wire/units.ts';

/** What a reader can change, as the texts in the fields. */
export interface Texts {
  readonly clients: string;
  readonly rate: string;
  readonly interval: string;
  readonly hold: string;
  readonly roundTrip: string;
}
export type Field = keyof Texts;

export const fields: readonly Field[] = ['clients', 'rate', 'interval', 'hold', 'roundTrip'];

/** What the run has told, and no field asks for. */
export type Given = Pick<Question, 'sizes' | 'keepAliveMs'> & { readonly turnaroundMs: number };

/** A field that cannot be read, and what to write there. */
export interface Problem {
  readonly field: Field;
  readonly text: string;
}

/** The question that the fields ask, in the spelling of `pollmark theory`; or everything that is wrong with them. */
export function readTexts(texts: Texts, given: Given): Question | readonly Problem[] {
  const problems: Problem[] = [];
  const read = (field: Field, value: number | undefined, wanted: string): number => {
    if (value === undefined) problems.push({ field, text: wanted });
    return value ?? Number.NaN;
  };
  const duration = (field: Field, wanted: string): number =>
    read(field, parseDuration(texts[field].trim()), `write a duration, such as ${wanted}`);
  const count = /^[1-9]\d{0,11}$/.test(texts.clients.trim()) ? Number(texts.clients) : undefined;
  const clients = read('clients', count, 'write a whole number, 1 or more');
  const ratePerS = read('rate', parseRate(texts.rate.trim()), 'write a rate, such as 6/min or 0.1/s');
  const everyMs = duration('interval', '10s');
  const holdMs = duration('hold', '25s');
  const oneWayMs = duration('roundTrip', '100ms') / 2;
  if (everyMs === 0) problems.push({ field: 'interval', text: 'write more than 0s' });
  if (holdMs === 0 && oneWayMs === 0 && given.turnaroundMs === 0)
    problems.push({
      field: 'hold',
      text: 'with no round trip either, that would be endlessly many requests',
    });
  if (problems.length > 0) return problems;
  return {
    clients,
    circumstances: {
      ratePerS,
      upMs: oneWayMs,
      downMs: oneWayMs,
      serviceMs: 0,
      turnaroundMs: given.turnaroundMs,
    },
    regular: { kind: 'regular', everyMs, schedule: 'fixed-rate' },
    long: { kind: 'long', holdMs },
    sizes: given.sizes,
    keepAliveMs: given.keepAliveMs,
    pricePerMillion: null,
    idleLimitMs: null,
  };
}

import { parseOverride } from '../overrides.ts';
import type { FieldValue } from '../scenario.ts';
import { type Numeric, numericOf, writeNumeric } from './field-value.ts';
import type { Vary } from './points.ts';

const example = "--vary 'arrivals.rate=0.01/s..50/s' --points 12";
const usualPoints = 8;

/**
 * What `--vary` says: `FIELD=A..B` is a range of so many points, `FIELD=a,b,c` the values themselves.
 * @param points of a range; null: eight
 * @returns what is wrong with it when it is neither
 */
export function parseVary(text: string, points: number | null): Vary | string {
  const label = `--vary ${text}`;
  const [, field, given] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(text) ?? [];
  if (field === undefined || given === undefined || given === '')
    return `${label}  is no FIELD=A..B and no FIELD=a,b,c; write for example ${example}`;
  const ends = given.split('..');
  if (ends.length === 1) {
    if (points !== null)
      return `${label}  says its values itself, so --points has no meaning; write FIELD=A..B for a range`;
    const values = given.split(',').map((one) => readValue(one.trim()));
    if (values.includes('')) return `${label}  has an empty value; write for example FIELD=1/s,2/s,5/s`;
    if (values.length < 2) return `${label}  has one value; a sweep needs two or more`;
    return { field, values, label };
  }
  const count = points ?? usualPoints;
  if (ends.length > 2) return `${label}  has more than two ends; write for example ${example}`;
  if (count < 2) return `${label}  needs two points or more, not --points ${count}`;
  const values = rangeOf(readValue(ends[0]!.trim()), readValue(ends[1]!.trim()), count);
  return typeof values === 'string' ? `${label}  ${values}` : { field, values, label };
}

/** As it would be read in a file: a bare number is a number. */
function readValue(text: string): FieldValue {
  const read = parseOverride(`value=${text}`);
  const value = typeof read === 'string' ? text : read.value;
  return typeof value === 'number' || typeof value === 'boolean' ? value : text;
}

/**
 * Values between two ends, both included. By equal ratios where both ends are above 0: rates, times and counts that one
 * would draw over decades; by equal steps where one is 0, which no ratio leads away from. What lies between is rounded to
 * three digits, and to whole numbers between whole bare numbers; what then falls together is one value.
 */
function rangeOf(from: FieldValue, to: FieldValue, count: number): FieldValue[] | string {
  const [a, b] = [numericOf(from), numericOf(to)];
  const bad = a === null ? from : b === null ? to : null;
  if (bad !== null)
    return `"${bad}" is no quantity, so there is nothing between the ends; write for example FIELD=a,b,c`;
  if (a!.kind !== b!.kind) return `${from} is a ${a!.kind} and ${to} a ${b!.kind}; both ends are of one kind`;
  if (a!.at >= b!.at) return `a range goes upwards; write ${to}..${from}`;
  const whole = a!.kind === 'number' && Number.isInteger(a!.at) && Number.isInteger(b!.at);
  const between = Array.from({ length: count - 2 }, (_, i) => {
    const share = (i + 1) / (count - 1);
    const exact = a!.at > 0 ? a!.at * (b!.at / a!.at) ** share : a!.at + (b!.at - a!.at) * share;
    return { kind: a!.kind, at: rounded(exact, a!.kind, whole) };
  });
  const inside = between.filter(
    ({ at }, i) => at > a!.at && at < b!.at && (i === 0 || at > between[i - 1]!.at),
  );
  return [from, ...inside.map(writeNumeric), to];
}

/** Durations are rounded in milliseconds, sizes to whole bytes. */
function rounded(value: number, kind: Numeric['kind'], whole: boolean): number {
  const short = Number(value.toPrecision(3));
  return whole || kind === 'size' ? Math.round(short) : short;
}

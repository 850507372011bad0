import { UsageError } from '../../wire/usage.ts';
import type { Override } from '../../wire/yaml.ts';
import { fieldPath } from '../overrides.ts';
import type { FieldValue, Scenario, Sweep, ThresholdEntry } from '../scenario.ts';
import type { ScenarioFile } from '../schema.ts';
import { isSameValue } from './field-value.ts';

/** The values of a field, from the command line. */
export interface Vary {
  readonly field: string;
  readonly values: readonly FieldValue[];
  /** What the person typed; stands in complaints in place of file, line and column. */
  readonly label: string;
}

/** What came of reading: the file, or why it cannot be read. */
type Attempt = { readonly file: ScenarioFile } | { readonly complaints: readonly string[] };
/** A file for each value of the sweep, where every one of them is right. */
export interface PointFile {
  readonly value: FieldValue;
  readonly file: ScenarioFile;
}

/** A sweep as an override of the file's own. */
export function overrideOf({ field, values, label }: Vary): Override {
  return { path: ['sweep'], value: { field, values: [...values] }, label };
}

export function attempt(read: () => ScenarioFile): Attempt {
  try {
    return { file: read() };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { complaints: error.complaints };
  }
}

/** @throws UsageError with what is wrong with the file, and what is wrong besides */
export function settled(base: Attempt, more: readonly string[]): ScenarioFile {
  const complaints = [...('file' in base ? [] : base.complaints), ...more];
  if (!('file' in base) || complaints.length > 0) throw new UsageError(complaints);
  return base.file;
}

/** Fields that no sweep may vary, and why. */
const fixed: Readonly<Record<string, string>> = {
  sweep: 'a sweep of sweeps is none',
  version: 'every file has the same version',
  name: 'what has another name is another scenario',
  title: 'it changes nothing of a run',
  question: 'it changes nothing of a run',
  report: 'it changes nothing of a run',
  thresholds: 'write the values that a threshold is for under its at',
};

/**
 * The file once for each value, checked as if it stood there.
 * @param how reads the file with more overrides, as `base` was read without; `place` tells where a path stands
 */
export function readPoints(
  { field, values }: NonNullable<ScenarioFile['sweep']>,
  how: {
    read(overrides: readonly Override[]): ScenarioFile;
    readonly base: Attempt;
    place(path: readonly (string | number)[]): string;
  },
): { files: PointFile[]; complaints: string[] } {
  const path = fieldPath(field);
  const atField = `${how.place(['sweep', 'field'])}  sweep.field ${JSON.stringify(field)}: `;
  const why = path.includes('') ? 'names no field; write for example arrivals.rate' : fixed[String(path[0])];
  if (why !== undefined) return { files: [], complaints: [`${atField}${why}`] };
  const known = new Set('file' in how.base ? [] : how.base.complaints);
  const mark = '\u0000';
  const read = values.map((value) => ({
    value,
    got: attempt(() => how.read([{ path, value, label: mark }])),
  }));
  const wrong = read.map(({ got }) => {
    const all = 'file' in got ? [] : got.complaints;
    return all.filter((line) => !known.has(line));
  });
  // What is wrong with every value alike is wrong with the field.
  const always = wrong[0]!.filter((line) => wrong.every((lines) => lines.includes(line)));
  const complaints = always.map((line) => `${atField}${line.replace(mark, '').trim()}`);
  for (const [i, lines] of wrong.entries()) {
    const at = how.place(['sweep', 'values', i]);
    for (const line of lines) {
      if (always.includes(line)) continue;
      const elsewhere = line.startsWith(mark) ? '' : `with ${field}=${values[i]}: `;
      complaints.push(`${at}  sweep.values[${i}]: ${elsewhere}${line.replace(mark, '').trim()}`);
    }
  }
  const files = read.flatMap(({ value, got }) => ('file' in got ? [{ value, file: got.file }] : []));
  return { files, complaints };
}

/** @param written the scenario without its sweep, every default spelled out */
export function sweepOf(
  field: string,
  written: Record<string, unknown>,
  files: readonly PointFile[],
  resolve: (file: ScenarioFile) => Scenario,
): Sweep {
  const points = files.map(({ value, file }) => {
    const point = resolve(file);
    return {
      value,
      scenario: { ...point, thresholds: point.thresholds.flatMap((one) => heldAt(one, value)) },
    };
  });
  return { field, own: fieldOf(written, field), points };
}

/** A threshold as it stands in the scenario of one value; none when it is for others. */
function heldAt({ at, ...entry }: ThresholdEntry, value: FieldValue): ThresholdEntry[] {
  return at === undefined || at.some((one) => isSameValue(one, value)) ? [entry] : [];
}

/** A field's value in a file written out; null where it is none, or no single value. */
export function fieldOf(written: Record<string, unknown>, field: string): FieldValue | null {
  let found: unknown = written;
  for (const part of fieldPath(field)) {
    if (typeof found !== 'object' || found === null) return null;
    found = (found as Record<string | number, unknown>)[part];
  }
  return ['string', 'number', 'boolean'].includes(typeof found) ? (found as FieldValue) : null;
}

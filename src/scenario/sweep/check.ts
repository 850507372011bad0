import { noSuch } from '../name.ts';
import type { FieldValue } from '../scenario.ts';
import type { ScenarioFile } from '../schema.ts';
import { isSameValue, numericOf } from './field-value.ts';

type Complain = (path: (string | number)[], message: string) => void;

/** A threshold may be for some values of the sweep only, and these have to be there. */
export function checkAt({ sweep, thresholds }: ScenarioFile, complain: Complain): void {
  for (const [i, entry] of thresholds.entries()) {
    if (typeof entry === 'string' || entry.at === undefined) continue;
    if (sweep === null || sweep === undefined) {
      complain(['thresholds', i, 'at'], 'is for scenarios with a sweep; this one has none');
      continue;
    }
    for (const [k, value] of entry.at.entries()) {
      if (!sweep.values.some((one) => isSameValue(one, value)))
        complain(['thresholds', i, 'at', k], noValue(value, sweep.values));
    }
  }
}

function noValue(value: FieldValue, values: readonly FieldValue[]): string {
  const wanted = numericOf(value);
  const near = values
    .flatMap((one) => {
      const numeric = numericOf(one);
      if (wanted === null || numeric === null || numeric.kind !== wanted.kind) return [];
      return [{ one, apart: distance(numeric.at, wanted.at) }];
    })
    .sort((a, b) => a.apart - b.apart)[0];
  if (near === undefined) return noSuch('value of the sweep', String(value), values.map(String));
  return `${value} is no value of the sweep; the nearest is ${near.one}`;
}

/** How far two values lie apart: by their ratio where both have one. */
export function distance(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.abs(Math.log(a / b)) : a === b ? 0 : Number.MAX_VALUE;
}

import { hasChannels, type Profile } from '../wire/profile.ts';
import type { Case, Level } from './case.ts';
import type { Constants } from './constants.ts';
import { effectiveLevel, whyNotApplicable } from './duty.ts';
import type { Phase } from './result.ts';

/** Rows that are expected to take longer than this are slow. */
const slowAboveS = 5;

/** So many rows of the ordinary and slow phases may run at a time. */
const rowsAtATime = 4;

/** A row as it stands for one target. */
export interface PlannedRow {
  readonly row: Case;
  readonly level: Level;
  readonly phase: Phase;
  /** Expected time. */
  readonly seconds: number;
  /** Why it will not be played. */
  readonly notApplicable: string | undefined;
}

/** What is known of a target: its profile, and what was measured, or is assumed as long as nothing was. */
export interface Facts {
  readonly profile: Profile;
  readonly constants: Constants;
}

/** Every row with its level, phase and expected time under these facts. */
export function planRows(cases: readonly Case[], facts: Facts): PlannedRow[] {
  return cases.map((row) => {
    const seconds = row.seconds?.(facts) ?? 1;
    return {
      row,
      level: effectiveLevel(row, facts.profile),
      phase: phaseOf(row, seconds, facts.profile),
      seconds,
      notApplicable: whyNotApplicable(row, facts.profile),
    };
  });
}

/** A row that fits several phases is of the first that fits: hostile, process, load, slow, ordinary. */
function phaseOf({ id, tags = [], needs = [] }: Case, seconds: number, { unsafe }: Profile): Phase {
  if (tags.includes('hostile') || unsafe?.includes(id) === true) return 'hostile';
  if (tags.includes('process') || needs.includes('pid') || needs.includes('process')) return 'process';
  if (tags.includes('load')) return 'load';
  return tags.includes('slow') || seconds > slowAboveS ? 'slow' : 'ordinary';
}

/** How many rows run beside each other: rows of one channel would hear each other's messages. */
export function widthOf(phase: Phase, profile: Profile): number {
  return (phase === 'ordinary' || phase === 'slow') && hasChannels(profile) ? rowsAtATime : 1;
}

/** Expected milliseconds of all these rows, with as many beside each other as there may be. */
export function expectedMs(rows: readonly PlannedRow[], profile: Profile): number {
  let seconds = 0;
  for (const { row, phase, seconds: own, notApplicable } of rows) {
    if (notApplicable !== undefined) continue;
    seconds += row.alone === true ? own : own / widthOf(phase, profile);
  }
  return seconds * 1000;
}

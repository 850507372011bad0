import { assumptions } from '../conformance/calibrate.ts';
import type { Case, Duty } from '../conformance/case.ts';
import { cases } from '../conformance/cases/index.ts';
import { bindingDuties } from '../conformance/duty.ts';
import { type PlannedRow, planRows } from '../conformance/phase.ts';
import { select } from '../conformance/select.ts';
import type { ConformanceCommand } from './conformance-options.ts';
import { type Io, printJson, textWidth, wrapText } from './print.ts';

/** `--list`: every row with its level, authority, phase, needs and demand; nothing is sent. */
export function listRows({ options, profileName, json }: ConformanceCommand, io: Io): number {
  const { profile, rows = [], skip = [] } = options;
  const planned = planRows(options.cases ?? cases, { profile, constants: assumptions(profile) });
  const phaseless = (options.tags ?? []).length === 0;
  // The list is for looking around: without tags it shows every phase.
  const shown = select(planned, { ...options, rows, skip, all: options.all === true || phaseless }).rows;
  const entries = shown.map((each) => entry(each, profileName === null ? null : options));
  if (json) printJson(io, entries);
  else for (const each of entries) io.out(paragraph(each, textWidth(io)));
  return 0;
}

interface Entry {
  readonly id: string;
  /** For this profile; without one, every level that there is. */
  readonly level: string;
  readonly duties: readonly Duty[];
  readonly phase: string;
  readonly seconds: number;
  readonly needs: readonly string[];
  readonly depends_on: readonly string[];
  readonly requires: string;
  readonly because: string;
  readonly not_applicable: string | null;
}

function entry(
  { row, level, phase, seconds, notApplicable }: PlannedRow,
  known: Pick<ConformanceCommand['options'], 'profile'> | null,
): Entry {
  const levels = [...new Set(row.duties.map((duty) => duty.level))];
  return {
    id: row.id,
    level: known === null ? levels.join('/') : level,
    duties: known === null ? row.duties : dutiesFor(row, known.profile),
    phase,
    seconds,
    needs: row.needs ?? [],
    depends_on: row.dependsOn ?? [],
    requires: row.requires,
    because: row.because,
    not_applicable: known === null ? null : (notApplicable ?? null),
  };
}

function dutiesFor(row: Case, profile: ConformanceCommand['options']['profile']): readonly Duty[] {
  const binding = bindingDuties(row, profile);
  return binding.length > 0 ? binding : row.duties;
}

function paragraph(row: Entry, width: number): string {
  const facts = [
    dutiesText(row.duties),
    row.phase,
    ...(row.needs.length === 0 ? [] : [`needs ${row.needs.join(', ')}`]),
    ...(row.depends_on.length === 0 ? [] : [`after ${row.depends_on.join(', ')}`]),
    ...(row.not_applicable === null ? [] : [`n/a: ${row.not_applicable}`]),
  ];
  const lines = [...wrapText(facts.join(' · '), width - 4), ...wrapText(row.requires, width - 4)];
  return `${row.id}  ${row.level}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** `MUST RFC 9112 §6.3; MUST CLAIM once resume is claimed` */
function dutiesText(duties: readonly Duty[]): string {
  const text = ({ level, authority, whenClaimed }: Duty): string =>
    `${level} ${authority}${whenClaimed === undefined ? '' : ` once ${whenClaimed} is claimed`}`;
  return duties.map(text).join('; ');
}

import { nearest, UsageError } from '../wire/usage.ts';
import type { Tag } from './case.ts';
import type { PlannedRow } from './phase.ts';
import type { Phase } from './result.ts';

/** Which rows are to be played. */
export interface Selection {
  /** Ids, prefixes of them up to a dot, or globs; none: every row. A whole id chooses its row whatever its phase. */
  readonly rows?: readonly string[];
  /** The same, for rows that are left out in any case. */
  readonly skip?: readonly string[];
  /** Phases besides the ordinary one. */
  readonly tags?: readonly Tag[];
  /** Every phase. */
  readonly all?: boolean;
}

export interface Selected {
  readonly rows: readonly PlannedRow[];
  /** What was asked for and still chooses nothing. */
  readonly notes: readonly string[];
}

/** What is wrong with the patterns themselves: those that no row has. */
export function selectionProblems(ids: readonly string[], { rows = [], skip = [] }: Selection): string[] {
  const unknown = (pattern: string, option: string): string[] =>
    ids.some(matcher(pattern)) ? [] : [`${option}${unknownRow(pattern, ids)}`];
  return [
    ...rows.flatMap((pattern) => unknown(pattern, '')),
    ...skip.flatMap((pattern) => unknown(pattern, '--skip: ')),
  ];
}

/** `no row "longpol.hold"; did you mean "longpoll.hold"?` */
export function unknownRow(pattern: string, ids: readonly string[]): string {
  const known = new Set(ids.flatMap(prefixes));
  const meant = nearest(pattern, known) ?? nearest(pattern.split('.')[0]!, known);
  const groups = [...new Set(ids.map((id) => id.split('.')[0]!))];
  const hint = meant === undefined ? `there are: ${groups.join(', ') || 'none'}` : `did you mean "${meant}"?`;
  return `no row "${pattern}"; ${hint}   (pollmark conformance --list shows all)`;
}

/**
 * Chooses rows.
 * @throws UsageError when no row is left
 */
export function select(planned: readonly PlannedRow[], selection: Selection): Selected {
  const { rows = [], skip = [], tags = [], all = false } = selection;
  const phases: ReadonlySet<Phase> = new Set(['ordinary', ...tags]);
  const skipped = skip.map(matcher);
  const left = planned.filter(({ row }) => !skipped.some((matches) => matches(row.id)));
  const allowed = ({ row, phase }: PlannedRow): boolean => all || phases.has(phase) || rows.includes(row.id);
  const wanted = rows.map(matcher);
  const chosen = left.filter(
    (each) => allowed(each) && (rows.length === 0 || wanted.some((matches) => matches(each.row.id))),
  );
  const notes = rows.flatMap((pattern) => {
    const matches = matcher(pattern);
    if (chosen.some(({ row }) => matches(row.id))) return [];
    const others = new Set(left.filter(({ row }) => matches(row.id)).map(({ phase }) => phase));
    if (others.size === 0) return [`${pattern} chooses no row: all of its rows are skipped`];
    const named = [...others].join(',');
    return [
      `${pattern} has only rows of the phase ${named}; add --tags ${named}, or name a row by its whole id`,
    ];
  });
  if (chosen.length === 0) throw new UsageError(notes.length > 0 ? notes : 'no row is chosen');
  return { rows: chosen, notes };
}

/** A pattern with `*` or `?` is a glob over the whole id; any other is a prefix that ends at a dot. */
function matcher(pattern: string): (id: string) => boolean {
  if (!/[*?]/.test(pattern)) {
    const prefix = pattern.replace(/\.+$/, '');
    return (id) => id === prefix || id.startsWith(`${prefix}.`);
  }
  const source = pattern.replace(/[^*?]+/g, (text) => text.replace(/[\\^$.|+()[\]{}]/g, '\\$&'));
  const glob = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return (id) => glob.test(id);
}

/** `a.b.c` gives `a`, `a.b` and `a.b.c`. */
function prefixes(id: string): string[] {
  const parts = id.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}

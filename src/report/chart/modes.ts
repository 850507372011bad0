import type { ModeResult, Result } from '../../measure/result.ts';
import { modeLabel } from '../label.ts';
import { type Look, lookOf, mostLooks } from './look.ts';

/** A mode that is drawn: it looks the same in every chart. */
export interface DrawnMode {
  readonly mode: ModeResult;
  readonly label: string;
  readonly look: Look;
}

/** The modes that were measured, as many as can be told apart. */
export function drawnModes(result: Result): DrawnMode[] {
  return result.modes
    .filter(({ repetitions }) => repetitions.length > 0)
    .slice(0, mostLooks)
    .map((mode, i) => ({ mode, label: modeLabel(result, mode), look: lookOf(i) }));
}

/** That some modes are not drawn; null when all are. */
export function leftOut(result: Result): string | null {
  const more = result.modes.filter(({ repetitions }) => repetitions.length > 0).length - mostLooks;
  if (more <= 0) return null;
  return `${more} more ${more === 1 ? 'mode is' : 'modes are'} not drawn; ${more === 1 ? 'it is' : 'they are'} in result.json.`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** `2.4 s (a) and 9.5 s (b)`; of more than four, only the least and the most. */
export function compared(
  items: readonly { readonly label: string; readonly value: number | null }[],
  format: (value: number | null) => string,
): string {
  const one = ({ label, value }: (typeof items)[number]): string => `${format(value)} (${label})`;
  if (items.length <= 4) return listed(items.map(one));
  const known = items.filter(({ value }) => value !== null).toSorted((a, b) => a.value! - b.value!);
  if (known.length === 0) return format(null);
  const [least, most] = [known[0]!, known.at(-1)!];
  if (known.length === items.length && format(least.value) === format(most.value))
    return `${format(least.value)} (all ${items.length} modes)`;
  return `${one(least)} to ${one(most)}`;
}

/** Where a mode's measured time begins on its own clock; null: nothing in the result tells it. */
export function beginningOf({ ladder, lanes }: Pick<ModeResult, 'ladder' | 'lanes'>): number | null {
  return lanes?.[0]?.segments[0]?.[1] ?? ladder[0]?.from_ms ?? null;
}

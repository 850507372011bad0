import type { Distribution, ModeResult } from '../measure/result.ts';
import { median } from '../measure/samples.ts';
import { formatCount, formatMs } from './numbers.ts';

/** The longest of the values of some distributions; null without any. */
function longest(all: readonly Distribution[]): number | null {
  const known = all.map(({ max }) => max).filter((max) => max !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/**
 * How well the server's list of who is online agreed with who was there, in a line; null when nobody looked:
 * `long 25 s, presence: shown online 0.9 ms after its first poll (p50); ghosts for up to 30 s; never flickered`
 */
export function presenceLine(label: string, mode: ModeResult): string | null {
  const shown = mode.repetitions.map(({ presence_ms }) => presence_ms?.p50 ?? null);
  const p50 = median(shown.filter((ms) => ms !== null));
  const looked = mode.repetitions.flatMap(({ presence }) => (presence === null ? [] : [presence]));
  const parts: string[] = [];
  if (p50 !== null) parts.push(`a client is shown online ${formatMs(p50)} after its first poll (p50)`);
  if (looked.length > 0) {
    const ghost = longest(looked.map(({ ghost_ms }) => ghost_ms));
    parts.push(
      ghost === null ? 'nobody was shown who had left' : `ghosts for up to ${formatMs(ghost)} after leaving`,
    );
    const times = looked.reduce((sum, { absent_ms }) => sum + absent_ms.count, 0);
    const absent = longest(looked.map(({ absent_ms }) => absent_ms));
    const often = times === 1 ? 'once' : `${formatCount(times)} times`;
    parts.push(
      times === 0
        ? 'never flickered'
        : `missing ${often} although there${absent === null ? '' : `, for up to ${formatMs(absent)}`}`,
    );
    const every = Math.max(...looked.map(({ sampled_every_ms }) => sampled_every_ms));
    parts.push(`looked at every ${formatMs(every)}`);
  }
  return parts.length === 0 ? null : `${label}, presence: ${parts.join('; ')}`;
}

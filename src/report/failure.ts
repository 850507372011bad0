import type { ModeResult, Result } from '../measure/result.ts';
import { addCounts } from './cause.ts';
import { scenarioField } from './label.ts';
import { formatCount, formatShare } from './numbers.ts';

/** Kinds of failure that are named. */
const mostKinds = 4;

/** `91 ECONNREFUSED, 24 status 503, 3 of other kinds`: how a mode's requests failed, the most frequent first; empty when none did. */
export function failuresInWords(mode: Pick<ModeResult, 'repetitions'>): string {
  const kinds = Object.entries(addCounts(mode.repetitions.map(({ errors }) => errors.by_kind)))
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  const named = kinds.slice(0, mostKinds).map(([kind, count]) => `${formatCount(count)} ${kind}`);
  const rest = kinds.slice(mostKinds).reduce((sum, [, count]) => sum + count, 0);
  return (rest > 0 ? [...named, `${formatCount(rest)} of other kinds`] : named).join(', ');
}

/** Whether a mode polls through a real proxy. */
export function isBehindProxy(result: Pick<Result, 'scenario'>): boolean {
  const modes = scenarioField(result, 'modes');
  return Array.isArray(modes) && modes.some((mode) => (mode as { behind?: unknown } | null)?.behind != null);
}

/**
 * The answer to what a real proxy makes of each hold, without its full stop: `behind their proxies no request of
 * "a" failed; 79.5 % of the requests of "b" failed (248 status 504); nothing was lost`. Null where no mode is behind one.
 */
export function proxyAnswer(result: Result): string | null {
  const measured = result.modes.filter(
    ({ skipped, repetitions }) => skipped === null && repetitions.length > 0,
  );
  if (!isBehindProxy(result) || measured.length === 0) return null;
  const failed = (mode: ModeResult): string => failuresInWords(mode);
  const named = (modes: readonly ModeResult[]): string => modes.map(({ name }) => `"${name}"`).join(' and ');
  const well = measured.filter((mode) => failed(mode) === '');
  const badly = measured.filter((mode) => failed(mode) !== '');
  const lost = measured.reduce(
    (sum, { repetitions }) =>
      sum + repetitions.reduce((all, { messages }) => all + messages.lost + messages.undelivered, 0),
    0,
  );
  const parts = [
    ...(well.length === 0 ? [] : [`no request of ${named(well)} failed`]),
    ...badly.map((mode) => {
      const rates = mode.repetitions.map(({ errors }) => errors.rate ?? 0);
      return `${formatShare(Math.max(...rates))} of the requests of ${named([mode])} failed (${failed(mode)})`;
    }),
    lost === 0 ? 'nothing was lost' : `${formatCount(lost)} deliveries were lost`,
  ];
  return `behind their proxies ${parts.join('; ')}`;
}

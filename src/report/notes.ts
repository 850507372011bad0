import { metric } from '../measure/metrics.ts';
import type { ModeResult, Quality, Result } from '../measure/result.ts';
import { addCounts, causesInWords } from './cause.ts';
import { driftLine } from './drift.ts';
import { gapLossLine } from './gap-loss.ts';
import { modeLabel } from './label.ts';
import { formatCount, formatMs, formatNumber, formatShare } from './numbers.ts';
import { presenceLine } from './presence.ts';
import { theoryLine } from './theory.ts';

/** Whether the numbers may be trusted; if not, why, one line each. */
export function bannerLines(result: Result): string[] {
  const codes = [...new Set(result.warnings.filter((w) => w.invalidates === true).map((w) => w.code))];
  const lines: string[] = [];
  if (result.status === 'invalid' || codes.length > 0)
    lines.push(
      `NOT TRUSTWORTHY${codes.length === 0 ? '' : ` (${codes.join(', ')})`}: see the warnings; do not compare these numbers`,
    );
  if (result.status === 'partial') lines.push('PARTIAL: the run did not come to its end');
  if (result.scaled)
    lines.push('SCALED: configured times were divided; never compare this with an unscaled run');
  return lines;
}

function sum(mode: ModeResult, of: (repetition: ModeResult['repetitions'][number]) => number): number {
  return mode.repetitions.reduce((total, repetition) => total + of(repetition), 0);
}

/** `long 25 s: 3 of 700 deliveries lost (2 in the gap, 1 while its poll was held)`; null when nothing went wrong. */
function fateLine(label: string, mode: ModeResult): string | null {
  const causes = addCounts(mode.repetitions.map(({ messages }) => messages.lost_by_cause));
  const parts: string[] = [];
  const lost = sum(mode, ({ messages }) => messages.lost);
  const told = causesInWords(causes);
  const expected = formatCount(sum(mode, ({ messages }) => messages.expected));
  if (lost > 0)
    parts.push(`${formatCount(lost)} of ${expected} deliveries lost${told === '' ? '' : ` (${told})`}`);
  const count = (key: 'undelivered' | 'duplicates' | 'reordered' | 'unexpected', words: string): void => {
    const value = sum(mode, ({ messages }) => messages[key]);
    if (value > 0) parts.push(`${formatCount(value)} ${words}`);
  };
  count('undelivered', 'not delivered by the end');
  count('duplicates', 'delivered again');
  count('reordered', 'out of order');
  count('unexpected', 'to clients that were not owed them');
  const refused = sum(mode, ({ messages }) => messages.refused);
  if (refused > 0) parts.push(`${formatCount(refused)} publishes not acknowledged`);
  const failed = sum(mode, ({ requests: { by_outcome: ends } }) => ends.refused + ends.broken + ends.timeout);
  if (failed > 0) parts.push(`${formatCount(failed)} requests failed`);
  return parts.length === 0 ? null : `${label}: ${parts.join(', ')}`;
}

function idleLine(result: Result, measured: readonly ModeResult[]): string | null {
  const told = measured.flatMap((mode) => {
    const idles = mode.repetitions.flatMap(({ requests: { idle } }) => (idle === null ? [] : [idle]));
    const perClient = idles.reduce((total, idle) => total + idle.per_client, 0);
    const seconds = idles.reduce((total, idle) => total + idle.seconds, 0);
    if (idles.length === 0) return [];
    const label = modeLabel(result, mode);
    const everyMs = (seconds / perClient) * 1_000;
    if (!Number.isFinite(everyMs)) return [{ seconds, text: `${label} asked nothing` }];
    const every = formatMs(everyMs);
    return [
      { seconds, text: `${label} asked every ${every} (${formatNumber(perClient)} requests per client)` },
    ];
  });
  if (told.length === 0) return null;
  return `without a message (${formatMs(told[0]!.seconds * 1_000)}): ${told.map(({ text }) => text).join('; ')}`;
}

function trustLine(measured: readonly ModeResult[]): string | null {
  const qualities = measured.flatMap((mode) => mode.repetitions.map(({ quality }) => quality));
  const worst = (of: (quality: Quality) => number | null): number | null => {
    const known = qualities.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const parts: string[] = [];
  const add = (of: (quality: Quality) => number | null, words: (value: number) => string): void => {
    const value = worst(of);
    if (value !== null) parts.push(words(value));
  };
  add(
    (q) => q.harness_error_ms.p50,
    (ms) => `own error p50 ${formatMs(ms)}`,
  );
  add(
    (q) => q.harness_error_ms.p99,
    (ms) => `own error p99 ${formatMs(ms)}`,
  );
  add(
    (q) => q.publish_late_p99_ms,
    (ms) => `publish late p99 ${formatMs(ms)}`,
  );
  add(
    (q) => q.loop_delay_p99_ms,
    (ms) => `loop delay p99 ${formatMs(ms)}`,
  );
  add(
    (q) => q.late_stamps_share,
    (share) => `late stamps ${formatShare(share)}`,
  );
  add(
    (q) => q.generator_cpu,
    (share) => `clients use ${formatShare(share)} of a core`,
  );
  const proxies = measured.flatMap((mode) =>
    mode.repetitions.flatMap(({ proxy_error_ms: error }) => (error === null ? [] : [error])),
  );
  const proxy = (['p50', 'p99'] as const).flatMap((key) => {
    const known = proxies.map((error) => error[key]).filter((value) => value !== null);
    return known.length === 0 ? [] : [`${key} ${formatMs(Math.max(...known))}`];
  });
  if (proxy.length > 0) parts.push(`fault proxy ${proxy.join(', ')}`);
  return parts.length === 0 ? null : `trust: ${parts.join(', ')}`;
}

/** What a reader must know besides the table, a line each: idle times, losses and what theory says of them, presence, drift, skipped modes, the harness itself. */
export function noteLines(result: Result): string[] {
  const measured = result.modes.filter((mode) => mode.skipped === null);
  const fates = measured.map((mode) => fateLine(modeLabel(result, mode), mode));
  const skipped = result.modes.map((mode) =>
    mode.skipped === null ? null : `${mode.name}: skipped, ${mode.skipped}`,
  );
  const gaps = measured.map((mode) => gapLossLine(modeLabel(result, mode), mode));
  const presence = measured.map((mode) => presenceLine(modeLabel(result, mode), mode));
  const drift = measured.map((mode) => driftLine(modeLabel(result, mode), mode));
  const lines = [
    idleLine(result, measured),
    ...fates,
    ...gaps,
    theoryLine(result, measured),
    ...presence,
    ...drift,
    ...skipped,
    trustLine(measured),
  ];
  return lines.filter((line) => line !== null);
}

/** How the thresholds stand, in a few words. */
export function thresholdsVerdict(result: Pick<Result, 'thresholds'>): { text: string; ok: boolean | null } {
  const { thresholds } = result;
  const failed = thresholds.filter(({ ok }) => ok === false).length;
  const open = thresholds.filter(({ ok }) => ok === null).length;
  if (thresholds.length === 0) return { text: 'no thresholds', ok: null };
  if (failed > 0) return { text: `${failed} of ${thresholds.length} thresholds failed`, ok: false };
  if (open > 0)
    return {
      text: `${open} of ${thresholds.length} thresholds not judged${open < thresholds.length ? ', the others hold' : ''}`,
      ok: null,
    };
  return { text: 'all thresholds hold', ok: true };
}

/** A mode's value of a metric, for tables; null for a skipped mode. */
export function cellValue(result: Result, mode: ModeResult, name: string): number | null {
  return mode.skipped === null ? metric(result, mode.name, name).value : null;
}

import type { ModeResult, Result } from '../measure/result.ts';
import { parseDuration } from '../wire/units.ts';
import { formatMs, withoutZeros } from './numbers.ts';

/** A field of the scenario in a result, which a later version may have written otherwise. */
export function scenarioField(
  result: Pick<Result, 'scenario'>,
  ...path: readonly (string | number)[]
): unknown {
  let value: unknown = result.scenario;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** `regular 10 s`, `long 25 s`: the mode's name with its interval or hold, where the scenario tells one that is kept. */
export function modeLabel(result: Pick<Result, 'scenario'>, mode: Pick<ModeResult, 'name' | 'kind'>): string {
  // Nobody asks the article's server how long to hold.
  if (mode.kind === 'long' && scenarioField(result, 'server', 'semantics') === 'article') return mode.name;
  const modes = scenarioField(result, 'modes');
  const found: unknown = Array.isArray(modes)
    ? modes.find((candidate) => (candidate as { name?: unknown } | null)?.name === mode.name)
    : undefined;
  const fields = (found ?? {}) as Record<string, unknown>;
  const written = fields[mode.kind === 'regular' ? 'every' : 'hold'];
  const ms = typeof written === 'string' ? parseDuration(written) : undefined;
  if (ms === undefined) return mode.name;
  return `${mode.name} ${withoutZeros(formatMs(ms))}`;
}

/** `long polling`, or `mode "patient"` where several measured modes are of its kind: as it is called in a sentence. */
export function modeInWords(mode: ModeResult, measured: readonly ModeResult[]): string {
  const alone = measured.filter(({ kind }) => kind === mode.kind).length === 1;
  return alone ? `${mode.kind} polling` : `mode "${mode.name}"`;
}

/** Shortened to so many columns, the end replaced by a mark when something is missing. */
export function shorten(text: string, width: number, ascii: boolean): string {
  if (text.length <= width) return text;
  const mark = ascii ? '.' : '…';
  return width <= 1 ? mark.slice(0, Math.max(0, width)) : text.slice(0, width - 1) + mark;
}

/** Breaks a text into lines of at most `width`; words longer than that are cut. Lines after the first are indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/\s+/).filter((part) => part !== '')) {
    const start = (): string => (lines.length === 0 ? '' : indent);
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = start();
    }
    line += line.trim() === '' ? word : ` ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      word = line.slice(width);
      line = start() + word;
    }
  }
  if (line.trim() !== '') lines.push(line);
  return lines;
}

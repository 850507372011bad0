import { notA, parseDuration } from '../wire/units.ts';
import { UsageError } from '../wire/usage.ts';

/**
 * Publish times from a recorded log: one duration a line (`1.5s`; empty lines and lines with `#` are skipped),
 * or a JSON array of such texts. They count from the start of the measured time.
 * @returns milliseconds, ascending
 * @throws UsageError with every line that is no duration
 */
export function parseReplay(text: string, file: string): number[] {
  const complaints: string[] = [];
  const entries: (readonly [string, unknown])[] = text.trimStart().startsWith('[')
    ? fromJson(text, file)
    : text
        .split('\n')
        .map((line, i) => [`${file}:${i + 1}`, line.trim()] as const)
        .filter(([, line]) => line !== '' && !line.startsWith('#'));
  const times: number[] = [];
  for (const [place, entry] of entries) {
    const ms = typeof entry === 'string' ? parseDuration(entry) : undefined;
    if (ms === undefined) complaints.push(`${place}  ${notA('duration', entry)}`);
    else times.push(ms);
  }
  if (entries.length === 0) complaints.push(`${file}  holds no publish time`);
  if (complaints.length > 0) throw new UsageError(complaints);
  return times.sort((a, b) => a - b);
}

function fromJson(text: string, file: string): (readonly [string, unknown])[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}  is no JSON array: ${(error as Error).message}`);
  }
  return (list as unknown[]).map((entry, i) => [`${file}[${i}]`, entry] as const);
}

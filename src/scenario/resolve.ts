import { UsageError } from '../wire/usage.ts';
import { parseReplay } from './replay.ts';
import type { Arrivals, Mode, Network, ThresholdEntry } from './scenario.ts';
import type { ScenarioFile } from './schema.ts';

/** The text of a file named in the scenario, by the path as it stands there; may throw. */
export type ReadFile = (path: string) => string;

type FileOf<K extends keyof ScenarioFile> = ScenarioFile[K];

/** Policies that draw their waits: their first one after a broken poll is spread too, unless the file says otherwise. */
const drawn: readonly string[] = ['full-jitter', 'equal-jitter', 'decorrelated'];

export function resolveMode(mode: FileOf<'modes'>[number]): Mode {
  const { policy, base, cap, firstDelay } = mode.retry;
  const { behind } = mode;
  const common = {
    name: mode.name ?? mode.kind,
    retry: {
      policy,
      baseMs: base,
      capMs: cap,
      firstDelayMs: firstDelay ?? (drawn.includes(policy) ? 1000 : 0),
    },
    behind: behind === undefined ? null : { proxy: behind.proxy, idleMs: behind.idle },
  };
  if (mode.kind === 'regular') {
    const requestTimeoutMs = mode.requestTimeout ?? 10_000;
    return { ...common, kind: 'regular', everyMs: mode.every, jitterMs: mode.jitter, requestTimeoutMs };
  }
  const { hold, jitter, pause } = mode;
  const requestTimeoutMs = mode.requestTimeout ?? hold + jitter + 5000;
  return { ...common, kind: 'long', holdMs: hold, jitterMs: jitter, pauseMs: pause, requestTimeoutMs };
}

export function resolveNetwork({ oneWay, jitter, distribution }: FileOf<'network'>): Network {
  return { oneWayMs: oneWay, jitterMs: jitter, distribution };
}

export function resolveThreshold(entry: FileOf<'thresholds'>[number]): ThresholdEntry {
  if (typeof entry === 'string') return { expr: entry, abort: false, afterMs: 0 };
  const { expr, abort, after, at } = entry;
  return { expr, abort, afterMs: after, ...(at !== undefined && { at }) };
}

export function resolveArrivals(
  { process, rate, size }: FileOf<'arrivals'>,
  readFile: ReadFile | undefined,
): Arrivals {
  const rest = { ratePerS: rate ?? null, size };
  if (typeof process === 'string') return { process: { kind: process }, ...rest };
  if (process.burst !== undefined) {
    return { process: { kind: 'burst', everyMs: process.burst.every, size: process.burst.size }, ...rest };
  }
  const onOff = process['on-off'];
  if (onOff !== undefined) return { process: { kind: 'on-off', onMs: onOff.on, offMs: onOff.off }, ...rest };
  const { file, at } = process.replay!;
  const atMs = at === undefined ? loadReplay(file, readFile) : at.toSorted((a, b) => a - b);
  return { process: { kind: 'replay', file, atMs }, ...rest };
}

export function loadReplay(file: string, readFile: ReadFile | undefined): number[] {
  if (readFile === undefined)
    throw new UsageError(`${file}: files cannot be read here; write the times under at`);
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return parseReplay(text, file);
}

import { formatDuration, formatRate, formatShare, formatSize } from '../wire/units.ts';
import type { Fault } from './fault.ts';
import type { FaultFile } from './schema/fault.ts';

/** How long an entry lasts, as it stands in the file. */
export function lengthOf(entry: FaultFile): number {
  if ('down' in entry) return entry.down;
  return entry.for ?? Number.POSITIVE_INFINITY;
}

/** The instants of an entry, milliseconds into the measured time: one, or as many as it is repeated. */
export function instantsOf(entry: FaultFile, durationMs: number): number[] {
  const { at, repeat } = entry;
  if (repeat === undefined) return [at];
  const room = durationMs - at - lengthOf(entry);
  // What takes no time has to begin before the end; what takes some may end with it.
  const fitting = lengthOf(entry) > 0 ? Math.floor(room / repeat.every) + 1 : Math.ceil(room / repeat.every);
  return Array.from({ length: repeat.times ?? Math.max(1, fitting) }, (_, i) => at + i * repeat.every);
}

/** Every fault of the file, repetitions written out, in the order of the file. */
export function resolveFaults(entries: readonly FaultFile[], durationMs: number): Fault[] {
  return entries.flatMap((entry) =>
    instantsOf(entry, durationMs).map((atMs): Fault => resolveFault(entry, atMs)),
  );
}

function resolveFault(entry: FaultFile, atMs: number): Fault {
  const { clients, modes } = entry;
  const common = {
    atMs,
    forMs: lengthOf(entry),
    modes: modes ?? null,
    clients: clients === undefined ? null : typeof clients === 'number' ? { share: clients } : clients,
  };
  switch (entry.kind) {
    case 'server-restart':
      return { ...common, kind: entry.kind, signal: entry.signal };
    case 'connection-reset':
    case 'proxy-502':
      return { ...common, kind: entry.kind, chance: entry.chance };
    case 'proxy-504':
      return { ...common, kind: entry.kind, chance: entry.chance, afterMs: entry.after };
    case 'cut-idle':
      return { ...common, kind: entry.kind, idleMs: entry.idle, how: entry.how };
    case 'add-latency':
      return { ...common, kind: entry.kind, oneWayMs: entry.oneWay, jitterMs: entry.jitter };
    case 'slow-bytes':
      return { ...common, kind: entry.kind, bytesPerS: entry.bytesPerS };
    case 'truncate':
      return { ...common, kind: entry.kind, chance: entry.chance, keep: entry.keep };
    case 'rate-limit':
      return {
        ...common,
        kind: entry.kind,
        ratePerS: entry.rate,
        retryAfterMs: entry.retryAfter,
        form: entry.form,
      };
    default:
      return { ...common, kind: entry.kind };
  }
}

/** The way back: an entry of `faults` that reads as this fault. */
export function writeFault(fault: Fault): Record<string, unknown> {
  const { kind, atMs, forMs, modes, clients } = fault;
  const isRestart = kind === 'server-restart' || kind === 'proxy-restart';
  return {
    at: formatDuration(atMs),
    kind,
    ...(Number.isFinite(forMs) && { [isRestart ? 'down' : 'for']: formatDuration(forMs) }),
    ...ownFields(fault),
    ...(modes !== null && { modes: [...modes] }),
    ...(clients !== null && {
      clients: 'share' in clients ? formatShare(clients.share) : { groups: [...clients.groups] },
    }),
  };
}

function ownFields(fault: Fault): Record<string, unknown> {
  switch (fault.kind) {
    case 'server-restart':
      return { signal: fault.signal };
    case 'connection-reset':
    case 'proxy-502':
      return { chance: formatShare(fault.chance) };
    case 'proxy-504':
      return { after: formatDuration(fault.afterMs), chance: formatShare(fault.chance) };
    case 'cut-idle':
      return { idle: formatDuration(fault.idleMs), how: fault.how };
    case 'add-latency':
      return { oneWay: formatDuration(fault.oneWayMs), jitter: formatDuration(fault.jitterMs) };
    case 'slow-bytes':
      return { bytesPerS: formatSize(fault.bytesPerS) };
    case 'truncate':
      return { keep: formatShare(fault.keep), chance: formatShare(fault.chance) };
    case 'rate-limit':
      return {
        rate: formatRate(fault.ratePerS),
        retryAfter: formatDuration(fault.retryAfterMs),
        form: fault.form,
      };
    default:
      return {};
  }
}

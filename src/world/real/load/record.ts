import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { PollEnd, RunEvent } from '../../../protocol/event.ts';
import { clientEventKinds, pollEnds } from '../../../protocol/event.ts';
import type { Instant } from '../../../protocol/message.ts';

/**
 * Events on their way from a measuring process to the one that counts: eight doubles each, appended to an
 * array in memory (some ten nanoseconds, where a line of JSON would cost microseconds in the middle of a
 * measurement) and to a file once a second, so that a killed process loses a second at most.
 */
const width = 8;
const kinds = [
  'published',
  'poll-sent',
  'poll-ended',
  'delivered',
  'late-stamps',
  ...clientEventKinds,
] as const;
const kindCodes = new Map(kinds.map((kind, code) => [kind as string, code]));
const endCodes = new Map(pollEnds.map((end, code) => [end as string, code]));

/** Fields in the order of the record: kind, client or channel, instant, then five that the kind decides. */
function fieldsOf(event: RunEvent, reasonCode: (reason: string) => number): number[] {
  const kind = kindCodes.get(event.kind)!;
  switch (event.kind) {
    case 'published':
      return [
        kind,
        event.channel,
        event.intendedAt,
        event.message,
        event.sentAt,
        event.acknowledgedAt ?? Number.NaN,
        event.status ?? 0,
        0,
      ];
    case 'poll-sent':
      return [kind, event.client, event.at, event.poll, event.waits ? 1 : 0, 0, 0, 0];
    case 'poll-ended': {
      // Status, end and reason share a field: 1,000 statuses, 10 ends, then the reason's number.
      const how =
        (event.status ?? 0) +
        1000 * endCodes.get(event.end)! +
        10_000 * (event.reason === null ? 0 : 1 + reasonCode(event.reason));
      return [
        kind,
        event.client,
        event.at,
        event.poll,
        event.sentAt,
        how,
        event.messages,
        event.bytesIn + event.bytesOut * 2 ** 26,
      ];
    }
    case 'delivered':
      return [kind, event.client, event.at, event.poll, event.message, 0, 0, 0];
    case 'late-stamps':
      return [kind, 0, event.at, event.deliveries, 0, 0, 0, 0];
    default:
      return [kind, event.client, event.at, event.count, 0, 0, 0, 0];
  }
}

function eventOf(r: Float64Array, i: number, reasons: readonly string[]): RunEvent {
  const kind = kinds[r[i]!]!;
  const client = r[i + 1]!;
  const at = r[i + 2]!;
  const [a, b, c, d, e] = [r[i + 3]!, r[i + 4]!, r[i + 5]!, r[i + 6]!, r[i + 7]!];
  switch (kind) {
    case 'published':
      return {
        kind,
        message: a,
        channel: client,
        intendedAt: at,
        sentAt: b,
        acknowledgedAt: Number.isNaN(c) ? null : c,
        status: d === 0 ? null : d,
      };
    case 'poll-sent':
      return { kind, at, client, poll: a, waits: b === 1 };
    case 'poll-ended': {
      const reason = Math.floor(c / 10_000);
      return {
        kind,
        at,
        client,
        poll: a,
        sentAt: b,
        end: pollEnds[Math.floor(c / 1000) % 10] as PollEnd,
        status: c % 1000 === 0 ? null : c % 1000,
        messages: d,
        reason: reason === 0 ? null : (reasons[reason - 1] ?? 'unknown'),
        bytesIn: e % 2 ** 26,
        bytesOut: Math.floor(e / 2 ** 26),
      };
    }
    case 'delivered':
      return { kind, at, client, poll: a, message: b };
    case 'late-stamps':
      return { kind, at, deliveries: a };
    default:
      return { kind, at, client, count: a };
  }
}

/** Collects the events of one process and appends them to its file. */
export class Recorder {
  readonly #fd: number;
  readonly #onReason: (code: number, reason: string) => void;
  readonly #reasons = new Map<string, number>();
  #buffer = new Float64Array(width * 4096);
  #used = 0;
  #failed: Error | undefined;
  #wholeUntil: Instant = 0;

  /** @param onReason told of every new reason, whose text the file does not hold */
  constructor(file: string, onReason: (code: number, reason: string) => void) {
    this.#fd = openSync(file, 'w');
    this.#onReason = onReason;
  }

  add(event: RunEvent): void {
    if (this.#used === this.#buffer.length) {
      const larger = new Float64Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer.set(
      fieldsOf(event, (reason) => this.#reasonCode(reason)),
      this.#used,
    );
    this.#used += width;
  }

  /** Appends what has been collected. After a failure (a full disk) nothing more is written or kept. */
  flush(): void {
    if (this.#used === 0) return;
    const bytes = new Uint8Array(this.#buffer.buffer, 0, this.#used * 8);
    const lastAt = this.#buffer[this.#used - width + 2]!;
    this.#used = 0;
    if (this.#failed !== undefined) return;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
      this.#wholeUntil = lastAt;
    } catch (error) {
      this.#failed = error as Error;
    }
  }

  /** @throws the first error of the file, if there was one */
  close(): void {
    this.flush();
    closeSync(this.#fd);
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** The newest instant until which the file has everything. */
  get wholeUntil(): Instant {
    return this.#wholeUntil;
  }

  #reasonCode(reason: string): number {
    let code = this.#reasons.get(reason);
    if (code === undefined) {
      code = this.#reasons.size;
      this.#reasons.set(reason, code);
      this.#onReason(code, reason);
    }
    return code;
  }
}

export interface RecordFile {
  readonly file: string;
  readonly reasons: readonly string[];
}

/** The events of several processes as one history, ordered by their instants. Can be read more than once. */
export function readRecords(files: readonly RecordFile[]): () => Iterable<RunEvent> {
  const parts = files.map(({ file, reasons }) => {
    const bytes = readFileSync(file);
    const whole = Math.floor(bytes.length / (width * 8));
    const records = new Float64Array(whole * width);
    new Uint8Array(records.buffer).set(bytes.subarray(0, whole * width * 8));
    // A delivery is stamped when its poll is, but a publish is recorded only once it was answered.
    const order = new Uint32Array(whole)
      .map((_, i) => i)
      .sort((a, b) => records[a * width + 2]! - records[b * width + 2]! || a - b);
    return { records, order, reasons };
  });
  return function* () {
    const next = parts.map(() => 0);
    for (;;) {
      let first = -1;
      let firstAt = Number.POSITIVE_INFINITY;
      for (const [p, part] of parts.entries()) {
        const at = part.records[part.order[next[p]!]! * width + 2];
        if (next[p]! < part.order.length && at !== undefined && at < firstAt) {
          first = p;
          firstAt = at;
        }
      }
      if (first < 0) return;
      const part = parts[first]!;
      yield eventOf(part.records, part.order[next[first]!]! * width, part.reasons);
      next[first]!++;
    }
  };
}

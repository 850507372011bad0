import { Secrets } from './secrets.ts';

/** What went over a connection at once. */
export interface TranscriptEntry {
  readonly at_ms: number;
  /** Numbers the connections from 1; 0 for what is of none. */
  readonly connection: number;
  /** To the server, from the server, or a remark. */
  readonly direction: '>' | '<' | '-';
  /** One character a byte. Credentials are asterisks. */
  readonly bytes: string;
  /** So many bytes are left out, behind the first `headBytes` of `bytes`. */
  readonly elided?: number;
}

/** Of a bigger piece only its beginning and its end are kept. */
const headBytes = 3072;
const tailBytes = 1024;
/** How far around what is kept credentials are looked for. */
const around = 16_384;
/** All entries together, each counted with a little for itself. */
const mostBytes = 65_536;
const entryCost = 32;
/** Stands for what is left out while credentials are looked for: part of a line, and of no credential. */
const gap = '\u0100';

/**
 * What was said on the connections of one row: bounded, and without credentials. Of more than 64 KiB the
 * first and the last half are kept.
 */
export class Transcript {
  readonly #secrets: Secrets;
  readonly #first: TranscriptEntry[] = [];
  readonly #last: TranscriptEntry[] = [];
  #firstCost = 0;
  #lastCost = 0;
  #dropped = { entries: 0, at: 0 };
  #connections = 0;

  /** @param secrets values that must not be seen, wherever they stand */
  constructor(secrets: readonly string[] = []) {
    this.#secrets = new Secrets(secrets);
  }

  nextConnection(): number {
    this.#connections++;
    return this.#connections;
  }

  add(connection: number, direction: '>' | '<', bytes: Uint8Array, at: number): void {
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const elided = raw.length - headBytes - tailBytes;
    if (elided <= 0) {
      return this.#keep({
        at_ms: at,
        connection,
        direction,
        bytes: this.#secrets.cover(raw.toString('latin1')),
      });
    }
    const start = this.#secrets.cover(raw.toString('latin1', 0, headBytes + around));
    const end = this.#secrets.cover(raw.toString('latin1', Math.max(0, raw.length - tailBytes - around)));
    const kept = start.slice(0, headBytes) + end.slice(-tailBytes);
    this.#keep({ at_ms: at, connection, direction, bytes: kept, elided });
  }

  /** A remark; `connection` 0 when it is of none. */
  note(connection: number, text: string, at: number): void {
    this.#keep({ at_ms: at, connection, direction: '-', bytes: this.#secrets.cover(text) });
  }

  /** Everything that was kept, in order, with a remark where something was not. */
  entries(): TranscriptEntry[] {
    const { entries, at } = this.#dropped;
    const remark: TranscriptEntry[] =
      entries === 0
        ? []
        : [{ at_ms: at, connection: 0, direction: '-', bytes: `${entries} entries left out` }];
    return this.#covered([...this.#first, ...remark, ...this.#last]);
  }

  #keep(entry: TranscriptEntry): void {
    const cost = entry.bytes.length + entryCost;
    if (this.#dropped.entries === 0 && this.#last.length === 0 && this.#firstCost + cost <= mostBytes / 2) {
      this.#first.push(entry);
      this.#firstCost += cost;
      return;
    }
    this.#last.push(entry);
    this.#lastCost += cost;
    while (this.#lastCost > mostBytes / 2) {
      const { bytes, at_ms } = this.#last.shift()!;
      this.#lastCost -= bytes.length + entryCost;
      this.#dropped = { entries: this.#dropped.entries + 1, at: at_ms };
    }
  }

  /** Looks once more at each direction of each connection as one text: credentials may have come in pieces. */
  #covered(entries: TranscriptEntry[]): TranscriptEntry[] {
    const streams = new Map<string, number[]>();
    for (const [i, { connection, direction }] of entries.entries()) {
      if (direction === '-') continue;
      const stream = `${connection}${direction}`;
      const places = streams.get(stream);
      if (places === undefined) streams.set(stream, [i]);
      else places.push(i);
    }
    const covered = [...entries];
    for (const places of streams.values()) {
      const joined = places.map((i) => {
        const { bytes, elided } = entries[i]!;
        return elided === undefined ? bytes : bytes.slice(0, headBytes) + gap + bytes.slice(headBytes);
      });
      const whole = this.#secrets.cover(joined.join(''));
      let from = 0;
      for (const [n, i] of places.entries()) {
        const piece = whole.slice(from, from + joined[n]!.length);
        from += joined[n]!.length;
        covered[i] = { ...entries[i]!, bytes: this.#withoutGap(piece, entries[i]!.elided !== undefined) };
      }
    }
    return covered;
  }

  #withoutGap(piece: string, elided: boolean): string {
    return elided ? piece.slice(0, headBytes) + piece.slice(headBytes + 1) : piece;
  }
}

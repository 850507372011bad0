import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';
import type { Lateness } from './lateness.ts';
import type { ReleaseQueue } from './release-queue.ts';

/** What a flow may hold back before it stops reading. */
const mostHeld = 2 ** 20;
/** Slow bytes come so often. */
const pieceEveryMs = 20;

/** `fin`: that half of the connection ends. `reset`, `close`: all of it does, with or without a word. */
export type End = 'fin' | 'reset' | 'close';

export interface FlowPort {
  /** By how much what comes now is to be late, milliseconds. */
  delayMs(): number;
  bytesPerS(): number;
  /** Whether the proxy's own error can be told just now. */
  fair(): boolean;
  /** False: there is no more room until `drained`. */
  write(bytes: Buffer): boolean;
  end(how: End): void;
  /** The side that the bytes come from is to be read, or not. */
  read(on: boolean): void;
}

interface Held {
  bytes: Buffer | null;
  readonly end: End;
  readonly due: Instant;
  /** The reader was not ready for it: what it is late by is not the proxy's error. */
  hindered: boolean;
}

/** One direction of a connection: what comes in is passed on when it is due, in order, and no faster than it is read. */
export class Flow {
  readonly #clock: Clock;
  readonly #queue: ReleaseQueue;
  readonly #lateness: Lateness;
  readonly #port: FlowPort;
  #held: Held[] = [];
  #heldBytes = 0;
  #lastDue = 0;
  /** When the next slow piece may go. */
  #pieceDue = 0;
  #full = false;
  #reading = true;
  /** Raised whenever what was asked of the queue no longer counts. */
  #call = 0;

  constructor(at: { clock: Clock; queue: ReleaseQueue; lateness: Lateness }, port: FlowPort) {
    this.#clock = at.clock;
    this.#queue = at.queue;
    this.#lateness = at.lateness;
    this.#port = port;
  }

  /** Nothing waits here. */
  get empty(): boolean {
    return this.#held.length === 0;
  }

  take(bytes: Buffer): void {
    const came = this.#lateness.came();
    const delay = this.#port.delayMs();
    if (delay === 0 && this.empty && !this.#full && this.#port.bytesPerS() === Number.POSITIVE_INFINITY) {
      this.#write(bytes, came, true);
      this.#breathe();
    } else this.#hold({ bytes, end: 'fin', due: this.#dueIn(delay), hindered: this.#full });
  }

  finish(end: End): void {
    const delay = this.#port.delayMs();
    if (delay === 0 && this.empty) this.#port.end(end);
    else this.#hold({ bytes: null, end, due: this.#dueIn(delay), hindered: false });
  }

  /** There is room again. */
  drained(): void {
    this.#full = false;
    this.hurry();
  }

  /** What holds it back may have changed. */
  hurry(): void {
    this.#call++;
    this.#release();
    this.#breathe();
  }

  /** Forgets what waits. */
  drop(): void {
    this.#call++;
    this.#held = [];
    this.#heldBytes = 0;
    this.#full = false;
    this.#breathe();
  }

  #dueIn(delay: number): Instant {
    this.#lastDue = Math.max(this.#lastDue, this.#clock.now() + delay);
    return this.#lastDue;
  }

  #hold(held: Held): void {
    this.#held.push(held);
    this.#heldBytes += held.bytes?.length ?? 0;
    if (this.#held.length === 1) this.hurry();
    else this.#breathe();
  }

  #release(): void {
    for (let held = this.#held[0]; held !== undefined; held = this.#held[0]) {
      // An end by force does not wait for room.
      if (this.#full && held.bytes !== null) {
        held.hindered = true;
        return;
      }
      const perS = this.#port.bytesPerS();
      const slow = perS !== Number.POSITIVE_INFINITY && held.bytes !== null;
      const due = slow ? Math.max(held.due, this.#pieceDue) : held.due;
      const now = this.#clock.now();
      if (due > now) return this.#callAt(due);
      if (held.bytes === null) {
        this.#held.shift();
        this.#port.end(held.end);
        continue;
      }
      const size = slow ? Math.max(1, Math.floor((perS * pieceEveryMs) / 1000)) : held.bytes.length;
      const piece = held.bytes.subarray(0, size);
      if (slow) {
        // A piece that is a little late makes the next one no later; a pause is not made up for.
        const from = this.#pieceDue < now - pieceEveryMs ? now : this.#pieceDue;
        this.#pieceDue = from + (piece.length / perS) * 1000;
      }
      this.#heldBytes -= piece.length;
      if (piece.length === held.bytes.length) this.#held.shift();
      else {
        held.bytes = held.bytes.subarray(piece.length);
        held.hindered = true;
      }
      this.#write(piece, held.due, !slow && !held.hindered);
      this.#breathe();
    }
  }

  #callAt(due: Instant): void {
    const call = ++this.#call;
    this.#queue.at(due, () => {
      if (call === this.#call) this.#release();
    });
  }

  #write(bytes: Buffer, asked: Instant, measured: boolean): void {
    this.#full = !this.#port.write(bytes);
    if (measured && this.#port.fair()) this.#lateness.add(asked);
  }

  #breathe(): void {
    const on = !this.#full && this.#heldBytes < mostHeld;
    if (on === this.#reading) return;
    this.#reading = on;
    this.#port.read(on);
  }
}

import type { Socket } from 'node:net';
import { ResponseParser } from '../../../wire/response.ts';
import type { Clock } from '../clock.ts';
import { type Dialled, dial, type RawTarget } from './dial.ts';
import { RawExchange } from './exchange.ts';
import type { Transcript } from './transcript.ts';

/**
 * How a connection ended, beside what was answered on it. `fin` and `closed-early`: the server's end, with
 * nothing or with something unanswered; `left-hanging`: still open, or closed by this side, with something
 * unanswered.
 */
export type Ending =
  | 'kept-alive'
  | 'fin'
  | 'rst-after-complete'
  | 'rst-before-complete'
  | 'left-hanging'
  | 'closed-early';

export interface RawOptions {
  readonly clock: Clock;
  readonly transcript: Transcript;
  /**
   * Stop reading by itself once so many bytes came, until `resume`, which lets as many in again. The platform
   * cannot make the kernel's own receive buffer smaller: some MiB more are acknowledged there before the
   * server feels that nobody reads.
   */
  readonly receiveWindow?: number;
}

/** What answers under way may take together: one of 64 MiB is nothing, a thousand are all the memory there is. */
const mostUnderWay = 192 * 2 ** 20;
/** Nobody is cut off for less than this, or the innocent would be, too. */
const harmless = 2 ** 18;
let underWay = 0;

/** One connection to a server, on which a case says exactly what it wants, byte by byte. */
export class RawConnection {
  /** Numbers the connections of one transcript, from 1. */
  readonly id: number;
  readonly localPort: number;
  /** How the server ended it. While reading is paused its end is not seen. After `reset` of this side: `rst`. */
  readonly closed: Promise<'fin' | 'rst'>;
  readonly #stream: Socket;
  readonly #tcp: Socket;
  readonly #clock: Clock;
  readonly #transcript: Transcript;
  readonly #parser = new ResponseParser();
  readonly #window: number;
  /** Its part of what is under way. */
  #kept = 0;
  /** Writes that the kernel has not taken whole. */
  #unwritten = 0;
  readonly #awaitingFlush: (() => void)[] = [];
  #room: number;
  #readAt: number;
  #end: 'fin' | 'rst' | undefined;
  #ending: Ending | undefined;
  #resolveClosed!: (how: 'fin' | 'rst') => void;

  private constructor({ stream, tcp }: Dialled, { clock, transcript, receiveWindow }: RawOptions) {
    this.#stream = stream;
    this.#tcp = tcp;
    this.#clock = clock;
    this.#transcript = transcript;
    this.#window = receiveWindow ?? Number.POSITIVE_INFINITY;
    this.#room = this.#window;
    this.#readAt = clock.now();
    this.id = transcript.nextConnection();
    this.localPort = tcp.localPort ?? 0;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    stream.on('end', () => this.#ended(this.#looksReset ? 'rst' : 'fin'));
    // Of a TLS connection either layer may be the first to hear of a reset.
    for (const socket of new Set([stream, tcp])) {
      socket.on('error', () => this.#ended('rst')).on('close', () => this.#ended('rst'));
    }
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  /** @throws Error in plain words when the connection cannot be made */
  static async open(target: RawTarget, options: RawOptions): Promise<RawConnection> {
    return new RawConnection(await dial(target), options);
  }

  /** Whether it is over, by the server or by `reset`. */
  get isClosed(): boolean {
    return this.#ending !== undefined;
  }

  /** Bytes that belong to no expected answer. */
  get strayBytes(): number {
    return this.#parser.strayBytes;
  }

  /** Everything that was wrong with what the server sent here, each with its RFC section. */
  get violations(): readonly string[] {
    return this.#parser.violations;
  }

  /** Bytes written that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#stream.writableLength;
  }

  /** Sends bytes as they are; text as UTF-8. On a connection that is over they go nowhere. */
  write(bytes: string | Uint8Array): void {
    const raw = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
    const now = this.#clock.now();
    if (!this.#stream.writable) {
      return this.#transcript.note(this.id, `${raw.length} bytes not sent: the connection is closed`, now);
    }
    this.#transcript.add(this.id, '>', raw, now);
    this.#unwritten++;
    this.#stream.write(raw, () => {
      if (--this.#unwritten === 0) for (const done of this.#awaitingFlush.splice(0)) done();
    });
  }

  /** Comes back once the kernel has taken all that was written, or the connection is over. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed || this.#unwritten === 0) return resolve();
      // Not by `drain`, which a stream that was never full has no reason to emit: over TLS every write waits.
      this.#awaitingFlush.push(resolve);
      void this.closed.then(() => resolve());
    });
  }

  /** Writes a whole request, and expects one answer to it. */
  request(bytes: string | Uint8Array, method: string): RawExchange {
    const start = typeof bytes === 'string' ? bytes.slice(0, 8192) : bytes.subarray(0, 8192);
    const line = /^[^\n]*/.exec(
      typeof start === 'string' ? start : Buffer.from(start).toString('latin1'),
    )![0];
    const exchange = this.expect(method, /HTTP\/1\.0\r?$/.test(line) ? '1.0' : '1.1');
    this.write(bytes);
    return exchange;
  }

  /** Expects one answer more, to bytes that were or will be written. `version` is that of the request. */
  expect(method: string, version: '1.0' | '1.1' = '1.1'): RawExchange {
    const connection = this;
    const exchange = new RawExchange(method, {
      clock: this.#clock,
      get readAt() {
        return connection.#readAt;
      },
      get end() {
        return connection.#end;
      },
      violations: this.#parser.violations,
    });
    if (this.#ending !== undefined) this.#readAt = this.#clock.now();
    this.#parser.expect({ method, version }, exchange);
    return exchange;
  }

  /** Stops reading. Nothing is seen of the server then, its end included. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#room = this.#window;
    if (!this.isClosed) this.#stream.resume();
  }

  /** Ends this side's half once everything written is sent; answers can still come. */
  fin(): void {
    if (!this.#stream.writable) return;
    this.#transcript.note(this.id, 'this side ends its half', this.#clock.now());
    this.#stream.end();
  }

  /** Drops the connection with a RST; what was not sent is lost. */
  reset(): void {
    if (this.#tcp.destroyed) return;
    if (this.#ending === undefined) {
      this.#transcript.note(this.id, 'this side resets the connection', this.#clock.now());
      this.#readAt = this.#clock.now();
      this.#ending = this.#unanswered ? 'left-hanging' : 'kept-alive';
      this.#parser.closed('closed');
      this.#weigh();
      this.#resolveClosed('rst');
    }
    this.#outside(() => {
      this.#tcp.resetAndDestroy();
      this.#stream.destroy();
    });
  }

  /** How it ended, or that it did not. */
  ending(): Ending {
    return this.#ending ?? (this.#unanswered ? 'left-hanging' : 'kept-alive');
  }

  /**
   * Whoever awaits an answer over TLS goes on while the platform is still at work on the bytes that brought it:
   * taking the connection below away from it just then crashes the process.
   */
  #outside(act: () => void): void {
    if (this.#stream === this.#tcp) act();
    else setImmediate(act);
  }

  get #unanswered(): boolean {
    return this.#parser.outstanding > 0 || this.#parser.lost !== undefined;
  }

  /**
   * A reset that is read together with the last bytes before it is reported as an ordinary end. The kernel
   * knows better: it has no peer any more. (Nor has it one when this side had ended first, so that there the
   * two stay the same.)
   */
  get #looksReset(): boolean {
    return !this.#stream.writableEnded && this.#tcp.remoteAddress === undefined;
  }

  #weigh(): void {
    const kept = this.#parser.keptBytes;
    underWay += kept - this.#kept;
    this.#kept = kept;
  }

  #read(bytes: Buffer): void {
    this.#readAt = this.#clock.now();
    this.#transcript.add(this.id, '<', bytes, this.#readAt);
    if (this.isClosed) return;
    this.#parser.feed(bytes);
    this.#weigh();
    if (underWay > mostUnderWay && this.#kept > harmless) this.#parser.giveUp();
    // It may never end: nobody would look at the rest.
    if (this.#parser.lost === 'too-big') return this.reset();
    this.#room -= bytes.length;
    if (this.#room <= 0) this.pause();
  }

  #ended(how: 'fin' | 'rst'): void {
    if (this.#ending !== undefined) return;
    this.#readAt = this.#clock.now();
    this.#end = how;
    this.#transcript.note(
      this.id,
      how === 'fin' ? 'the server ends' : 'the connection is reset',
      this.#readAt,
    );
    const lost = this.#parser.lost !== undefined;
    // Who has ended this side first is owed nothing more, and may rightly get the rest or not.
    const cut = this.#parser.closed(how, this.#stream.writableEnded) || lost;
    this.#weigh();
    this.#ending =
      how === 'fin' ? (cut ? 'closed-early' : 'fin') : cut ? 'rst-before-complete' : 'rst-after-complete';
    // Nothing can come any more, so nobody is served by keeping the other half.
    if (how === 'fin') this.#stream.end();
    else this.#outside(() => this.#tcp.destroy());
    this.#resolveClosed(how);
  }
}

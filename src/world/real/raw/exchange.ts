import { membersOf } from '../../../wire/response/fields.ts';
import type {
  BrokenResponse,
  Interim,
  Response,
  ResponseHead,
  ResponsePort,
} from '../../../wire/response.ts';
import type { Clock } from '../clock.ts';
import { callAt } from '../timer.ts';
import { type Cut, headersOf, type RawAnswer } from './answer.ts';
import { decodeContent } from './decode.ts';

/** What a content may grow to when it is decoded. */
const mostDecoded = 64 * 2 ** 20;

export type ExchangeState = 'silent' | 'head' | 'body' | 'complete' | 'cut';

/** What an exchange asks its connection. */
export interface Surroundings {
  readonly clock: Clock;
  /** When the bytes being read came, or when the end was seen. */
  readonly readAt: number;
  /** How the connection ended, if it did. */
  readonly end: 'fin' | 'rst' | undefined;
  /** What was wrong on the whole connection. */
  readonly violations: string[];
}

/** One request and what comes back for it. */
export class RawExchange implements ResponsePort {
  readonly method: string;
  /** When the answer began to be expected: for `request`, just before its bytes went to the kernel. */
  readonly sentAt: number;
  /** Never rejects. */
  readonly answer: Promise<RawAnswer | Cut>;
  /** The first interim answer; for ever pending if there is none. */
  readonly firstInterim: Promise<Interim>;
  #state: ExchangeState = 'silent';
  #bytesSoFar = 0;
  #headAt = 0;
  #settle!: (answer: RawAnswer | Cut) => void;
  #interimCame!: (interim: Interim) => void;
  readonly #around: Surroundings;

  constructor(method: string, around: Surroundings) {
    this.method = method;
    this.#around = around;
    this.sentAt = around.clock.now();
    this.answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.firstInterim = new Promise((resolve) => {
      this.#interimCame = resolve;
    });
  }

  /** `head` from the first byte on, `body` once the head of the final answer is there. */
  get state(): ExchangeState {
    return this.#state;
  }

  /** Bytes that came for it, head and interim answers included. */
  get bytesSoFar(): number {
    return this.#bytesSoFar;
  }

  /**
   * The answer if it is there within so many milliseconds. What has reached this machine by then counts, also
   * when this process was too busy to read it.
   */
  within(ms: number): Promise<RawAnswer | Cut | undefined> {
    const { clock } = this.#around;
    return new Promise((resolve) => {
      // Sockets are read after timers have rung: one turn more, so that bytes in the kernel are not missed.
      const alarm = callAt(clock, clock.now() + ms, () => setImmediate(() => resolve(undefined)));
      void this.answer.then((answer) => {
        alarm.cancel();
        resolve(answer);
      });
    });
  }

  received(count: number): void {
    this.#bytesSoFar += count;
    if (this.#state === 'silent') this.#state = 'head';
  }

  interim(interim: Interim): void {
    this.#interimCame(interim);
  }

  head(_head: ResponseHead): void {
    this.#state = 'body';
    this.#headAt = this.#around.readAt;
  }

  complete({ content, violations, ...response }: Response): void {
    this.#state = 'complete';
    const codings = membersOf(response.rawHeaders, 'content-encoding');
    const { bytes, problem } = decodeContent(content, codings, mostDecoded);
    if (problem !== undefined) this.#around.violations.push(problem);
    this.#settle({
      ...response,
      headers: headersOf(response.rawHeaders),
      // Not a TextDecoder: that takes a byte order mark off.
      text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
      bytes,
      wireBytes: content,
      headAt: this.#headAt,
      at: this.#around.readAt,
      violations: problem === undefined ? violations : [...violations, problem],
    });
  }

  broken({ why, status, violations }: BrokenResponse): void {
    this.#state = 'cut';
    this.#settle({
      cut: why === 'ended' ? (this.#around.end ?? 'closed') : 'closed',
      at: this.#around.readAt,
      ...(status !== undefined && { status }),
      ...(why !== 'ended' && { why }),
      violations,
    });
  }
}

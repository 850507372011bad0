import { ResponseParser } from '../../../wire/response.ts';
import type { Verdict, Weather } from '../../weather.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';
import { madeAnswer } from './made-answer.ts';
import { type RequestHead, RequestReader } from './request-reader.ts';

/** What a client may send ahead before it is no longer read. */
const mostEarly = 2 ** 16;
/** An answer is only followed to its end here, so it may be as long as it likes within reason. */
const limits = { contentBytes: 2 ** 26, headBytes: 2 ** 18 };

export interface TurnsPort {
  /** Bytes of a request, as they came. */
  passUp(bytes: Buffer): void;
  /** An answer of the proxy's own; the connection ends with it when it does not stay. */
  answer(bytes: Buffer, stays: boolean): void;
  /** What was asked of the server is of no interest any more. */
  dropUpstream(): void;
  /** The client has ended its half, and all that it sent has been passed on or answered. */
  clientEnded(): void;
  read(on: boolean): void;
}

interface Turn {
  readonly request: RequestHead;
  /** It went to the server, and what is still to come of it does too. */
  passed: boolean;
  /** Bytes of its final answer have been passed on. */
  begun: boolean;
  answered: boolean;
  /** When it will be refused. */
  alarm: Alarm | null;
}

/**
 * Follows one client's requests and the server's answers in bytes that are passed on unchanged, one request at a time,
 * so that the proxy can answer one itself and stay in step. What cannot be read is passed on unread from there on.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #weather: Weather;
  readonly #port: TurnsPort;
  readonly #requests = new RequestReader();
  #answers = new ResponseParser(limits);
  #turn: Turn | null = null;
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #blind = false;
  #ended = false;
  #over = false;
  /** Bytes are being looked at: what comes of them is not the end. */
  #busy = false;

  constructor(at: { readonly clock: Clock; readonly weather: Weather }, port: TurnsPort) {
    this.#clock = at.clock;
    this.#weather = at.weather;
    this.#port = port;
  }

  fromClient(bytes: Buffer): void {
    if (this.#over) return;
    if (this.#blind) this.#port.passUp(bytes);
    else if (this.#waits) this.#keep(bytes);
    else this.#read(bytes);
  }

  /** Bytes of the server have just been passed on to the client. */
  fromUpstream(bytes: Buffer): void {
    if (!this.#blind) this.#answers.feed(bytes);
  }

  /** The client has sent all that it will. */
  clientEnded(): void {
    this.#ended = true;
    this.#end();
  }

  /** Answers the request that is open now. False: there is none, or its answer has begun. */
  answerOpen(status: 204 | 502 | 504): boolean {
    const turn = this.#turn;
    if (turn === null || turn.begun || turn.answered) return false;
    this.#refuse(turn, status === 502 ? { status } : { status, afterMs: 0 });
    return true;
  }

  /** The connection is over. */
  close(): void {
    this.#over = true;
    this.#turn?.alarm?.cancel();
  }

  /** A request is whole, and its answer is not. */
  get #waits(): boolean {
    return this.#turn !== null && this.#requests.whole;
  }

  #read(bytes: Buffer): void {
    this.#busy = true;
    let rest: Buffer | null = bytes;
    while (rest !== null && rest.length > 0 && !this.#over) {
      if (this.#waits) {
        this.#keep(rest);
        break;
      }
      rest = this.#readPart(rest);
      this.#settle();
    }
    this.#busy = false;
  }

  /** What is left to be read; null: nothing, or nothing can be. */
  #readPart(bytes: Buffer): Buffer | null {
    const part = this.#requests.next(bytes);
    if (part.kind === 'more') return null;
    if (part.kind === 'unreadable') {
      this.#goBlind(part.bytes);
      return null;
    }
    if (part.kind === 'head') this.#begin(part.head, part.bytes);
    else if (this.#turn?.passed === true) this.#port.passUp(part.bytes);
    return part.rest;
  }

  #keep(bytes: Buffer): void {
    this.#early.push(bytes);
    this.#earlyBytes += bytes.length;
    if (this.#earlyBytes > mostEarly) this.#port.read(false);
  }

  #begin(request: RequestHead, bytes: Buffer): void {
    const now = this.#clock.now();
    const verdict = this.#weather.requestCame(now);
    const turn: Turn = { request, passed: verdict === null, begun: false, answered: false, alarm: null };
    this.#turn = turn;
    if (verdict === null) {
      this.#expect(turn);
      this.#port.passUp(bytes);
    } else if (verdict.status === 504 && verdict.afterMs > 0) {
      turn.alarm = callAt(this.#clock, now + verdict.afterMs, () => this.#refuse(turn, verdict));
    } else this.#refuse(turn, verdict);
  }

  #expect(turn: Turn): void {
    this.#answers.expect(turn.request, {
      received: () => {
        turn.begun = true;
      },
      interim: () => {
        turn.begun = false;
      },
      head: ({ status }) => {
        if (status === 101) this.#blind = true;
      },
      complete: () => {
        turn.answered = true;
        if (this.#blind) this.#goBlind(Buffer.alloc(0));
        else this.#settle();
      },
      broken: () => this.#goBlind(Buffer.alloc(0)),
    });
  }

  #refuse(turn: Turn, verdict: Verdict): void {
    turn.alarm?.cancel();
    if (turn.passed) {
      this.#port.dropUpstream();
      this.#answers = new ResponseParser(limits);
    }
    turn.passed = false;
    turn.answered = true;
    const { request } = turn;
    const bytes = madeAnswer(verdict, request, { clock: this.#clock, now: this.#clock.now() });
    this.#port.answer(bytes, request.stays);
    this.#settle();
    this.#end();
  }

  /** Goes on to the next request once one is whole and answered. */
  #settle(): void {
    if (this.#over || this.#turn?.answered !== true || !this.#requests.whole) return;
    this.#turn = null;
    if (this.#busy) return;
    if (this.#earlyBytes > 0) this.#read(this.#takeEarly());
    this.#end();
  }

  #end(): void {
    if (!this.#ended || this.#over || this.#busy || this.#earlyBytes > 0) return;
    // A server that is asked, or that may be told half a request, hears of the end; nobody else has to.
    if (this.#turn !== null && !this.#turn.passed && !this.#turn.answered) return;
    const begun = this.#requests.takeKept();
    if (begun.length > 0) this.#port.passUp(begun);
    this.#ended = false;
    this.#port.clientEnded();
  }

  #goBlind(bytes: Buffer): void {
    this.#blind = true;
    this.#turn = null;
    const all = Buffer.concat([this.#requests.takeKept(), bytes, this.#takeEarly()]);
    if (all.length > 0) this.#port.passUp(all);
    this.#end();
  }

  #takeEarly(): Buffer {
    const early = Buffer.concat(this.#early);
    this.#early = [];
    this.#earlyBytes = 0;
    this.#port.read(true);
    return early;
  }
}

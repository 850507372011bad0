import type { Random } from '../../protocol/random.ts';
import { encodeRequest, type HttpRequest } from '../../wire/request.ts';
import type { Cut, RawAnswer } from '../../world/real/raw/answer.ts';
import type { RawConnection } from '../../world/real/raw/connection.ts';
import type { RawExchange } from '../../world/real/raw/exchange.ts';
import type { Lines } from './lines.ts';
import type { Pace } from './pace.ts';
import type { Target } from './target.ts';

/** How a request is written, where a row wants it otherwise. */
export interface Writing {
  /** Use this connection instead of an idle one. */
  readonly connection?: RawConnection | undefined;
  /** Never an idle connection. */
  readonly fresh?: boolean | undefined;
  readonly version?: '1.0' | '1.1' | undefined;
  /** Says `Connection: close`. */
  readonly close?: boolean | undefined;
  readonly method?: string | undefined;
  /** In place of the body that the profile gives. */
  readonly body?: string | Uint8Array | undefined;
  readonly extra?: readonly (readonly [string, string])[] | undefined;
  /** Text put after the path, such as `&random=1`; joined by `?` where there is no query yet. */
  readonly query?: string | undefined;
  /** The request target in absolute form, as a proxy is asked. */
  readonly absolute?: boolean | undefined;
}

/** What everything in one row stands on. */
export class Ground {
  readonly target: Target;
  readonly pace: Pace;
  readonly random: Random;
  readonly lines: Lines;
  /** Unlike any other run's and row's: part of every name and message. */
  readonly mark: string;
  #count = 0;

  constructor(options: { target: Target; pace: Pace; random: Random; lines: Lines; mark: string }) {
    this.target = options.target;
    this.pace = options.pace;
    this.random = options.random;
    this.lines = options.lines;
    this.mark = options.mark;
  }

  /** A number that no other name of this row has. */
  next(): number {
    return ++this.#count;
  }

  nonce(): string {
    return String(this.random()).slice(2);
  }

  /** The request with the person's headers and the row's wishes. */
  shape(request: HttpRequest, { method, query, absolute, body }: Writing = {}): HttpRequest {
    const inside =
      query === undefined
        ? request.path
        : `${request.path}${request.path.includes('?') ? '&' : '?'}${query.replace(/^[?&]/, '')}`;
    const path = absolute === true ? `${request.base ?? this.target.origin}${inside}` : inside;
    const headers = { ...this.target.headers, ...request.headers };
    return {
      ...request,
      path,
      headers,
      ...(method !== undefined && { method }),
      ...(body !== undefined && { body }),
    };
  }

  /** The request's bytes, as `send` would write them. */
  encode(request: HttpRequest, writing: Writing = {}): Uint8Array {
    const { version, close, extra } = writing;
    const shaped = this.shape(request, writing);
    return encodeRequest(shaped.base ?? this.target.origin, shaped, {
      ...(version !== undefined && { version }),
      ...(close !== undefined && { close }),
      ...(extra !== undefined && { extra: extra.map(([name, value]): [string, string] => [name, value]) }),
    });
  }

  /** Writes a request and expects one answer. @throws Unclear when there is no connection to be had */
  async send(
    request: HttpRequest,
    writing: Writing = {},
  ): Promise<{ connection: RawConnection; exchange: RawExchange }> {
    const origin = request.base ?? this.target.origin;
    const connection =
      writing.connection ?? (await (writing.fresh ? this.lines.open(origin) : this.lines.take(origin)));
    const exchange = connection.request(this.encode(request, writing), writing.method ?? request.method);
    if (writing.connection === undefined) {
      void exchange.answer.then((answer) => this.lines.giveBack(connection, answer, origin));
    }
    return { connection, exchange };
  }

  /** The answer to a request, or undefined when it has not come within so many milliseconds. */
  async answer(
    request: HttpRequest,
    ms: number,
    writing: Writing = {},
  ): Promise<RawAnswer | Cut | undefined> {
    const { exchange } = await this.send(request, writing);
    return exchange.within(ms);
  }
}

import type { IdleCut } from '../../proxy-fault.ts';
import type { Basis } from './agenda.ts';
import type { Connection, Exchange, Result } from './exchange.ts';
import type { DisturbedServer } from './server.ts';

/** Slow bytes come so often (`world/real/proxy/flow.ts`). */
const pieceEveryMs = 20;
/** So often, and with so long in between, HAProxy tries to connect anew (`retries`; `timeout connect` is no shorter). */
const mostRetries = 3;
const retryEveryMs = 1000;

export interface PassagesPort {
  /** A connection has ended for its client. */
  over(connection: Connection): void;
}

/**
 * What becomes of what passes between clients and the server, request by request. (As `world/real/proxy/passage.ts`
 * and `turns.ts` with bytes; on connections without a weather everything passes at once.)
 */
export class Passages {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  readonly #port: PassagesPort;

  constructor(basis: Basis, server: DisturbedServer, port: PassagesPort) {
    this.#basis = basis;
    this.#server = server;
    this.#port = port;
  }

  /** A request has come out of its client's connection. */
  request(connection: Connection, exchange: Exchange): void {
    const { agenda } = this.#basis;
    const { weather, client } = connection;
    const verdict = weather?.requestCame(agenda.now) ?? null;
    if (verdict === null) {
      exchange.phase = 'passed';
      connection.waiting = true;
      connection.lastByteAt = agenda.now;
      this.#watch(connection);
      return this.#up(connection, () => this.#toServer(connection, exchange));
    }
    exchange.phase = 'kept';
    if (verdict.status === 429) {
      const { status, retryAfterMs, form } = verdict;
      return this.#refuse(connection, exchange, {
        kind: 'status',
        status,
        retryAfterMs: form === 'seconds' ? Math.ceil(retryAfterMs / 1000) * 1000 : this.#byDate(retryAfterMs),
      });
    }
    const result = { kind: 'status', status: verdict.status } as const;
    if (!('afterMs' in verdict) || verdict.afterMs === 0) return this.#refuse(connection, exchange, result);
    agenda.at(agenda.now + verdict.afterMs, client, () => {
      if (connection.exchange === exchange && exchange.phase === 'kept' && connection.state === 'open')
        this.#refuse(connection, exchange, result);
    });
  }

  /** The server has given an answer; nobody may be there to hear it. */
  answer(exchange: Exchange, result: Result, closes: boolean): void {
    const { connection } = exchange;
    exchange.poll = 0;
    if (connection === undefined || exchange.dropped) return;
    if (connection.state !== 'open' || connection.exchange !== exchange) return;
    // What stands before the server may have answered for it.
    if (exchange.phase !== 'passed') return;
    if (this.#basis.spec.behindIdleMs !== null) closes = false;
    const fate = connection.waiting ? (connection.weather?.answerBegins() ?? 'passes') : 'passes';
    connection.waiting = false;
    if (fate === 'reset') return this.cut(connection, 'ECONNRESET');
    exchange.phase = 'begun';
    if (fate === 'passes') return this.#down(connection, exchange, result, closes);
    exchange.dropped = true;
    this.#down(connection, exchange, { kind: 'broken', reason: 'truncated', definite: false }, true);
  }

  /** Answers the request that waits; false: there is none, or its answer is on the way. */
  answerOpen(connection: Connection, status: 204 | 502 | 504): boolean {
    const { exchange } = connection;
    if (connection.state !== 'open' || exchange === undefined) return false;
    if (exchange.phase !== 'passed' && exchange.phase !== 'kept') return false;
    this.#refuse(connection, exchange, { kind: 'status', status });
    return true;
  }

  /** Neither side hears anything from now on. */
  silence(connection: Connection): void {
    if (connection.state === 'over') return;
    connection.state = 'silent';
    connection.waiting = false;
    connection.downCall++;
    // A request that is still on its way up does not come any more.
    if (connection.exchange?.poll === 0) connection.exchange.dropped = true;
  }

  /** Both sides are told that it is over. @param reason how the client says so */
  cut(connection: Connection, reason: 'ECONNRESET' | 'closed'): void {
    const exchange = this.#end(connection);
    if (exchange === undefined) return;
    this.#drop(exchange);
    exchange.port.told({ kind: 'broken', reason, definite: false });
  }

  /** The client ends it: the server hears of that as soon as of anything. */
  leave(connection: Connection): void {
    const silent = connection.state === 'silent';
    const exchange = this.#end(connection);
    if (exchange === undefined || silent) return;
    this.#up(connection, () => this.#drop(exchange));
  }

  /** The server has ended its side of every connection. @param idleOnly those that are answered whole */
  serverLeft(connection: Connection): void {
    if (connection.state !== 'open') return;
    const { exchange } = connection;
    if (this.#basis.spec.behindIdleMs === null) {
      // An answer on its way down is followed by the end.
      if (exchange?.phase === 'begun') connection.closes = true;
      else if (exchange?.phase !== 'kept') this.cut(connection, 'closed');
    } else if (exchange?.phase === 'passed') {
      // HAProxy leaves it to a client that knows its connection as one to be used again to try once more.
      if (this.#basis.spec.behindProxy === 'haproxy' && connection.used) this.cut(connection, 'closed');
      else this.answer(exchange, badGateway, false);
    }
  }

  /** Other faults than before are under way. */
  weatherChanged(connection: Connection): void {
    this.#watch(connection);
    const { exchange, weather } = connection;
    if (exchange?.phase !== 'begun' || weather === undefined) return;
    if (weather.bytesPerS === Number.POSITIVE_INFINITY) connection.hurry?.();
  }

  /** A proxy finds nobody behind it: nginx says so, and HAProxy tries again first. */
  #knock(connection: Connection, exchange: Exchange, left: number): void {
    const { agenda, spec } = this.#basis;
    if (spec.behindProxy !== 'haproxy') return this.answer(exchange, badGateway, false);
    if (left === 0) return this.answer(exchange, unavailable, false);
    agenda.at(agenda.now + retryEveryMs, connection.client, () => {
      if (exchange.phase === 'passed' && connection.exchange === exchange && connection.state === 'open')
        this.#toServer(connection, exchange, left - 1);
    });
  }

  #toServer(connection: Connection, exchange: Exchange, retries = mostRetries): void {
    const { agenda, spec } = this.#basis;
    if (exchange.dropped || connection.state === 'silent') return;
    if (spec.behindIdleMs !== null) {
      if (this.#server.state === 'down') return this.#knock(connection, exchange, retries);
      agenda.at(agenda.now + spec.behindIdleMs, connection.client, () => {
        if (exchange.phase !== 'passed' || exchange.dropped || connection.state !== 'open') return;
        this.#server.gone(exchange);
        this.answer(exchange, { kind: 'status', status: 504 }, false);
      });
    } else if (this.#server.state === 'down') return this.cut(connection, 'ECONNRESET');
    this.#server.polled(exchange);
  }

  #refuse(connection: Connection, exchange: Exchange, result: Result): void {
    if (exchange.phase === 'passed') this.#drop(exchange);
    exchange.phase = 'begun';
    connection.waiting = false;
    this.#down(connection, exchange, result, false);
  }

  #drop(exchange: Exchange): void {
    exchange.dropped = true;
    if (exchange.poll !== 0) this.#server.gone(exchange);
  }

  /** Ends it for the client. @returns what was open on it */
  #end(connection: Connection): Exchange | undefined {
    if (connection.state === 'over') return undefined;
    connection.state = 'over';
    connection.waiting = false;
    connection.downCall++;
    const { exchange } = connection;
    connection.exchange = undefined;
    this.#port.over(connection);
    return exchange;
  }

  /** What passes to the server is there when it is due, in order. */
  #up(connection: Connection, arrive: () => void): void {
    const { agenda } = this.#basis;
    const due = Math.max(connection.upFreeAt, agenda.now + (connection.weather?.delayMs() ?? 0));
    connection.upFreeAt = due;
    if (due === agenda.now) arrive();
    else agenda.at(due, connection.client, arrive);
  }

  #down(connection: Connection, exchange: Exchange, result: Result, closes: boolean): void {
    const { agenda } = this.#basis;
    const { weather } = connection;
    connection.closes ||= closes;
    const due = Math.max(connection.downFreeAt, agenda.now + (weather?.delayMs() ?? 0));
    connection.downFreeAt = due;
    const call = ++connection.downCall;
    const arrive = (): void => {
      if (call === connection.downCall) this.#arrived(connection, exchange, result);
    };
    const slow = this.#slowMs(connection, due, result);
    if (due + slow === agenda.now) return arrive();
    agenda.at(due + slow, connection.client, arrive);
    // Where the bytes are not slow any more, what is left of them comes at once.
    if (slow > 0) connection.hurry = () => agenda.at(Math.max(due, agenda.now), connection.client, arrive);
  }

  /** By how much later than its first piece the last one of an answer goes. */
  #slowMs(connection: Connection, due: number, result: Result): number {
    const perS = connection.weather?.bytesPerS ?? Number.POSITIVE_INFINITY;
    if (perS === Number.POSITIVE_INFINITY || result.kind === 'broken') return 0;
    const { bytes } = this.#basis.spec;
    const length =
      result.kind === 'messages' ? bytes.answer + result.messages.length * bytes.message : bytes.empty;
    const size = Math.max(1, Math.floor((perS * pieceEveryMs) / 1000));
    const first = Math.max(due, connection.pieceAt);
    connection.pieceAt = first + (length / perS) * 1000;
    return first - due + (Math.floor((length - 1) / size) * size * 1000) / perS;
  }

  #arrived(connection: Connection, exchange: Exchange, result: Result): void {
    connection.downCall++;
    connection.hurry = undefined;
    connection.exchange = undefined;
    connection.idleSince = this.#basis.agenda.now;
    connection.used = true;
    if (connection.closes) this.#end(connection);
    else this.#expire(connection);
    exchange.port.told(result);
  }

  /** A client ends a connection that it has not used for so long. */
  #expire(connection: Connection): void {
    if (connection.expiring) return;
    connection.expiring = true;
    const { agenda, spec } = this.#basis;
    agenda.at(connection.idleSince + spec.keepAliveMs, connection.client, () => {
      connection.expiring = false;
      if (connection.state === 'over' || connection.exchange !== undefined) return;
      if (connection.idleSince + spec.keepAliveMs > agenda.now) this.#expire(connection);
      else this.leave(connection);
    });
  }

  /** Looks when a request will have waited for longer than the weather allows; an alarm that is set looks again. */
  #watch(connection: Connection): void {
    const due = idleUntil(connection);
    if (due === null || connection.watched) return;
    connection.watched = true;
    this.#basis.agenda.at(due, connection.client, () => {
      connection.watched = false;
      const then = idleUntil(connection);
      if (then === null) return;
      if (then > this.#basis.agenda.now) this.#watch(connection);
      else this.#cutIdle(connection, connection.weather!.idle!.how);
    });
  }

  #cutIdle(connection: Connection, how: IdleCut): void {
    if (how === '504' && this.answerOpen(connection, 504)) return;
    if (how === '204' && this.answerOpen(connection, 204)) return;
    this.cut(connection, how === 'close' ? 'closed' : 'ECONNRESET');
  }

  /** What a client reads out of a Retry-After of whole seconds that it holds against the answer's own date. */
  #byDate(retryAfterMs: number): number {
    const { now } = this.#basis.agenda;
    const second = (ms: number): number => Math.floor(ms / 1000) * 1000;
    return second(now + retryAfterMs + 999) - second(now);
  }
}

/** What a proxy says when the server breaks its connection, and nginx also when it does not listen. */
const badGateway: Result = { kind: 'status', status: 502 };
/** What HAProxy says when the server does not listen. */
const unavailable: Result = { kind: 'status', status: 503 };

/** Null: for ever. */
function idleUntil({ weather, waiting, lastByteAt }: Connection): number | null {
  if (!waiting || weather?.idle == null) return null;
  return Math.max(lastByteAt, weather.idle.since) + weather.idle.idleMs;
}

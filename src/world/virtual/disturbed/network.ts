import type { Instant } from '../../../protocol/message.ts';
import type { Weather } from '../../weather.ts';
import type { Basis } from './agenda.ts';
import type { Climate } from './climate.ts';
import { Connection, type Exchange, type Result } from './exchange.ts';
import { Passages } from './passages.ts';
import type { DisturbedServer, ServerPort } from './server.ts';

/**
 * The connections of all clients, one each, and what stands before the server: a proxy for faults where there are
 * any on the way, then a real proxy that ends what waits for too long. Both cost no time.
 */
export class Network implements ServerPort {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  readonly #climate: Climate;
  readonly passages: Passages;
  /** Of each client, the one that its next request goes out on. */
  readonly #current: (Connection | undefined)[] = [];
  /** Set aside by clients without a network: open, and never used again. */
  readonly #ghosts = new Map<number, Connection[]>();

  constructor(basis: Basis, server: DisturbedServer, climate: Climate) {
    this.#basis = basis;
    this.#server = server;
    this.#climate = climate;
    this.passages = new Passages(basis, server, {
      over: (connection) => this.#forget(connection),
    });
  }

  /** A request leaves its client's machine. */
  ask(exchange: Exchange): void {
    const connection = this.#current[exchange.client] ?? this.#open(exchange);
    if (connection === undefined) return;
    exchange.written = true;
    exchange.connection = connection;
    connection.exchange = exchange;
    if (connection.state === 'silent') return;
    const { agenda } = this.#basis;
    if (connection.upFreeAt <= agenda.now) return this.passages.request(connection, exchange);
    // The proxy has not looked at the new connection yet.
    agenda.at(connection.upFreeAt, exchange.client, () => {
      if (connection.state === 'open' && connection.exchange === exchange)
        this.passages.request(connection, exchange);
    });
  }

  /** The client ends its connections, also those that were set aside. */
  reset(client: number): void {
    const connection = this.#current[client];
    if (connection !== undefined) this.passages.leave(connection);
    this.bury(client);
  }

  /** The client's next request opens a new connection, and nobody hears of the end of the old one. */
  setAside(client: number): void {
    const connection = this.#current[client];
    if (connection === undefined) return;
    this.#current[client] = undefined;
    const ghosts = this.#ghosts.get(client);
    if (ghosts === undefined) this.#ghosts.set(client, [connection]);
    else ghosts.push(connection);
  }

  bury(client: number): void {
    for (const ghost of [...(this.#ghosts.get(client) ?? [])]) this.passages.leave(ghost);
  }

  answered(exchange: Exchange, result: Result, leavesAt: Instant, closes: boolean): void {
    const { agenda } = this.#basis;
    const pass = (): void => this.passages.answer(exchange, result, closes);
    if (leavesAt <= agenda.now) pass();
    else this.#server.at(leavesAt, exchange.client, pass);
  }

  /** All open connections that lead through a proxy under this weather; undefined: every one, whatever it is under. */
  *under(weather?: Weather): Iterable<Connection> {
    for (const connection of [...this.#current]) {
      if (connection !== undefined && (weather === undefined || connection.weather === weather))
        yield connection;
    }
    for (const ghosts of [...this.#ghosts.values()]) {
      for (const ghost of [...ghosts]) if (weather === undefined || ghost.weather === weather) yield ghost;
    }
  }

  #open(exchange: Exchange): Connection | undefined {
    const { agenda, sink, spec } = this.#basis;
    const { client } = exchange;
    const weather = this.#climate.of(client);
    const listens = this.#server.state === 'up' || this.#server.state === 'frozen';
    const straight = weather === undefined && spec.behindIdleMs === null;
    if (weather?.shut === true || (straight && !listens)) {
      exchange.port.told({ kind: 'broken', reason: 'ECONNREFUSED', definite: true });
      return undefined;
    }
    sink.client(agenda.now, client, 'connected', 1);
    const connection = new Connection(client, this.#climate, agenda.now);
    this.#current[client] = connection;
    if (weather?.silent === true) connection.state = 'silent';
    else if (weather !== undefined) {
      if (spec.behindIdleMs === null && !listens) {
        // The proxy accepts, finds nobody behind it, and drops the connection with what was written.
        exchange.written = true;
        connection.exchange = exchange;
        this.passages.cut(connection, 'ECONNRESET');
        return undefined;
      }
      const late = weather.delayMs();
      if (late > 0) connection.upFreeAt = agenda.now + late;
    }
    return connection;
  }

  #forget(connection: Connection): void {
    const { client } = connection;
    const { agenda, sink } = this.#basis;
    sink.client(agenda.now, client, 'disconnected', 1);
    if (this.#current[client] === connection) this.#current[client] = undefined;
    const ghosts = this.#ghosts.get(client);
    if (ghosts === undefined) return;
    const rest = ghosts.filter((ghost) => ghost !== connection);
    if (rest.length === 0) this.#ghosts.delete(client);
    else this.#ghosts.set(client, rest);
  }
}

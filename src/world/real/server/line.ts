import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One request on its way through the server. */
export interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Called when the request is first in its line, at once if it already is. */
  begin?(): void;
  /** The answer has gone out whole. */
  written(): void;
  /** The connection is gone before that. */
  cut(): void;
}

/** More unanswered requests than this on one connection, and it is closed: somebody is filling our memory. */
const longestLine = 1000;

/**
 * The requests of one connection that are not answered whole yet, oldest first. HTTP answers them in this
 * order (RFC 9112 section 9.3.2), so that only the first can really be served.
 */
class Line {
  readonly turns: Turn[] = [];
  /** To be done when every answer is out. */
  lastly: (() => void) | undefined;
}

/** The lines of all connections. */
export class Lines {
  readonly #lines = new WeakMap<Socket, Line>();

  /** Puts a request in its connection's line and tells it what becomes of it: `written` or `cut`, once. */
  join(turn: Turn): void {
    const { socket } = turn.request;
    const line = this.#lineOf(socket);
    line.turns.push(turn);
    if (line.turns.length > longestLine) socket.destroy();
    turn.response.once('finish', () => this.#finished(line, socket));
    if (line.turns.length === 1) turn.begin?.();
  }

  /** Does something with a connection when nothing is unanswered on it any more. Only the first wish counts. */
  whenEmpty(socket: Socket, lastly: () => void): void {
    const line = this.#lineOf(socket);
    if (line.lastly !== undefined) return;
    line.lastly = lastly;
    if (line.turns.length === 0) lastly();
  }

  /** How many requests on this connection are not answered whole. */
  lengthOf(socket: Socket): number {
    return this.#lines.get(socket)?.turns.length ?? 0;
  }

  /** The last request on this connection, if its body has not arrived whole. */
  incomplete(socket: Socket): Turn | undefined {
    const last = this.#lines.get(socket)?.turns.at(-1);
    return last?.request.complete === false ? last : undefined;
  }

  #lineOf(socket: Socket): Line {
    let line = this.#lines.get(socket);
    if (line === undefined) {
      const made = new Line();
      this.#lines.set(socket, made);
      socket.once('close', () => {
        for (const turn of made.turns.splice(0)) turn.cut();
      });
      line = made;
    }
    return line;
  }

  #finished(line: Line, socket: Socket): void {
    // Node says `finish` of an answer that was cut in the middle, too; `close` then tells the truth. When it was
    // the writing that found out, the error is known before the socket counts as destroyed.
    if (socket.destroyed || socket.errored !== null) return;
    line.turns.shift()?.written();
    const next = line.turns[0];
    if (next !== undefined) next.begin?.();
    else line.lastly?.();
  }
}

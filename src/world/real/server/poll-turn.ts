import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Poll, PollId } from '../../../protocol/poll.ts';
import type { Style } from '../../../wire/http-answer.ts';
import type { Route } from '../../../wire/http-request.ts';
import type { Alarm } from '../timer.ts';
import type { Turn } from './line.ts';

/** What becomes of a poll. */
export interface PollFate {
  begin(turn: PollTurn): void;
  /** `whole`: the answer went out to its last byte. */
  end(turn: PollTurn, whole: boolean): void;
}

/** One poll on its way: waiting for its turn on the connection, held, or answered. */
export class PollTurn implements Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route;
  readonly poll: Poll;
  readonly style: Style;
  readonly cors: readonly string[];
  /** Two polls with the same key can share one answer. */
  readonly key: string;
  readonly #fate: PollFate;
  /** 0 until the poll begins. */
  id: PollId = 0;
  alarm: Alarm | undefined;
  #state: 'waiting' | 'held' | 'answered' = 'waiting';

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route,
    poll: Poll,
    style: Style,
    cors: readonly string[],
    fate: PollFate,
  ) {
    this.request = request;
    this.response = response;
    this.route = route;
    this.poll = poll;
    this.style = style;
    this.cors = cors;
    this.#fate = fate;
    const plain = cors.length === 0 && style.appliedWait === undefined;
    this.key = plain ? style.face : `${style.face} ${style.appliedWait ?? '-'} ${cors[1] ?? '-'}`;
  }

  begin(): void {
    this.#fate.begin(this);
  }

  written(): void {
    this.#fate.end(this, true);
  }

  cut(): void {
    this.#fate.end(this, false);
  }

  /** The hub has not answered at once. @returns whether the poll is now held */
  held(): boolean {
    if (this.#state === 'answered') return false;
    this.#state = 'held';
    return true;
  }

  /** There is an answer, or nobody to answer any more. @returns whether the poll was held until now */
  answered(): boolean {
    const wasHeld = this.#state === 'held';
    this.#state = 'answered';
    this.alarm?.cancel();
    this.alarm = undefined;
    return wasHeld;
  }
}

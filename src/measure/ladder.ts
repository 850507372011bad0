import type { DeliveredEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import { type Frame, isIn, type Stretch } from './frame.ts';
import type { Membership } from './membership.ts';
import type { LadderResult } from './result.ts';
import { round } from './samples.ts';

const lengthMs = 30_000;

/** The stretch that a ladder shows: the first 30 s of the window, or all of a shorter one. */
export function ladderStretch(frame: Frame): Stretch {
  return { from: frame.window.from, to: Math.min(frame.window.to, frame.window.from + lengthMs) };
}

/**
 * What one client really did for 30 seconds: its polls, what was published to it, and what it received.
 * A poll belongs to it when any of it lies in the stretch.
 */
export class Ladder {
  readonly #frame: Frame;
  readonly #client: number;
  readonly #stretch: Stretch;
  readonly #result: LadderResult;

  constructor(frame: Frame, client: number) {
    this.#frame = frame;
    this.#client = client;
    this.#stretch = ladderStretch(frame);
    this.#result = {
      client,
      from_ms: round(this.#stretch.from, 3),
      to_ms: round(this.#stretch.to, 3),
      publishes: [],
      polls: [],
      deliveries: [],
    };
  }

  pollSent(event: PollSentEvent): void {
    if (event.client !== this.#client || event.at >= this.#stretch.to) return;
    this.#result.polls.push({
      poll: event.poll,
      sent_ms: round(event.at, 3),
      ended_ms: null,
      end: null,
      status: null,
      messages: 0,
      waits: event.waits,
    });
  }

  pollEnded(event: PollEndedEvent): void {
    if (event.client !== this.#client) return;
    const polls = this.#result.polls;
    const last = polls.at(-1);
    if (last === undefined || last.poll !== event.poll) return;
    if (event.at < this.#stretch.from) {
      polls.pop();
      return;
    }
    last.ended_ms = round(event.at, 3);
    last.end = event.end;
    last.status = event.status;
    last.messages = event.messages;
  }

  delivered(event: DeliveredEvent): void {
    if (event.client === this.#client && isIn(event.at, this.#stretch))
      this.#result.deliveries.push({ message: event.message, at_ms: round(event.at, 3) });
  }

  /** @param membership told of everything by then */
  result(membership: Membership): LadderResult {
    const publishes = this.#frame.publishes
      .filter(
        ({ intendedAt, channel, sentAt }) =>
          isIn(intendedAt, this.#stretch) && membership.reads(this.#client, channel, sentAt),
      )
      .map(({ message, intendedAt }) => ({ message, at_ms: round(intendedAt, 3) }));
    return { ...this.#result, publishes };
  }
}

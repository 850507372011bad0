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
 * Second pass. A poll belongs to it when any of it lies in the stretch.
 */
export class Ladder {
  readonly #client: number;
  readonly #stretch: Stretch;
  readonly #result: LadderResult;

  constructor(frame: Frame, membership: Membership, client: number) {
    this.#client = client;
    this.#stretch = ladderStretch(frame);
    const { from, to } = this.#stretch;
    this.#result = {
      client,
      from_ms: round(from, 3),
      to_ms: round(to, 3),
      publishes: frame.publishes
        .filter((p) => isIn(p.intendedAt, { from, to }) && membership.reads(client, p.channel, p.sentAt))
        .map((p) => ({ message: p.message, at_ms: round(p.intendedAt, 3) })),
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

  result(): LadderResult {
    return this.#result;
  }
}

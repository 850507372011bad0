import { round } from '../samples.ts';
import type { Arrival } from './observed.ts';
import type { Beyond } from './schema.ts';

/** Most deliveries that are shown; all are counted. */
const shown = 20;

/** An arrival, and the repetition that it belongs to. */
export interface Placed {
  readonly arrival: Arrival;
  readonly repetition: number;
}

/** The deliveries that took longer than any can, the worst first. */
export function beyondOf(all: readonly Placed[], limitMs: number, slackMs: number): Placed[] {
  const taken = ({ arrival: { at, sentAt } }: Placed): number => at - sentAt;
  return all.filter((one) => taken(one) > limitMs + slackMs).sort((a, b) => taken(b) - taken(a));
}

/** The worst of them, so that they can be looked up in the events. */
export function evidenceOf(beyond: readonly Placed[], limitMs: number): Beyond[] {
  return beyond.slice(0, shown).map(({ arrival, repetition }) => ({
    message: arrival.message,
    client: arrival.client,
    repetition,
    poll: arrival.poll,
    published_ms: round(arrival.sentAt, 3),
    poll_sent_ms: round(arrival.pollSentAt, 3),
    delivered_ms: round(arrival.at, 3),
    latency_ms: round(arrival.at - arrival.sentAt, 3),
    excess_ms: round(arrival.at - arrival.sentAt - limitMs, 3),
  }));
}

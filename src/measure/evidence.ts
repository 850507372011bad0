import type { DeliveredEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import type { EvidenceItem, PollSeen } from './result.ts';
import { round } from './samples.ts';

/** Most items in one repetition's evidence; the counts beside it are complete. */
export const evidenceLimit = 50;
/** Polls kept on each side of a publish. */
const around = 2;
/** Most polls that are kept because they carried the message. */
const carriers = 4;

export const evidenceKinds = ['lost', 'undelivered', 'duplicate', 'reordered'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

interface Case {
  readonly kind: EvidenceKind;
  readonly message: number;
  readonly client: number;
  readonly publishedAt: Instant;
  readonly before: PollSeen[];
  readonly after: PollSeen[];
  readonly carriedBy: number[];
  readonly carrying: PollSeen[];
}

/**
 * What went wrong, so that it can be looked up: at most `evidenceLimit` cases, shared fairly among the kinds,
 * each with its client's polls around the publish and those that carried the message. Cases are named in the
 * first pass; the polls are gathered in the second.
 */
export class Evidence {
  readonly #cases = new Map<EvidenceKind, Case[]>(evidenceKinds.map((kind) => [kind, []]));
  readonly #byClient = new Map<number, Case[]>();
  readonly #open = new Map<number, PollSeen>();

  name(kind: EvidenceKind, message: number, client: number, publishedAt: Instant): void {
    const cases = this.#cases.get(kind)!;
    if (cases.length === evidenceLimit) return;
    cases.push({ kind, message, client, publishedAt, before: [], after: [], carriedBy: [], carrying: [] });
  }

  /** Ends the first pass: chooses the cases. @returns how many there are */
  choose(): number {
    const chosen = new Map<EvidenceKind, Case[]>(evidenceKinds.map((kind) => [kind, []]));
    let room = evidenceLimit;
    for (let turn = 0; turn < evidenceLimit && room > 0; turn++) {
      for (const kind of evidenceKinds) {
        const next = this.#cases.get(kind)![turn];
        if (next === undefined || room === 0) continue;
        chosen.get(kind)!.push(next);
        room--;
      }
    }
    for (const kind of evidenceKinds) this.#cases.set(kind, chosen.get(kind)!);
    for (const item of [...chosen.values()].flat()) {
      const cases = this.#byClient.get(item.client);
      if (cases === undefined) this.#byClient.set(item.client, [item]);
      else cases.push(item);
    }
    return evidenceLimit - room;
  }

  pollSent(event: PollSentEvent): void {
    const cases = this.#byClient.get(event.client);
    if (cases === undefined) return;
    const seen: PollSeen = {
      poll: event.poll,
      sent_ms: round(event.at, 3),
      ended_ms: null,
      end: null,
      status: null,
      messages: 0,
      waits: event.waits,
    };
    this.#open.set(event.client, seen);
    for (const item of cases) {
      if (event.at <= item.publishedAt) {
        item.before.push(seen);
        if (item.before.length > around) item.before.shift();
      } else if (item.after.length < around) item.after.push(seen);
    }
  }

  /** Comes before or after the deliveries of the same answer. */
  pollEnded(event: PollEndedEvent): void {
    const seen = this.#open.get(event.client);
    if (seen === undefined || seen.poll !== event.poll) return;
    seen.ended_ms = round(event.at, 3);
    seen.end = event.end;
    seen.status = event.status;
    seen.messages = event.messages;
  }

  delivered(event: DeliveredEvent): void {
    const seen = this.#open.get(event.client);
    if (seen === undefined || seen.poll !== event.poll) return;
    for (const item of this.#byClient.get(event.client) ?? []) {
      if (item.message !== event.message) continue;
      item.carriedBy.push(event.poll);
      if (item.carrying.length < carriers) item.carrying.push(seen);
    }
  }

  result(): EvidenceItem[] {
    return [...this.#cases.values()].flat().map((item) => {
      const polls = new Map<number, PollSeen>();
      for (const seen of [...item.before, ...item.after, ...item.carrying]) polls.set(seen.poll, seen);
      return {
        kind: item.kind,
        message: item.message,
        client: item.client,
        published_ms: round(item.publishedAt, 3),
        carried_by: item.carriedBy.slice(0, carriers),
        polls: [...polls.values()].sort((a, b) => a.poll - b.poll),
      };
    });
  }
}

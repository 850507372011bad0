import type { Instant } from '../protocol/message.ts';
import { Causes } from './causes.ts';
import { Evidence, type EvidenceKind, evidenceKinds, evidenceLimit } from './evidence.ts';
import { Faults } from './faults.ts';
import type { Frame } from './frame.ts';
import type { EvidenceItem, Messages } from './result.ts';
import type { Tape } from './tape.ts';

/** Something about a message and a client that has to be looked up on that client's tape. */
export interface Trouble {
  readonly kind: EvidenceKind;
  readonly message: number;
  readonly sentAt: Instant;
}

/**
 * Causes and evidence, told of one client's troubles after the other's. Evidence is of the first clients that
 * have any, at most `evidenceLimit` items of each kind, and as many in all.
 */
export class MissingTally {
  readonly #transitMs: number | undefined;
  readonly #faults: Faults;
  readonly #items = new Map<EvidenceKind, EvidenceItem[]>(evidenceKinds.map((kind) => [kind, []]));
  readonly #lostBy: Record<string, number> = {};
  readonly #undeliveredBy: Record<string, number> = {};
  lost = 0;
  undelivered = 0;

  constructor(frame: Omit<Frame, 'publishes'>) {
    this.#transitMs = frame.transitMs;
    this.#faults = new Faults({ ...frame, publishes: [], clients: 0 });
  }

  /** @param sentAtOf when the publish of a message began */
  client(
    client: number,
    troubles: readonly Trouble[],
    tape: Tape,
    sentAtOf: (message: number) => Instant,
  ): void {
    const gone = troubles
      .filter(({ kind }) => kind === 'lost' || kind === 'undelivered')
      .map(({ kind, sentAt }) => ({ client, sentAt, lost: kind === 'lost' }));
    if (gone.length > 0) this.#explain(client, gone, tape, sentAtOf);
    const room = troubles.filter(({ kind }) => this.#items.get(kind)!.length < evidenceLimit);
    if (room.length === 0) return;
    const evidence = new Evidence();
    for (const { kind, message, sentAt } of room) evidence.name(kind, message, client, sentAt);
    evidence.choose();
    tape.play(client, {
      pollSent: (event) => evidence.pollSent(event),
      pollEnded: (event) => evidence.pollEnded(event),
      delivered: (event) => evidence.delivered(event),
    });
    for (const item of evidence.result()) {
      const items = this.#items.get(item.kind)!;
      if (items.length < evidenceLimit) items.push(item);
    }
  }

  causes(): Pick<Messages, 'lost_by_cause' | 'undelivered_by_cause'> {
    return { lost_by_cause: this.#lostBy, undelivered_by_cause: this.#undeliveredBy };
  }

  /** In the order in which `summarise` has it, shared fairly among the kinds. */
  evidence(): EvidenceItem[] {
    const lists = evidenceKinds.map((kind) => this.#items.get(kind)!);
    for (const [i, kind] of evidenceKinds.entries())
      if (kind === 'lost' || kind === 'undelivered')
        lists[i]!.sort((a, b) => a.message - b.message || a.client - b.client);
    const shares = lists.map(() => 0);
    let room = evidenceLimit;
    for (let turn = 0; turn < evidenceLimit && room > 0; turn++)
      for (const [i, list] of lists.entries())
        if (turn < list.length && room > 0) {
          shares[i]!++;
          room--;
        }
    return lists.flatMap((list, i) => list.slice(0, shares[i]));
  }

  #explain(
    client: number,
    gone: readonly { readonly client: number; readonly sentAt: Instant; readonly lost: boolean }[],
    tape: Tape,
    sentAtOf: (message: number) => Instant,
  ): void {
    const causes = new Causes(gone, this.#faults, this.#transitMs);
    tape.play(client, {
      pollSent: (event) => causes.pollSent(event),
      pollEnded: (event) => causes.pollEnded(event),
      delivered: (event) => causes.delivered(client, sentAtOf(event.message)),
      client: (event) => causes.client(event),
    });
    for (const { lost, cause } of causes.result()) {
      const counts = lost ? this.#lostBy : this.#undeliveredBy;
      counts[cause] = (counts[cause] ?? 0) + 1;
      if (lost) this.lost++;
      else this.undelivered++;
    }
  }
}

import type { Instant } from '../../../protocol/message.ts';
import type { FaultSpan, StagedFault } from '../../play.ts';

/** So long after a fault of the server its failures are still the fault's. */
const excusedMs = 10_000;

/** Which fault really began when, and when it was over. */
export class FaultLog {
  readonly #spans: { fault: StagedFault; from: Instant; to: Instant | null }[] = [];

  began(fault: StagedFault, from: Instant): void {
    this.#spans.push({ fault, from, to: null });
  }

  ended(fault: StagedFault, to: Instant): void {
    const span = this.#spans.find((one) => one.fault === fault && one.to === null);
    if (span !== undefined) span.to = to;
  }

  /** Whether a fault of the server explains that it does not answer. */
  explainsSilence(now: Instant): boolean {
    return this.#spans.some(({ fault, to }) => isOfServer(fault) && (to === null || now < to + excusedMs));
  }

  /** What happened until `end`, when whatever was not over by itself was over too. */
  spans(end: Instant): FaultSpan[] {
    const begun = this.#spans.filter(({ from }) => from <= end);
    return begun.map(({ fault: { index, what, clients }, from, to }) => ({
      index,
      kind: what.kind,
      from,
      to: Math.min(to ?? end, end),
      clients,
    }));
  }
}

/** Faults that befall the server itself; a proxy puts in the others. */
export function isOfServer({ what: { kind } }: StagedFault): boolean {
  return kind === 'server-restart' || kind === 'server-freeze';
}

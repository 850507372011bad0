import type { Instant } from '../../../protocol/message.ts';
import { nobody } from '../due-queue.ts';
import type { Basis } from './agenda.ts';
import type { DisturbedServer } from './server.ts';

/** After so long a publisher believes in no answer any more (`world/real/load/publisher-process.ts`). */
const acknowledgementTimeoutMs = 10_000;

/** The publisher: straight to the server, and each message once. */
export class Publisher {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  #next = 0;
  #beginAt: Instant = 0;
  /** Not answered yet, because the server stands still. */
  readonly #unanswered = new Set<number>();
  /** The server has ended the connection: another one is refused until it is up again. */
  #cutOff = false;

  constructor(basis: Basis, server: DisturbedServer) {
    this.#basis = basis;
    this.#server = server;
  }

  /** The first message comes at `beginAt` at the soonest. */
  begin(beginAt: Instant): void {
    this.#beginAt = beginAt;
    this.#schedule();
  }

  /** What was not answered stays on record as such. */
  end(): void {
    for (const message of this.#unanswered) this.#record(message, null, null);
  }

  #schedule(): void {
    const { agenda, spec } = this.#basis;
    const message = this.#next++;
    const { atMs } = spec.publishes;
    if (message >= atMs.length) return;
    agenda.at(this.#beginAt + atMs[message]!, nobody, () => {
      this.#publish(message);
      this.#schedule();
    });
  }

  #publish(message: number): void {
    if (this.#cutOff && this.#server.state === 'draining') return this.#record(message, null, null);
    this.#unanswered.add(message);
    const sentAt = this.#basis.agenda.now;
    this.#server.publish(message, (status) => {
      this.#cutOff = status === 503;
      const { now } = this.#basis.agenda;
      const late = now - sentAt >= acknowledgementTimeoutMs;
      this.#unanswered.delete(message);
      if (late) this.#record(message, null, null);
      else this.#record(message, status === 200 ? now : null, status);
    });
  }

  #record(message: number, acknowledgedAt: Instant | null, status: number | null): void {
    const { sink, spec } = this.#basis;
    const at = this.#beginAt + spec.publishes.atMs[message]!;
    const channel = spec.publishes.channel[message]!;
    sink.published({
      kind: 'published',
      message,
      channel,
      intendedAt: at,
      sentAt: at,
      acknowledgedAt,
      status,
    });
  }
}

import type { ClientsTick } from '../load/messages.ts';

const grainRatio = 1.02;
const shortestMs = 0.01;

/** What a person is shown while a mode runs; the records, not these, are what is counted. */
export class LiveFigures {
  readonly #ticks = new Map<number, ClientsTick>();
  #sent = 0;
  #acknowledged = 0;
  #failed = 0;
  #failing = false;
  /** Sampled latencies since the clients came, counted by the logarithm of the millisecond. */
  readonly #latencies = new Map<number, number>();
  #sampled = 0;

  tick(process: number, tick: ClientsTick): void {
    this.#ticks.set(process, tick);
    for (const ms of tick.latenciesMs) {
      const grain = Math.round(Math.log(Math.max(ms, shortestMs)) / Math.log(grainRatio));
      this.#latencies.set(grain, (this.#latencies.get(grain) ?? 0) + 1);
      this.#sampled++;
    }
  }

  published({ sent, acknowledged, failed }: { sent: number; acknowledged: number; failed: number }): void {
    this.#failing = failed > this.#failed && acknowledged === this.#acknowledged;
    this.#sent = sent;
    this.#acknowledged = acknowledged;
    this.#failed = failed;
  }

  get subscribed(): number {
    return this.#sum((tick) => tick.subscribed);
  }

  get held(): number {
    return this.#sum((tick) => tick.held);
  }

  /** Polls sent in the last second. */
  get requestsPerS(): number {
    return this.#sum((tick) => tick.polls);
  }

  /** Clients whose retry policy gave up. */
  get stopped(): number {
    return this.#sum((tick) => tick.stopped);
  }

  /** Why a poll failed, as far as one did; null when none did. */
  get problem(): string | null {
    for (const { problem } of this.#ticks.values()) if (problem !== null) return problem;
    return null;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Median of the deliveries sampled in the last second; null when there were none. */
  get p50Ms(): number | null {
    const all = [...this.#ticks.values()].flatMap((tick) => tick.latenciesMs).sort((a, b) => a - b);
    return all[Math.floor(all.length / 2)] ?? null;
  }

  /** Median of the deliveries sampled since the clients came, to one part in a hundred; null when there were none. */
  get p50SoFarMs(): number | null {
    let seen = 0;
    for (const [grain, count] of [...this.#latencies].sort(([a], [b]) => a - b)) {
      seen += count;
      if (2 * seen >= this.#sampled) return grainRatio ** grain;
    }
    return null;
  }

  /** Nothing but failures: worth a look whether the target is still there. */
  get suspicious(): boolean {
    const broken = this.#sum((tick) => tick.broken);
    return this.#failing || (broken > 0 && this.#sum((tick) => tick.delivered) === 0);
  }

  #sum(of: (tick: ClientsTick) => number): number {
    let sum = 0;
    for (const tick of this.#ticks.values()) sum += of(tick);
    return sum;
  }
}

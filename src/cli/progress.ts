import { Progress as ProgressLine } from '../report/progress.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Progress } from '../scenario/progress.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Clock, monotonicClock } from '../world/real/clock.ts';
import type { Io } from './print.ts';

/** Where a run stands, on stderr. */
export class BenchProgress {
  readonly #scenario: Scenario;
  readonly #totalMs: number;
  readonly #clock: Clock = monotonicClock();
  readonly #line: ProgressLine;

  constructor(scenario: Scenario, plan: Plan, { quiet }: { quiet: boolean }, io: Io) {
    this.#scenario = scenario;
    this.#totalMs = plan.totalMs;
    const ci = (io.env['CI'] ?? '') !== '' && io.env['CI'] !== 'false';
    const stream = { write: (text: string) => io.err(text), isTTY: io.errIsTty, columns: io.columns };
    this.#line = new ProgressLine(stream, { clock: () => this.#clock.now(), ci, quiet });
  }

  show({ mode, repetition, repetitions, phase, elapsedMs, lengthMs, stages }: Progress): void {
    const live = stages.map((stage) => stage.live);
    const sum = (of: (figures: (typeof live)[number]) => number): number =>
      live.reduce((all, one) => all + of(one), 0);
    this.#line.update({
      mode,
      repetition: repetition + 1,
      repetitions,
      phase,
      elapsedMs,
      phaseMs: lengthMs,
      clients: this.#scenario.clients.count * Math.max(1, stages.length),
      held: sum((one) => one.held),
      requestsPerS: sum((one) => one.requestsPerS),
      // Of modes that run together the medians say nothing as one number.
      p50Ms: live.length === 1 ? live[0]!.p50Ms : null,
      lost: null,
      etaMs: Math.max(0, this.#totalMs - this.#clock.now()),
    });
  }

  end(): void {
    this.#line.done();
  }
}

import type { Clock } from '../world/real/clock.ts';
import type { Stage } from '../world/real/stage/stage.ts';
import type { Phase, RoundHooks } from './round.ts';
import type { Scenario } from './scenario.ts';

/** Where a run is, for a person who watches. */
export interface Progress {
  /** The modes that are played, in words. */
  readonly mode: string;
  /** Their names, in the order of `stages`. */
  readonly modes: readonly string[];
  readonly repetition: number;
  readonly repetitions: number;
  readonly phase: Phase;
  /** Milliseconds since the phase began, and how long it lasts; 0 when nobody knows. */
  readonly elapsedMs: number;
  readonly lengthMs: number;
  readonly stages: readonly Stage[];
}

const everyMs = 250;

/** Tells somebody where a round is: at each change of phase, and four times a second. */
export class Teller implements RoundHooks {
  readonly #clock: Clock;
  readonly #scenario: Scenario;
  readonly #modes: readonly string[];
  readonly #repetition: number;
  readonly #tell: ((progress: Progress) => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = 'start';
  #since: number;
  #stages: readonly Stage[] = [];

  constructor(
    clock: Clock,
    scenario: Scenario,
    modes: readonly string[],
    repetition: number,
    tell: ((progress: Progress) => void) | undefined,
  ) {
    this.#clock = clock;
    this.#scenario = scenario;
    this.#modes = modes;
    this.#repetition = repetition;
    this.#tell = tell;
    this.#since = clock.now();
    this.#timer = setInterval(() => this.#now(), everyMs);
  }

  phase(phase: Phase, stages: readonly Stage[]): void {
    this.#phase = phase;
    this.#since = this.#clock.now();
    this.#stages = stages;
    this.#now();
  }

  /** The stages that are being measured this moment; none in any other phase. */
  get measuring(): readonly Stage[] {
    return this.#phase === 'measure' ? this.#stages : [];
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #now(): void {
    const { warmupMs, durationMs, cooldownMs, repetitions } = this.#scenario;
    const lengths: Partial<Record<Phase, number>> = {
      'warm-up': warmupMs,
      measure: durationMs,
      'cool-down': cooldownMs,
    };
    this.#tell?.({
      mode: this.#modes.join(' + '),
      modes: this.#modes,
      repetition: this.#repetition,
      repetitions,
      phase: this.#phase,
      elapsedMs: this.#clock.now() - this.#since,
      lengthMs: lengths[this.#phase] ?? 0,
      stages: this.#stages,
    });
  }
}

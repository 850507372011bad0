import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from './clock.ts';

/** How often the loop's heart beats, and how much lateness is nobody's business. */
const beatMs = 5;
const toleratedMs = 10;
/** What one delivery is known to cost, the next poll included; more than that is not explained by work. */
const explainedMsEach = 0.06;

export interface LoopQuality {
  readonly loopDelayP99Ms: number;
  readonly cpuShare: number;
}

/**
 * Watches the process that stamps deliveries. A stamp is only worth something when the loop came round to
 * it in time: deliveries that were stamped while it ran late, for no reason that they explain themselves,
 * are reported as late.
 */
export class LoopWatch {
  readonly #clock: Clock;
  readonly #onLate: (deliveries: number, lateMs: number) => void;
  readonly #delays = monitorEventLoopDelay({ resolution: 1 });
  readonly #timer: NodeJS.Timeout;
  #due: number;
  #deliveries = 0;
  #since = 0;
  #cpu = process.cpuUsage();

  constructor(clock: Clock, onLate: (deliveries: number, lateMs: number) => void) {
    this.#clock = clock;
    this.#onLate = onLate;
    this.#delays.enable();
    this.#due = clock.now() + beatMs;
    this.#timer = setInterval(() => this.#beat(), beatMs);
  }

  stamped(): void {
    this.#deliveries++;
  }

  /** Forgets what was seen so far: the measured time begins. */
  begin(): void {
    this.#delays.reset();
    this.#cpu = process.cpuUsage();
    this.#since = this.#clock.now();
  }

  /** What was seen since `begin`; share of one core, 0 to 1 and beyond. */
  read(): LoopQuality {
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsed = this.#clock.now() - this.#since;
    return {
      loopDelayP99Ms: this.#delays.percentile(99) / 1e6,
      cpuShare: elapsed > 0 ? (user + system) / 1000 / elapsed : 0,
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }

  #beat(): void {
    const now = this.#clock.now();
    const late = now - this.#due;
    if (late - this.#deliveries * explainedMsEach > toleratedMs && this.#deliveries > 0) {
      this.#onLate(this.#deliveries, late);
    }
    this.#deliveries = 0;
    this.#due = now + beatMs;
  }
}

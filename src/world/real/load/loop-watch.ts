import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

/** How often the loop's heart beats, and how much lateness is nobody's business. */
const beatMs = 5;
const toleratedMs = 10;
/** Within a broadcast, this share of its own time: 20 ms more or less hardly matter at the end of 200. */
const toleratedShare = 0.2;
/**
 * A delivery and the poll that follows it cost 40 to 100 µs of processor time, by the machine. What the
 * process really spent is its own work, up to this much for each; beyond that it did something else.
 */
const explainedMsEach = 0.15;

export interface LoopQuality {
  readonly loopDelayP99Ms: number;
  readonly cpuShare: number;
}

/**
 * Watches the process that stamps deliveries. A stamp is only worth something when the loop came round to
 * it in time: deliveries that were stamped while it ran late, for no reason that they explain themselves
 * (the process was not run, or did something else), are reported as late. A broadcast to thousands is its
 * own reason.
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
  #cpuAtBeat = process.cpuUsage();

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
    const { user, system } = process.cpuUsage(this.#cpuAtBeat);
    const explained = Math.min((user + system) / 1000, this.#deliveries * explainedMsEach);
    const tolerated = Math.max(toleratedMs, explained * toleratedShare);
    if (this.#deliveries > 0 && now - this.#due - explained > tolerated) {
      this.#onLate(this.#deliveries, now - this.#due);
    }
    this.#deliveries = 0;
    this.#cpuAtBeat = process.cpuUsage();
    this.#due = now + beatMs;
  }
}

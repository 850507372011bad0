import { passes } from '../conformance/judge.ts';
import type { ConformanceProgress } from '../conformance/options.ts';
import { shorten } from '../report/label.ts';
import { formatClock } from '../report/numbers.ts';
import type { Clock } from '../world/real/clock.ts';
import { monotonicClock } from '../world/real/clock.ts';
import type { Io } from './print.ts';

const redrawMs = 250;
const heartbeatMs = 10_000;
const eraseLine = '\r\u001b[2K';

type Playing = Extract<ConformanceProgress, { kind: 'playing' }>;

/**
 * Shows on stderr where the suite stands: on a terminal one line, redrawn four times a second; elsewhere a
 * whole line at each change of phase and every ten seconds, so that nobody kills a silent job.
 */
export class SuiteProgress {
  readonly #io: Io;
  readonly #clock: Clock;
  readonly #live: boolean;
  readonly #quiet: boolean;
  readonly #timer: NodeJS.Timeout;
  #state: Playing | undefined;
  #calibrating = false;
  #shown = '';
  #open = false;

  constructor(io: Io, { quiet, clock = monotonicClock() }: { quiet: boolean; clock?: Clock }) {
    const ci = (io.env['CI'] ?? '') !== '' && io.env['CI'] !== 'false';
    this.#io = io;
    this.#clock = clock;
    this.#live = io.errIsTty && !ci;
    this.#quiet = quiet;
    this.#timer = setInterval(() => this.#draw(), this.#live ? redrawMs : heartbeatMs);
    this.#timer.unref();
  }

  tell(state: ConformanceProgress): void {
    if (state.kind === 'playing') this.#state = state;
    else if (state.kind === 'calibrating') this.#calibrating = true;
    const place = state.kind === 'playing' ? `${state.round} ${state.phase}` : state.kind;
    if (state.kind === 'planned' || state.kind === 'starting' || place === this.#shown) return;
    this.#shown = place;
    this.#draw();
  }

  /** Takes the redrawn line away; before anything else is written to the terminal. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#open) this.#io.err(eraseLine);
    this.#open = false;
  }

  #draw(): void {
    if (this.#quiet || (this.#state === undefined && !this.#calibrating)) return;
    const line = suiteLine(this.#state, this.#clock.now());
    if (!this.#live) {
      this.#io.err(`${line}\n`);
      return;
    }
    // The last column stays free: some terminals wrap as soon as it is written.
    this.#io.err(eraseLine + shorten(line, this.#io.columns - 1, true));
    this.#open = true;
  }
}

/** `ordinary  31/74  failed 2  00:12  ETA 20 s  http.method.head, http.cache.suppressed` */
export function suiteLine(state: Playing | undefined, elapsedMs: number): string {
  if (state === undefined) return `calibrating  ${formatClock(elapsedMs)}`;
  const { phase, round, rounds, chosen, finished, playing } = state;
  const failed = finished.filter(({ verdict }) => verdict !== 'N/A' && !passes(verdict)).length;
  const parts = [
    ...(rounds > 1 ? [`round ${round}/${rounds}`] : []),
    phase,
    `${finished.length}/${chosen.length}`,
    ...(failed > 0 ? [`not passed ${failed}`] : []),
    formatClock(elapsedMs),
    ...(playing.length > 0 ? [playing.join(', ')] : []),
  ];
  return parts.join('  ');
}

import { shorten } from './label.ts';
import { formatClock, formatCount, formatMs, formatNumber } from './numbers.ts';
import { harmless } from './plain-text.ts';

/** Where a run stands. What is not known yet is null and left out of the line. */
export interface ProgressState {
  readonly mode: string;
  /** From 1. */
  readonly repetition: number;
  readonly repetitions: number;
  readonly phase: string;
  readonly elapsedMs: number;
  /** 0 when nobody knows. */
  readonly phaseMs: number;
  readonly clients: number;
  readonly held: number | null;
  readonly requestsPerS: number | null;
  readonly p50Ms: number | null;
  readonly lost: number | null;
  /** Until everything is measured. */
  readonly etaMs: number | null;
}

/** A rough time, as one says it: `40 s`, `14 min`, `2 h`. */
function roughly(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/**
 * `long  rep 2/5  measure 01:12/03:00  400 clients  held 398  801 req/s  p50 9.0 ms  lost 0  ETA 14 min`.
 * Where there is too little room, the least important parts go first; never wider than `width`.
 */
export function formatProgress(state: ProgressState, width: number): string {
  const parts: { text: string; rank: number }[] = [];
  const add = (rank: number, text: string | null): void => {
    if (text !== null) parts.push({ text, rank });
  };
  add(0, state.mode);
  add(2, `rep ${state.repetition}/${state.repetitions}`);
  const length = state.phaseMs > 0 ? `/${formatClock(state.phaseMs)}` : '';
  add(0, `${state.phase} ${formatClock(state.elapsedMs)}${length}`);
  add(7, `${formatCount(state.clients)} clients`);
  add(6, state.held === null ? null : `held ${formatCount(state.held)}`);
  add(5, state.requestsPerS === null ? null : `${formatNumber(state.requestsPerS)} req/s`);
  add(4, state.p50Ms === null ? null : `p50 ${formatMs(state.p50Ms)}`);
  add(3, state.lost === null ? null : `lost ${formatCount(state.lost)}`);
  add(1, state.etaMs === null ? null : `ETA ${roughly(state.etaMs)}`);
  const line = (): string => parts.map(({ text }) => text).join('  ');
  while (line().length > width && parts.some(({ rank }) => rank > 0)) {
    const least = parts.reduce((a, b) => (b.rank > a.rank ? b : a));
    parts.splice(parts.indexOf(least), 1);
  }
  return shorten(harmless(line()), width, true);
}

/** Where the line goes: stderr, or a test's. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  /** Counts as no terminal whatever the stream says: set where `CI` is. */
  readonly ci?: boolean;
  /** Nothing at all is written, by `--quiet` or `--no-progress`. */
  readonly quiet?: boolean;
}

const redrawMs = 250;
const heartbeatMs = 10_000;
const eraseLine = '\r\u001b[2K';

/**
 * Shows where a run stands: on a terminal one line, redrawn at most four times a second; elsewhere a whole
 * line at each change of mode, repetition or phase and every ten seconds, so that a log stays short and
 * nobody kills a silent job. It has no timer: it draws when it is told something.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #options: ProgressOptions;
  readonly #live: boolean;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #phase = '';
  #open = false;

  constructor(stream: ProgressStream, options: ProgressOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#live = stream.isTTY === true && options.ci !== true;
  }

  update(state: ProgressState): void {
    if (this.#options.quiet === true) return;
    const now = this.#options.clock();
    const phase = `${state.mode}/${state.repetition}/${state.phase}`;
    const due = this.#live ? redrawMs : heartbeatMs;
    if (phase === this.#phase && now - this.#drawnAt < due) return;
    this.#phase = phase;
    this.#drawnAt = now;
    if (!this.#live) {
      this.#stream.write(`${formatProgress(state, Number.POSITIVE_INFINITY)}\n`);
      return;
    }
    // The last column stays free: some terminals wrap as soon as it is written.
    this.#stream.write(eraseLine + formatProgress(state, (this.#stream.columns || 80) - 1));
    this.#open = true;
  }

  /** A line that stays, above the one that is redrawn. */
  note(text: string): void {
    if (this.#options.quiet === true) return;
    this.done();
    this.#stream.write(`${text}\n`);
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes the redrawn line away; before anything else is written to the terminal. */
  done(): void {
    if (this.#open) this.#stream.write(eraseLine);
    this.#open = false;
  }
}

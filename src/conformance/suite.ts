import type { Clock } from '../world/real/clock.ts';
import { playBounded, usualPatience } from './bounded.ts';
import { judge, passes } from './judge.ts';
import type { PlannedRow } from './phase.ts';
import type { Stage } from './play.ts';
import { type Attempt, type Conclusion, conclude, nextSettleScale } from './rerun.ts';
import { type Phase, phases, type Verdict } from './result.ts';

/** What became of one row. */
export interface Finished {
  readonly planned: PlannedRow;
  readonly verdict: Verdict;
  /** None for a row that was not played. */
  readonly attempts: readonly Attempt[];
  readonly shown: Attempt | null;
  readonly flaky: Conclusion['flaky'];
  readonly reason: string | null;
  /** The target could not be reached any more after the row. */
  readonly crashed: boolean;
  /** How long the sign of life after the row took; null when none was asked for, or none came. */
  readonly aliveMs: number | null;
}

export interface SuiteOptions {
  readonly clock: Clock;
  /** How many rows may run beside each other. */
  width(phase: Phase): number;
  /** After so many milliseconds a row that has not come to an end is given up. */
  patienceMs?(row: PlannedRow, settleScale: number): number;
  readonly signal?: AbortSignal | undefined;
  /** A row begins or has ended. */
  tell?(state: SuiteState): void;
}

/** Where a suite stands. */
export interface SuiteState {
  readonly phase: Phase;
  /** Ids of the rows that are being played. */
  readonly playing: readonly string[];
  readonly finished: readonly Finished[];
}

/** A row that has not got its verdict yet. */
interface Open {
  readonly planned: PlannedRow;
  readonly attempts: Attempt[];
  aliveMs: number | null;
}

/** Plays rows in their phases, again where they fail, and sees whether the target survives them. */
export class Suite {
  readonly #stage: Stage;
  readonly #options: SuiteOptions;
  readonly #finished = new Map<string, Finished>();
  readonly #playing = new Map<PlannedRow, Promise<void>>();
  #phase: Phase = 'ordinary';
  /** Rows that failed while others ran beside them; they are played again when nothing else is. */
  #again: Open[] = [];
  /** Rows after which the target was found dead; as long as there are any, no row begins. */
  #suspects: Open[] = [];
  /** Ids of the rows that ran when the target died, each time that several did and it could be started anew. */
  readonly #deaths: (readonly string[])[] = [];
  /** Why no further row can be played. */
  #gone: string | undefined;

  /** Resolves when the person has had enough; nothing is waited for beyond that. */
  readonly #abort: Promise<undefined>;

  constructor(stage: Stage, options: SuiteOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#abort = new Promise((resolve) => {
      options.signal?.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  }

  /** The target died and could not be started anew. */
  get lostTarget(): boolean {
    return this.#gone !== undefined;
  }

  /** Rows that ran when the target died, where none of them could be shown to have done it. */
  get unexplainedDeaths(): readonly (readonly string[])[] {
    return this.#deaths.filter((ids) => !ids.some((id) => this.#finished.get(id)?.crashed));
  }

  /**
   * Plays every one of these rows once, and again as the rules say.
   * @returns what became of them, in their order; after an abort only those that have a verdict
   */
  async play(rows: readonly PlannedRow[]): Promise<readonly Finished[]> {
    this.#finished.clear();
    this.#deaths.length = 0;
    for (const phase of phases) {
      await this.#playPhase(
        phase,
        rows.filter((each) => each.phase === phase && each.row.afterAll !== true),
      );
    }
    for (const last of rows.filter(({ row }) => row.afterAll === true))
      await this.#playPhase(last.phase, [last]);
    return rows.flatMap(({ row }) => this.#finished.get(row.id) ?? []);
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #playPhase(phase: Phase, rows: readonly PlannedRow[]): Promise<void> {
    this.#phase = phase;
    const width = this.#options.width(phase);
    const waiting = new Set(rows);
    while (!this.#aborted) {
      const next = this.#next(waiting, width);
      if (next !== undefined) {
        waiting.delete(next);
        this.#begin(next, width);
      } else if (this.#playing.size > 0) await Promise.race(this.#playing.values());
      else if (this.#suspects.length > 0) await this.#revive();
      else if (this.#again.length > 0) await this.#playAgain(this.#again.shift()!);
      else return;
    }
  }

  /** The next row that may begin now: its dependencies have their verdicts, and there is room for it. */
  #next(waiting: ReadonlySet<PlannedRow>, width: number): PlannedRow | undefined {
    if (this.#playing.size >= width || this.#suspects.length > 0) return undefined;
    // One at a time, a failed row is played again before the next: what it depends on is still the same.
    if (width === 1 && this.#again.length > 0) return undefined;
    const open = [...waiting, ...this.#playing.keys(), ...this.#again.map(({ planned }) => planned)];
    const undecided = new Set(open.map(({ row }) => row.id));
    const ready = [...waiting].filter(({ row }) => !row.dependsOn?.some((id) => undecided.has(id)));
    if (width === 1) return ready[0];
    const idle = this.#playing.size === 0 && this.#again.length === 0;
    return ready.find(({ row }) => row.alone !== true) ?? (idle ? ready[0] : undefined);
  }

  #begin(planned: PlannedRow, width: number): void {
    const open: Open = { planned, attempts: [], aliveMs: null };
    const why = this.#whyNot(planned);
    if (why !== undefined) {
      this.#finish(open, why);
      return;
    }
    void this.#track(open, 1, width === 1 || planned.row.alone === true);
  }

  /** Why a row cannot be played at all. */
  #whyNot({ row, notApplicable }: PlannedRow): Pick<Finished, 'verdict' | 'reason'> | undefined {
    if (notApplicable !== undefined) return { verdict: 'N/A', reason: notApplicable };
    if (this.#gone !== undefined) return { verdict: 'BLOCKED', reason: this.#gone };
    for (const id of row.dependsOn ?? []) {
      const verdict = this.#finished.get(id)?.verdict;
      if (verdict === undefined || verdict === 'N/A' || passes(verdict)) continue;
      return { verdict: 'BLOCKED', reason: `it says nothing without ${id}, which is ${verdict}` };
    }
    return undefined;
  }

  /** Once more, with nothing else going on. */
  async #playAgain(open: Open): Promise<void> {
    const settleScale = nextSettleScale(open.attempts);
    if (this.#gone !== undefined) this.#finish(open, { verdict: 'BLOCKED', reason: this.#gone });
    else if (settleScale === undefined) this.#finish(open, conclude(open.attempts));
    else await this.#track(open, settleScale, true);
  }

  #track(open: Open, settleScale: number, alone: boolean): Promise<void> {
    const playing = this.#attempt(open, settleScale, alone).finally(() => {
      this.#playing.delete(open.planned);
      this.#tell();
    });
    this.#playing.set(open.planned, playing);
    this.#tell();
    return playing;
  }

  /** Plays a row once, and decides what is to become of it. */
  async #attempt(open: Open, settleScale: number, alone: boolean): Promise<void> {
    const { planned, attempts } = open;
    const { clock, signal, patienceMs = usualPatience } = this.#options;
    const limitMs = patienceMs(planned, settleScale);
    const bounds = { attempt: attempts.length + 1, settleScale, clock, limitMs, signal };
    const played = await playBounded(this.#stage, planned, bounds);
    if (played === undefined) return;
    const judgement = judge(planned.row, planned.level, played);
    attempts.push({ judgement, played, settleScale, alone });
    const fine = passes(judgement.verdict) || judgement.verdict === 'N/A';
    // After the last rows nobody else would find out.
    const last = planned.row.afterAll === true;
    if (!fine || last || this.#phase === 'hostile' || this.#phase === 'process') {
      const askedAt = clock.now();
      const alive = await Promise.race([this.#stage.alive(), this.#abort]);
      if (alive === undefined) return;
      open.aliveMs = alive ? clock.now() - askedAt : null;
      if (!alive) {
        this.#suspects.push(open);
        return;
      }
    }
    if (nextSettleScale(attempts) === undefined) this.#finish(open, conclude(attempts));
    else this.#again.push(open);
  }

  /** The target is dead: finds out by which row, and starts it anew where that can be done. */
  async #revive(): Promise<void> {
    const [first, ...others] = this.#suspects as [Open, ...Open[]];
    const ids = this.#suspects.map(({ planned }) => planned.row.id);
    const revived = await this.#stage.restart();
    this.#suspects = [];
    if (revived && others.length > 0) {
      // Nobody knows which one it was: each is played again by itself.
      this.#deaths.push(ids);
      this.#again.push(first, ...others);
      return;
    }
    const beside = others.length === 0 ? '' : `; beside it ran ${ids.slice(1).join(', ')}`;
    const reason = `the target could not be reached any more after it${beside}`;
    this.#finish(first, { verdict: 'FAIL', reason, crashed: true });
    if (revived) return;
    this.#gone = `the target is gone since ${ids.join(', ')}`;
    for (const other of others) this.#finish(other, { verdict: 'BLOCKED', reason: this.#gone });
  }

  #finish(
    { planned, attempts, aliveMs }: Open,
    end: Pick<Finished, 'verdict' | 'reason'> & Partial<Finished>,
  ): void {
    const blank = { shown: attempts.at(-1) ?? null, flaky: null, crashed: false };
    this.#finished.set(planned.row.id, { ...blank, ...end, planned, attempts, aliveMs });
    this.#tell();
  }

  #tell(): void {
    this.#options.tell?.({
      phase: this.#phase,
      playing: [...this.#playing.keys()].map(({ row }) => row.id),
      finished: [...this.#finished.values()],
    });
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result, Warning } from '../measure/result.ts';
import { UsageError } from '../wire/usage.ts';
import { type Clock, monotonicClock, uniqueMark, wallClock } from '../world/real/clock.ts';
import { type HarnessError, measureHarnessError } from '../world/real/stage/harness-error.ts';
import { adviceAbout, canConnect } from '../world/real/stage/reach.ts';
import { assemble, exitCodesOf } from './assemble.ts';
import { findCeiling } from './ceiling.ts';
import { tooCrowded } from './crowded.ts';
import { isOfServer } from './fault.ts';
import { RunFolder } from './folder.ts';
import { watchHopeless } from './hopeless.ts';
import { type Draw, keep } from './keep.ts';
import { type CountedHistory, count } from './measured.ts';
import { type Turn, turns } from './order.ts';
import { type Progress, Teller } from './progress.ts';
import { playRound } from './round.ts';
import type { Scenario } from './scenario.ts';
import { hasOwnChannels, stageSpec, type Target, whySkipped } from './staging.ts';
import { layWorkload } from './workload.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  /** What was changed from the file, as it was written: `clients.count=50`. */
  readonly overrides: readonly string[];
  readonly timeScale: number;
  /** What a person types to run this again, without secrets; it goes into the result. */
  readonly command?: string;
  readonly target: Target;
  /** Only these modes; null: all of them. */
  readonly modes: readonly string[] | null;
  readonly ceiling: boolean;
  /** The folder for this run; null: keep nothing. */
  readonly out: string | null;
  readonly events: boolean;
  /** What the folder holds besides, drawn from the result; left out: nothing. */
  readonly draw?: Draw;
  /** Aborted by the person: the run stops, and what was measured is kept and marked. */
  readonly interrupted: AbortSignal;
  /** Somebody may watch on a page while it runs, which goes into the result. */
  readonly live?: boolean;
  progress?(progress: Progress): void;
}

export interface RunFinished {
  readonly result: Result;
  /** Where it was written; null when it was not asked for, or could not be. */
  readonly folder: string | null;
  /** Every exit code that applies; 0 when none does. */
  readonly exitCodes: readonly number[];
}

/** With the start of the program, the answer comes within three seconds. */
const connectPatienceMs = 2000;

/**
 * Runs a scenario: each mode, each repetition, on real processes and sockets.
 * @throws UsageError when the target cannot be reached (3), there are more clients than a server of ours can hold, or
 * the folder cannot be written (2)
 */
export async function runScenario(options: RunOptions): Promise<RunFinished> {
  const { scenario, target, out } = options;
  const crowded = target.url === null ? tooCrowded(scenario) : null;
  if (crowded !== null) throw new UsageError(crowded);
  if (target.url !== null) {
    const problem = await canConnect(target.url, connectPatienceMs, target.tls);
    if (problem !== undefined) {
      throw new UsageError(`cannot reach ${target.url} (${problem}). ${adviceAbout(problem)}`, 3);
    }
  }
  const clock = monotonicClock();
  const mark = uniqueMark();
  const folder = out === null ? null : new RunFolder(out, `draft-${mark}`);
  const records = mkdtempSync(join(tmpdir(), 'pollmark-'));
  const tidyUp = (): void => {
    folder?.discard();
    rmSync(records, { recursive: true, force: true });
  };
  // Somebody who interrupts twice ends this process in mid-run.
  process.once('exit', tidyUp);
  try {
    const { result, counted } = await new Run(options, clock, mark, records).play();
    const written =
      folder === null ? null : await keep(folder, result, options.events ? counted : null, options.draw);
    return { result, folder: written, exitCodes: exitCodesOf(result, options.interrupted.aborted) };
  } finally {
    process.off('exit', tidyUp);
    tidyUp();
  }
}

/** One run of one scenario, from the first process to the folder. */
class Run {
  readonly #options: RunOptions;
  readonly #clock: Clock;
  readonly #mark: string;
  readonly #records: string;
  readonly #skipped: readonly (string | null)[];
  readonly #counted: CountedHistory[][];
  readonly #troubles: string[] = [];
  readonly #warnings: Warning[] = [];
  #harnessError: HarnessError | null = null;
  #ceilingRps: number | null = null;
  #played = 0;
  /** Why the rest of the run was not worth its time. */
  #hopeless: string | null = null;

  constructor(options: RunOptions, clock: Clock, mark: string, records: string) {
    this.#options = options;
    this.#clock = clock;
    this.#mark = mark;
    this.#records = records;
    const { scenario, target, modes } = options;
    this.#skipped = scenario.modes.map((mode) => whySkipped(mode, target, modes));
    this.#counted = scenario.modes.map(() => []);
  }

  /** @returns what was found out, and the histories that go with it */
  async play(): Promise<{ result: Result; counted: readonly (readonly CountedHistory[])[] }> {
    const { scenario, target, interrupted } = this.#options;
    const began = wallClock();
    const beganAt = this.#clock.now();
    const active = scenario.modes.map((_, i) => i).filter((i) => this.#skipped[i] === null);
    if (active.length === 0) {
      throw new UsageError(
        `no mode of ${scenario.name} can run: ${this.#skipped.filter(Boolean).join('; ')}`,
      );
    }
    if (this.#options.ceiling)
      this.#ceilingRps = await findCeiling(scenario, target, this.#mark, interrupted);
    for (const turn of turns(this.#orderOf(), scenario.repetitions, active)) {
      if (interrupted.aborted || this.#troubles.length > 0 || this.#hopeless !== null) break;
      await this.#turn(turn);
    }
    this.#judgeLoad();
    this.#tellLeftBehind();
    const drift = wallClock() - began - (this.#clock.now() - beganAt);
    const result = assemble({
      id: `${new Date(began).toISOString().replace(/[:.]/g, '-')}-${scenario.name}`,
      startedAt: new Date(began).toISOString(),
      finishedAt: new Date(wallClock()).toISOString(),
      world: 'real',
      virtual: null,
      scenario,
      overrides: this.#options.overrides,
      timeScale: this.#options.timeScale,
      command: this.#options.command ?? null,
      live: this.#options.live ?? false,
      target,
      modes: scenario.modes.map((_, i) => ({ skipped: this.#skipped[i]!, counted: this.#counted[i]! })),
      interrupted: interrupted.aborted,
      hopeless: this.#hopeless,
      troubles: this.#troubles,
      clockDriftMs: drift,
      warnings: this.#warnings,
    });
    return { result, counted: this.#counted };
  }

  /**
   * Modes that share a server take turns where one would hear the other's messages, or each would stop it for both.
   */
  #orderOf(): Scenario['order'] {
    const { scenario, target } = this.#options;
    if (scenario.order !== 'together') return scenario.order;
    const why = !hasOwnChannels(target)
      ? `${target.profile.name} has no channels`
      : target.url !== null && scenario.faults.some(isOfServer)
        ? `all modes share ${target.url}, and what befalls it would befall them twice`
        : null;
    if (why === null) return 'together';
    if (this.#warnings.every(({ code }) => code !== 'not-together'))
      this.#warnings.push({
        code: 'not-together',
        text: `${why}: the modes were measured one after the other instead of together.`,
      });
    return 'interleaved';
  }

  async #turn({ repetition, modes }: Turn): Promise<void> {
    const { scenario, target, interrupted, progress } = this.#options;
    const load = layWorkload(scenario, repetition);
    const specs = modes.map((mode) =>
      stageSpec(scenario, scenario.modes[mode]!, target, load, {
        clock: this.#clock,
        folder: this.#records,
        run: `${this.#mark}-${mode}-${repetition}`,
        seed: `${load.seed}`,
      }),
    );
    const selfCheck =
      this.#harnessError !== null
        ? null
        : async () => {
            try {
              this.#harnessError = await measureHarnessError(this.#clock, this.#records);
            } catch (error) {
              const text = `our own error could not be measured: ${(error as Error).message.split('\n')[0]}`;
              this.#warnings.push({ code: 'no-self-check', text });
            }
          };
    const { warmupMs, durationMs, cooldownMs } = scenario;
    const hopeless = new AbortController();
    const names = modes.map((mode) => scenario.modes[mode]!.name);
    const teller = new Teller(this.#clock, scenario, names, repetition, progress);
    const unwatch = watchHopeless(
      scenario,
      target,
      modes,
      () => teller.measuring,
      (why) => {
        if (hopeless.signal.aborted) return;
        this.#hopeless = why;
        hopeless.abort();
      },
    );
    try {
      const round = { stages: specs, span: { warmupMs, durationMs, cooldownMs }, selfCheck };
      const played = await playRound(
        this.#clock,
        round,
        AbortSignal.any([interrupted, hopeless.signal]),
        teller,
      );
      for (const [i, one] of played.entries()) {
        this.#troubles.push(...one.troubles);
        const counted = count(scenario, scenario.modes[modes[i]!]!, target, one, {
          index: repetition,
          order: this.#played++,
          seed: load.seed,
          ceilingRps: this.#ceilingRps,
          harnessError: this.#harnessError,
        });
        if (counted !== null) this.#counted[modes[i]!]!.push(counted);
      }
    } finally {
      unwatch();
      teller.end();
    }
  }

  /** Somebody else's server is left as it was, but for what it remembers of us. */
  #tellLeftBehind(): void {
    const { target } = this.#options;
    if (target.url === null) return;
    const where = hasOwnChannels(target) ? `in channels that begin with ${this.#mark}` : 'in its one channel';
    const text = `the messages of this run stay on ${target.url} ${where}, as long as it remembers them.`;
    this.#warnings.push({ code: 'left-behind', text });
  }

  /** Modes that run together share the machine: that is honest only far below what the server can do. */
  #judgeLoad(): void {
    if (this.#ceilingRps === null || this.#orderOf() !== 'together') return;
    const sum = this.#counted.reduce((all, [first]) => all + (first?.measured.requests.per_s ?? 0), 0);
    if (sum <= this.#ceilingRps / 4) return;
    this.#warnings.push({
      code: 'together-near-ceiling',
      text:
        `the modes ran together at ${Math.round(sum)} requests/s, and this server answers at most about ` +
        `${this.#ceilingRps}/s: they were in each other's way. Use order: interleaved.`,
      invalidates: true,
    });
  }
}

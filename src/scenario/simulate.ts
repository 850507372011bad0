import { availableParallelism } from 'node:os';
import type { Result, Warning } from '../measure/result.ts';
import { UsageError } from '../wire/usage.ts';
import { type Clock, monotonicClock, uniqueMark, wallClock } from '../world/real/clock.ts';
import { VirtualJoin } from '../world/virtual/simulate.ts';
import { assemble, exitCodesOf } from './assemble.ts';
import { ownProfile } from './find.ts';
import { RunFolder } from './folder.ts';
import { type Draw, keep } from './keep.ts';
import { type Turn, turns } from './order.ts';
import type { RunFinished } from './run.ts';
import type { Scenario } from './scenario.ts';
import { type Target, whyLeftOut } from './staging.ts';
import type { EngineChoice } from './virtual/choice.ts';
import { countKept, countStreamed, type PlayOut, type VirtualCounted } from './virtual/counting.ts';
import { countingOf, refusedEngine, wayOf, wayOfMany } from './virtual/engine.ts';
import { eventsExpected } from './virtual/extent.ts';
import { Loads } from './virtual/loads.ts';
import { LonePool, type ThreadAt } from './virtual/lone-pool.ts';
import { playLone } from './virtual/lone-turn.ts';
import { mostEventsUsually, threadsThatFit, tooLarge } from './virtual/memory.ts';
import { cutShort, eventsNotKept, playedAlone } from './virtual/notes.ts';
import { playInSlices } from './virtual/slices.ts';
import { virtualSpec } from './virtual/spec.ts';

/** Where a virtual run is, for a person who watches; times are virtual. */
export interface VirtualProgress {
  readonly mode: string;
  readonly repetition: number;
  readonly repetitions: number;
  /** `join`, `play`; of a large run also `look ahead` and `look again`. */
  readonly phase: string;
  readonly elapsedMs: number;
  readonly lengthMs: number;
  /** Where clients are played one by one: so many are over, and `elapsedMs` is their share of the time. Else null. */
  readonly clientsDone: number | null;
}

export interface SimulateOptions {
  readonly scenario: Scenario;
  /** What was changed from the file, as it was written: `clients.count=50`. */
  readonly overrides?: readonly string[];
  readonly timeScale?: number;
  /** What a person types to run this again; it goes into the result. */
  readonly command?: string;
  /** Only these modes; left out or null: all of them. */
  readonly modes?: readonly string[] | null;
  /** The folder for this run; left out or null: keep nothing. */
  readonly out?: string | null;
  /** Whether the folder gets the file of events; a run of more than `mostEvents` has none. */
  readonly events?: boolean;
  /** What the folder holds besides, drawn from the result; left out: nothing. */
  readonly draw?: Draw;
  /** So many events are kept in memory, over all modes and repetitions; default a million. */
  readonly mostEvents?: number;
  /**
   * Left out or `auto`: more events than may be kept are played client by client, where none touches another.
   * `exact`: all clients together whatever their number. `alone`: each by itself.
   */
  readonly engine?: EngineChoice;
  /** So many turns are played at once, of those that are played client by client; default as many as there are cores. */
  readonly jobs?: number;
  /** Aborted: the run stops, and what was counted is kept and marked. */
  readonly interrupted?: AbortSignal;
  progress?(progress: VirtualProgress): void;
}

/**
 * Runs a scenario in virtual time: each mode, each repetition, against a server of our own in the same process. The
 * same scenario gives the same result but for `id`, `startedAt` and `finishedAt`, and the same history.
 * @throws UsageError when the scenario is too large for this machine, its clients cannot be played as it was asked for, or
 *   the folder cannot be written
 */
export async function simulateScenario(options: SimulateOptions): Promise<RunFinished> {
  const { out = null, events = true } = options;
  const run = new Simulation(options);
  const folder = out === null ? null : new RunFolder(out, `draft-${uniqueMark()}`);
  const tidyUp = (): void => folder?.discard();
  // Somebody who interrupts twice ends this process in mid-run.
  process.once('exit', tidyUp);
  try {
    const result = await run.play();
    const written =
      folder === null ? null : await keep(folder, result, events ? run.histories() : null, options.draw);
    const interrupted = options.interrupted?.aborted ?? false;
    return { result, folder: written, exitCodes: exitCodesOf(result, interrupted) };
  } finally {
    run.close();
    process.off('exit', tidyUp);
    tidyUp();
  }
}

/** One run of one scenario. */
class Simulation {
  readonly #options: SimulateOptions;
  readonly #target: Target;
  readonly #clock: Clock = monotonicClock();
  readonly #interrupted: AbortSignal;
  readonly #counted: VirtualCounted[][];
  readonly #skipped: readonly (string | null)[];
  /** Places of the modes that run. */
  readonly #active: readonly number[];
  readonly #whys = new Set<string>();
  #pool: LonePool | null = null;
  readonly #warnings: Warning[] = [];
  readonly #troubles: string[] = [];
  /** How many events may still be kept. */
  #room: number;

  constructor(options: SimulateOptions) {
    const { scenario, modes = null, mostEvents = mostEventsUsually } = options;
    this.#options = options;
    const profile = ownProfile(scenario.server.semantics);
    this.#target = { url: null, profile, headers: {}, tls: {} };
    this.#interrupted = options.interrupted ?? new AbortController().signal;
    this.#counted = scenario.modes.map(() => []);
    this.#skipped = scenario.modes.map((mode) => whyLeftOut(mode, { profile }, modes));
    this.#room = mostEvents;
    this.#active = scenario.modes.map((_, i) => i).filter((i) => this.#skipped[i] === null);
    if (this.#active.length === 0)
      throw new UsageError(
        `no mode of ${scenario.name} can run: ${this.#skipped.filter(Boolean).join('; ')}`,
      );
    const active = this.#active.map((i) => scenario.modes[i]!);
    const refused = refusedEngine(scenario, active, options.engine ?? 'auto');
    if (refused.length > 0) throw new UsageError(refused);
    const problem = tooLarge(scenario, active, options.engine, mostEvents);
    if (problem !== null) throw new UsageError(problem);
  }

  async play(): Promise<Result> {
    const { scenario } = this.#options;
    const began = wallClock();
    const order = turns(scenario.order, scenario.repetitions, this.#active);
    this.#pool = this.#openPool(order);
    for (const { repetition, modes } of order) {
      const loads = new Loads(scenario, this.#target.profile, repetition);
      for (const mode of modes) {
        if (this.#interrupted.aborted || this.#troubles.length > 0) break;
        await this.#turn(mode, repetition, loads);
      }
    }
    const { overrides = [], timeScale = 1, command = null } = this.#options;
    return assemble({
      world: 'virtual',
      virtual: this.#virtual(),
      id: `${new Date(began).toISOString().replace(/[:.]/g, '-')}-${scenario.name}`,
      startedAt: new Date(began).toISOString(),
      finishedAt: new Date(wallClock()).toISOString(),
      scenario,
      overrides,
      timeScale,
      command,
      target: this.#target,
      modes: scenario.modes.map((_, i) => ({ skipped: this.#skipped[i]!, counted: this.#counted[i]! })),
      interrupted: this.#interrupted.aborted,
      hopeless: null,
      troubles: this.#troubles,
      clockDriftMs: 0,
      warnings: this.#warnings,
    });
  }

  /** Threads for all turns that are certainly played client by client; null where one would do. */
  #openPool(order: readonly Turn[]): LonePool | null {
    const { scenario, engine = 'auto', mostEvents = mostEventsUsually } = this.#options;
    const { profile } = this.#target;
    const tasks = order.flatMap(({ repetition, modes }) =>
      modes
        .filter((index) => wayOf(scenario, scenario.modes[index]!, profile, engine, mostEvents).alone)
        .map((index) => ({ scenario, index, repetition })),
    );
    const { jobs = availableParallelism() } = this.#options;
    const threads = Math.min(tasks.length, jobs, threadsThatFit(scenario));
    if (threads < 2 || this.#interrupted.aborted) return null;
    const pool = new LonePool(tasks, threads);
    this.#interrupted.addEventListener('abort', () => pool.end(), { once: true });
    return pool;
  }

  /** Ends whatever still plays. */
  close(): void {
    this.#pool?.end();
  }

  /** The histories of all modes; null when there is one that was not kept: half of them would only mislead. */
  histories(): Parameters<typeof keep>[2] {
    const all = this.#counted.map((list) =>
      list.flatMap(({ history, ...rest }) =>
        history === null ? [] : [{ ...rest, history: () => history.events() }],
      ),
    );
    return all.every((list, i) => list.length === this.#counted[i]!.length) ? all : null;
  }

  async #turn(index: number, repetition: number, loads: Loads): Promise<void> {
    const { scenario, engine = 'auto' } = this.#options;
    const mode = scenario.modes[index]!;
    const { profile } = this.#target;
    let way = wayOf(scenario, mode, profile, engine, this.#room);
    let counted = way.alone ? 'too-many' : await this.#playTogether(index, repetition, loads);
    if (counted === 'too-many' && !way.alone) {
      // There were more than expected.
      way = engine === 'auto' ? wayOfMany(scenario, mode, profile, 'its') : way;
      if (!way.alone) counted = await this.#playTogether(index, repetition, loads, true);
    }
    if (counted === 'too-many') counted = await this.#playAlone(index, repetition, loads);
    this.#whys.add(`${mode.name}: ${way.why}`);
    if (counted === null) return;
    const { played, history } = counted;
    this.#troubles.push(...played.troubles);
    // Without a file of events nobody asks for the history any more.
    const { events = true, out = null } = this.#options;
    const keeps = history !== null && events && out !== null;
    if (keeps) this.#room -= history.count;
    this.#counted[index]!.push(keeps ? counted : { ...counted, history: null });
  }

  async #playAlone(index: number, repetition: number, loads: Loads): Promise<VirtualCounted | null> {
    const { scenario } = this.#options;
    const { name } = scenario.modes[index]!;
    const order = this.#counted.flat().length;
    const pooled = this.#pool?.find(index, repetition) ?? null;
    const counted = await (pooled === null
      ? playLone(
          { scenario, index, repetition },
          order,
          (setupMs) => this.#playOut(name, repetition, setupMs),
          loads.lone,
        )
      : this.#pool!.result(pooled, ({ phase, setupMs, now, clientsDone }) =>
          this.#tellProgress({ mode: name, repetition, setupMs, phase, now, clientsDone }),
        ));
    this.#tellOnce(counted === null ? cutShort(name) : playedAlone);
    return counted === null ? null : { ...counted, facts: { ...counted.facts, order } };
  }

  async #playTogether(
    index: number,
    repetition: number,
    loads: Loads,
    streamed = false,
  ): Promise<VirtualCounted | 'too-many' | null> {
    const { scenario } = this.#options;
    const mode = scenario.modes[index]!;
    const { profile } = this.#target;
    const { workload } = loads;
    const spec = virtualSpec(scenario, mode, profile, workload, `v-${index}-${repetition}`);
    const playOut = this.#playOut(mode.name, repetition, workload.setupMs);
    const times = await playOut(new VirtualJoin(spec), 'join');
    if (times === null) return null;
    const known = { index: repetition, order: this.#counted.flat().length, seed: workload.seed };
    const turn = { scenario, mode, profile, spec, times, known };
    if (!streamed && eventsExpected(scenario, mode) <= this.#room)
      return countKept(turn, this.#room, playOut);
    const counted = await countStreamed(turn, playOut);
    if (counted === null) this.#tellOnce(cutShort(mode.name));
    const { events = true, out = null } = this.#options;
    if (events && out !== null) this.#tellOnce(eventsNotKept);
    return counted;
  }

  #playOut(mode: string, repetition: number, setupMs: number): PlayOut {
    return (run, phase) =>
      playInSlices(run, this.#clock, this.#interrupted, (now, clientsDone) =>
        this.#tellProgress({ mode, repetition, setupMs, phase, now, clientsDone }),
      );
  }

  #tellProgress(at: Pick<VirtualProgress, 'mode' | 'repetition'> & ThreadAt): void {
    const { mode, repetition, setupMs, phase, now, clientsDone } = at;
    const { repetitions, warmupMs, durationMs, cooldownMs } = this.#options.scenario;
    const lengthMs = phase === 'join' ? setupMs : setupMs + warmupMs + durationMs + cooldownMs;
    const elapsedMs = Math.min(now, lengthMs);
    this.#options.progress?.({ mode, repetition, repetitions, phase, elapsedMs, lengthMs, clientsDone });
  }

  #tellOnce(warning: Warning): void {
    if (!this.#warnings.some(({ code }) => code === warning.code)) this.#warnings.push(warning);
  }

  #virtual(): Result['virtual'] {
    const all = this.#counted.flat();
    const engines = new Set(all.map(({ played }) => played.engine));
    return {
      engine: [...engines].sort().join(' + '),
      events: all.reduce((sum, { played }) => sum + played.events, 0),
      simulated_s: Math.round(all.reduce((sum, { played }) => sum + played.endedAt, 0)) / 1000,
      counted: countingOf(all.map(({ how }) => how)),
      why: [...this.#whys].join('; '),
      server_busy: Math.round(1e6 * Math.max(0, ...all.map(({ played }) => played.busyShare))) / 1e6,
    };
  }
}

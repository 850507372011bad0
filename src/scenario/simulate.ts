import type { Result, Warning } from '../measure/result.ts';
import { UsageError } from '../wire/usage.ts';
import { type Clock, monotonicClock, uniqueMark, wallClock } from '../world/real/clock.ts';
import { VirtualJoin } from '../world/virtual/simulate.ts';
import { assemble, exitCodesOf } from './assemble.ts';
import { ownProfile } from './find.ts';
import { RunFolder } from './folder.ts';
import { type Draw, keep } from './keep.ts';
import { turns } from './order.ts';
import type { RunFinished } from './run.ts';
import type { Scenario } from './scenario.ts';
import { type Target, whyLeftOut } from './staging.ts';
import { countKept, countStreamed, type PlayOut, type VirtualCounted } from './virtual/counting.ts';
import { eventsExpected, tooLarge } from './virtual/extent.ts';
import { playInSlices } from './virtual/slices.ts';
import { virtualSpec } from './virtual/spec.ts';
import type { Workload } from './workload/planned.ts';
import { layWorkload } from './workload.ts';

/** Where a virtual run is, for a person who watches; times are virtual. */
export interface VirtualProgress {
  readonly mode: string;
  readonly repetition: number;
  readonly repetitions: number;
  /** `join`, `play`; of a large run also `look ahead` and `look again`. */
  readonly phase: string;
  readonly elapsedMs: number;
  readonly lengthMs: number;
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
  /** So many events are kept in memory, over all modes and repetitions; default four millions. */
  readonly mostEvents?: number;
  /** Aborted: the run stops, and what was counted is kept and marked. */
  readonly interrupted?: AbortSignal;
  progress?(progress: VirtualProgress): void;
}

const mostEventsUsually = 4_000_000;

/**
 * Runs a scenario in virtual time: each mode, each repetition, against a server of our own in the same process. The
 * same scenario gives the same result but for `id`, `startedAt` and `finishedAt`, and the same history.
 * @throws UsageError when the scenario is too large for this machine, or the folder cannot be written
 */
export async function simulateScenario(options: SimulateOptions): Promise<RunFinished> {
  const { out = null, events = true, scenario } = options;
  const problem = tooLarge(scenario);
  if (problem !== null) throw new UsageError(problem);
  const folder = out === null ? null : new RunFolder(out, `draft-${uniqueMark()}`);
  const tidyUp = (): void => folder?.discard();
  // Somebody who interrupts twice ends this process in mid-run.
  process.once('exit', tidyUp);
  try {
    const run = new Simulation(options);
    const result = await run.play();
    const written =
      folder === null ? null : await keep(folder, result, events ? run.histories() : null, options.draw);
    const interrupted = options.interrupted?.aborted ?? false;
    return { result, folder: written, exitCodes: exitCodesOf(result, interrupted) };
  } finally {
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
  readonly #warnings: Warning[] = [];
  readonly #troubles: string[] = [];
  /** How many events may still be kept. */
  #room: number;
  #played = 0;

  constructor(options: SimulateOptions) {
    const { scenario, modes = null, mostEvents = mostEventsUsually } = options;
    this.#options = options;
    const profile = ownProfile(scenario.server.semantics);
    this.#target = { url: null, profile, headers: {}, tls: {} };
    this.#interrupted = options.interrupted ?? new AbortController().signal;
    this.#counted = scenario.modes.map(() => []);
    this.#skipped = scenario.modes.map((mode) => whyLeftOut(mode, { profile }, modes));
    this.#room = mostEvents;
  }

  async play(): Promise<Result> {
    const { scenario } = this.#options;
    const began = wallClock();
    const active = scenario.modes.map((_, i) => i).filter((i) => this.#skipped[i] === null);
    if (active.length === 0)
      throw new UsageError(
        `no mode of ${scenario.name} can run: ${this.#skipped.filter(Boolean).join('; ')}`,
      );
    let load = null as { readonly repetition: number; readonly workload: Workload } | null;
    for (const { repetition, modes } of turns(scenario.order, scenario.repetitions, active)) {
      for (const mode of modes) {
        if (this.#interrupted.aborted || this.#troubles.length > 0) break;
        if (load?.repetition !== repetition)
          load = { repetition, workload: layWorkload(scenario, repetition) };
        await this.#turn(mode, repetition, load.workload);
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

  /** The histories of all modes; null when there is one that was not kept: half of them would only mislead. */
  histories(): Parameters<typeof keep>[2] {
    const all = this.#counted.map((list) =>
      list.flatMap(({ history, ...rest }) =>
        history === null ? [] : [{ ...rest, history: () => history.events() }],
      ),
    );
    return all.every((list, i) => list.length === this.#counted[i]!.length) ? all : null;
  }

  async #turn(index: number, repetition: number, workload: Workload): Promise<void> {
    const { scenario } = this.#options;
    const mode = scenario.modes[index]!;
    const { profile } = this.#target;
    const spec = virtualSpec(scenario, mode, profile, workload, `v-${index}-${repetition}`);
    const playOut = this.#playOut(mode.name, repetition, workload);
    const times = await playOut(new VirtualJoin(spec), 'join');
    if (times === null) return;
    const known = { index: repetition, order: this.#played++, seed: workload.seed };
    const turn = { scenario, mode, profile, spec, times, known };
    const few = eventsExpected(scenario, mode, workload) <= this.#room;
    let counted = few ? await countKept(turn, this.#room, playOut) : 'too-many';
    if (counted === 'too-many') {
      counted = await countStreamed(turn, playOut);
      this.#tellStreamed(mode.name, counted === null);
    }
    if (counted === null) return;
    const { played, history } = counted;
    this.#troubles.push(...played.troubles);
    // Without a file of events nobody asks for the history any more.
    const { events = true, out = null } = this.#options;
    if (history !== null && events && out !== null) this.#room -= history.count;
    else counted = { ...counted, history: null };
    this.#counted[index]!.push(counted);
  }

  #playOut(mode: string, repetition: number, workload: Workload): PlayOut {
    const { scenario, progress } = this.#options;
    const { repetitions, warmupMs, durationMs, cooldownMs } = scenario;
    const { setupMs } = workload;
    const whole = setupMs + warmupMs + durationMs + cooldownMs;
    return (run, phase) => {
      const lengthMs = phase === 'join' ? setupMs : whole;
      return playInSlices(run, this.#clock, this.#interrupted, (now) =>
        progress?.({ mode, repetition, repetitions, phase, elapsedMs: Math.min(now, lengthMs), lengthMs }),
      );
    };
  }

  #tellStreamed(mode: string, isLost: boolean): void {
    if (isLost)
      this.#warnings.push({
        code: 'cut-short',
        text: `${mode}: interrupted before a run that is counted as it goes was over; nothing is known of it.`,
      });
    const { events = true, out = null } = this.#options;
    if (!events || out === null || this.#warnings.some(({ code }) => code === 'events-not-kept')) return;
    this.#warnings.push({
      code: 'events-not-kept',
      text: 'the run has more events than are kept; they were counted as they came, and there is no file of events.',
    });
  }

  #virtual(): Result['virtual'] {
    const all = this.#counted.flat();
    const engines = new Set(all.map(({ played }) => played.engine));
    return {
      engine: [...engines].sort().join(' + '),
      events: all.reduce((sum, { played }) => sum + played.events, 0),
      simulated_s: Math.round(all.reduce((sum, { played }) => sum + played.endedAt, 0)) / 1000,
      counted: all.some(({ how }) => how === 'streamed') ? 'streamed' : 'kept',
      server_busy: Math.round(1e6 * Math.max(0, ...all.map(({ played }) => played.busyShare))) / 1e6,
    };
  }
}

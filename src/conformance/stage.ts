import { monitorEventLoopDelay } from 'node:perf_hooks';
import { seededRandom } from '../protocol/random.ts';
import { UsageError } from '../wire/usage.ts';
import { type Clock, monotonicClock, uniqueMark } from '../world/real/clock.ts';
import { Transcript } from '../world/real/raw/transcript.ts';
import { adviceAbout, canConnect } from '../world/real/stage/reach.ts';
import { assumptions, calibrate } from './calibrate.ts';
import type { Case } from './case.ts';
import type { Constants } from './constants.ts';
import { Limits, withFound } from './limits.ts';
import type { Ended, OpenStage, Played, PlayOptions, Stage, StageOptions } from './play.ts';
import { Probe } from './probe/probe.ts';
import { Witness } from './probe/witness.ts';
import { NotApplicable, Unclear, Violation } from './verify.ts';

/** An unreachable target is said within this, milliseconds. */
const reachPatienceMs = 3000;

/** So long may a target that listens deliver nothing, and still count as alive. Milliseconds. */
const breathMs = 30_000;

/** Plays rows against a real target. */
class RealStage implements Stage {
  readonly #options: StageOptions;
  readonly #clock: Clock = monotonicClock();
  readonly #run = uniqueMark();
  readonly #limits = new Limits();
  readonly #witness = new Witness();
  #constants: Constants;
  #played = 0;
  /** Those that have connections open. */
  readonly #probes = new Set<Probe>();

  constructor(options: StageOptions) {
    this.#options = options;
    this.#constants = assumptions(options.target.profile);
  }

  async calibrate(chosen: readonly Case[]): Promise<Constants> {
    const { origin, tls } = this.#options.target;
    const problem = await canConnect(origin, reachPatienceMs, tls);
    if (problem !== undefined) {
      throw new UsageError(`cannot reach ${origin} (${problem}). ${adviceAbout(problem)}`, 3);
    }
    const probe = this.#probe('calibration', {});
    try {
      this.#constants = scaled(await calibrate(probe), this.#options.timingScale);
      if (chosen.some(({ limits }) => limits?.includes('hold'))) await this.#limits.hold(probe);
      if (chosen.some(({ limits }) => limits?.includes('keep-alive'))) await this.#limits.keepAlive(probe);
    } finally {
      await this.#end(probe);
    }
    this.#constants = withFound(this.#constants, this.#limits);
    return this.#constants;
  }

  async play(row: Case, { attempt, settleScale, signal }: PlayOptions): Promise<Played> {
    const transcript = this.#transcript();
    const probe = this.#probe(`${row.id}.${attempt}`, { settleScale, transcript, signal });
    const delay = monitorEventLoopDelay({ resolution: 10 });
    const startedAt = this.#clock.now();
    delay.enable();
    const ended = await this.#within(row, probe, signal);
    delay.disable();
    const durationMs = this.#clock.now() - startedAt;
    const endings = await this.#end(probe);
    return {
      ended,
      durationMs,
      endings: endings.map((ending, i) => ({ connection: i + 1, ending })),
      transcript: transcript.entries().map((entry) => ({ ...entry, at_ms: entry.at_ms - startedAt })),
      loopDelayMs: Math.max(0, delay.max / 1e6 - 10),
    };
  }

  /** A target that is only breathless after a row gets time to come round, as long as somebody listens there. */
  async alive(): Promise<boolean> {
    const { origin, tls } = this.#options.target;
    const end = this.#clock.now() + breathMs;
    while (!(await this.#delivers())) {
      const stopped = this.#options.signal?.aborted === true;
      if (stopped || this.#clock.now() >= end) return false;
      if ((await canConnect(origin, reachPatienceMs, tls)) !== undefined) return false;
    }
    return true;
  }

  async #delivers(): Promise<boolean> {
    const probe = this.#probe(`alive.${++this.#played}`, {});
    try {
      await probe.alive();
      return true;
    } catch {
      return false;
    } finally {
      await this.#end(probe);
    }
  }

  async restart(): Promise<boolean> {
    return (await this.#options.restart?.()) ?? false;
  }

  /** What is still being waited for after an abort is cut off, so that nothing keeps the process alive. */
  async close(): Promise<void> {
    await Promise.all([...this.#probes].map((probe) => this.#end(probe)));
  }

  async #end(probe: Probe): ReturnType<Probe['end']> {
    const endings = await probe.end();
    this.#probes.delete(probe);
    return endings;
  }

  /** A row that is given up ends here, whatever it waits for: its connections are closed after that. */
  #within(row: Case, probe: Probe, signal: AbortSignal | undefined): Promise<Ended> {
    const givenUp = new Promise<Ended>((resolve) => {
      const end = (): void => resolve({ kind: 'unclear', why: 'the row was given up' });
      if (signal?.aborted === true) end();
      else signal?.addEventListener('abort', end, { once: true });
    });
    return Promise.race([endOf(row, probe), givenUp]);
  }

  #probe(
    name: string,
    extra: { settleScale?: number; transcript?: Transcript; signal?: AbortSignal | undefined },
  ): Probe {
    const { target, seed, signal } = this.#options;
    const { settleScale = 1, transcript = this.#transcript() } = extra;
    const stop = extra.signal ?? signal;
    const probe = new Probe({
      target,
      constants: this.#constants,
      clock: this.#clock,
      random: seededRandom(String(seed), 'row', name),
      // Some servers take letters, digits and hyphens in a name, and nothing else.
      mark: `${this.#run}-${name.replaceAll('.', '-')}`,
      row: name.replace(/\.\d+$/, ''),
      transcript,
      settleScale,
      limits: this.#limits,
      witness: this.#witness,
      ...(stop !== undefined && { signal: stop }),
    });
    this.#probes.add(probe);
    return probe;
  }

  #transcript(): Transcript {
    return new Transcript(this.#options.target.secrets);
  }
}

/** A stage on a target that runs. */
export const openStage: OpenStage = (options) => Promise.resolve(new RealStage(options));

async function endOf(row: Case, probe: Probe): Promise<Ended> {
  try {
    return { kind: 'observed', observation: await row.run(probe) };
  } catch (error) {
    if (error instanceof Violation) {
      const { expected, actual, facts } = error;
      return { kind: 'violation', expected, actual, ...facts };
    }
    if (error instanceof Unclear) return { kind: 'unclear', why: error.message };
    if (error instanceof NotApplicable) return { kind: 'not-applicable', why: error.message };
    return { kind: 'error', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function scaled(constants: Constants, factor: number): Constants {
  if (factor === 1) return constants;
  const times = <T extends { ms: number }>(figure: T): T => ({ ...figure, ms: figure.ms * factor });
  return {
    ...constants,
    settle: times(constants.settle),
    deliveryBudget: times(constants.deliveryBudget),
    release: times(constants.release),
  };
}

import { metric } from '../measure/metrics.ts';
import type { Result } from '../measure/result.ts';
import { answerSentence } from '../report/sentence.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Progress } from '../scenario/progress.ts';
import type { RunFinished } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Clock, monotonicClock } from '../world/real/clock.ts';
import { LivePage } from '../world/real/live/live-page.ts';
import type { LiveFinished, LiveState } from '../world/real/server/page/live-state.ts';
import { type Io, printWarnings } from './print.ts';

const everyMs = 1000;
const nothing: LiveState = {
  ...{ scenario: '', title: '', phase: null, playing: '', repetition: 1, repetitions: 1 },
  ...{ elapsedMs: 0, phaseMs: 0, etaMs: null, modes: [], finished: [], over: false },
};

/** What the live page shows of a bench: a word a second, and one more at each change of phase. */
export class LiveView {
  readonly #page: LivePage;
  readonly #clock: Clock = monotonicClock();
  #state = nothing;
  #endsAt = 0;
  #dueAt = 0;
  #clients = 0;

  /** @returns null, with a warning, when the page cannot be had: the run goes on without it */
  static async open(io: Io): Promise<LiveView | null> {
    const goesOn = 'the run goes on without it';
    try {
      const page = await LivePage.start((why) => {
        // There may be a line of progress that is redrawn.
        if (io.errIsTty) io.err('\n');
        printWarnings(io, [`the live page has gone (${why}); ${goesOn}`]);
      });
      io.err(`live: ${page.url}/\n`);
      return new LiveView(page);
    } catch (error) {
      printWarnings(io, [`the live page cannot be had (${(error as Error).message}); ${goesOn}`]);
      return null;
    }
  }

  private constructor(page: LivePage) {
    this.#page = page;
    page.tell(this.#state);
  }

  /** A scenario is about to run. */
  begins({ name, title, clients }: Scenario, { totalMs }: Plan): void {
    this.#endsAt = this.#clock.now() + totalMs;
    this.#clients = clients.count;
    this.#tell({ scenario: name, title, modes: [] });
  }

  show({ mode, modes, repetition, repetitions, phase, elapsedMs, lengthMs, stages }: Progress): void {
    const now = this.#clock.now();
    const changed = phase !== this.#state.phase || mode !== this.#state.playing;
    if (!changed && now < this.#dueAt) return;
    // On a grid, so that the caller's own beat does not make it slower and slower.
    this.#dueAt = Math.max(this.#dueAt + everyMs, now);
    this.#tell({
      ...{ phase, playing: mode, repetition: repetition + 1, repetitions },
      ...{ elapsedMs, phaseMs: lengthMs, etaMs: Math.max(0, this.#endsAt - now) },
      modes: modes.map((name, i) => {
        const live = stages[i]?.live;
        return {
          ...{ name, clients: this.#clients, held: live?.held ?? null },
          ...{ requestsPerS: live?.requestsPerS ?? null, p50Ms: live?.p50SoFarMs ?? null },
        };
      }),
    });
  }

  finished({ result, folder }: RunFinished): void {
    this.#tell({ phase: null, finished: [...this.#state.finished, finishedOf(result, folder)] });
  }

  /** Nothing more will come. Nobody waits for the page. */
  end(): void {
    this.#page.end({ ...this.#state, phase: null, etaMs: null, over: 'ended' });
  }

  #tell(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#page.tell(this.#state);
  }
}

function finishedOf(result: Result, folder: string | null): LiveFinished {
  return {
    scenario: String(result.scenario['name'] ?? ''),
    status: result.status,
    sentence: answerSentence(result),
    failed: result.thresholds.filter(({ ok }) => ok === false).map(({ expr }) => expr),
    lost: result.modes.flatMap((mode) => {
      const { value } = metric(result, mode.name, 'lost');
      return value === null ? [] : [{ mode: mode.name, count: value }];
    }),
    folder,
  };
}

import { setImmediate } from 'node:timers/promises';
import type { Case, Observation } from '../../src/conformance/case.ts';
import type { Constants, Figure } from '../../src/conformance/constants.ts';
import { type PlannedRow, planRows } from '../../src/conformance/phase.ts';
import type { Ended, Played, PlayOptions, Stage } from '../../src/conformance/play.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import type { Profile } from '../../src/wire/profile.ts';

const measured = (ms: number): Figure => ({ ms, from: 'measured' });

export const constants: Constants = {
  settle: measured(50),
  deliveryBudget: measured(250),
  hold: { ms: 25_000, from: 'profile' },
  keepAlive: undefined,
  release: measured(1000),
  interval: { ms: 10_000, from: 'default' },
  requestP99Ms: 3,
  deliveryP50Ms: 2,
  deliveryP99Ms: 8,
};

/** A profile with channels, a cursor, presence and regular polls; it claims what is given, and nothing else. */
export function profileWith(
  claims: Readonly<Record<string, unknown>> = {},
  more: Partial<Profile> = {},
): Profile {
  const own = ownProfile('buffered');
  const none = Object.fromEntries(Object.keys(own.claims).map((name) => [name, false]));
  return { ...own, claims: { ...none, ...claims } as Profile['claims'], ...more };
}

/** A row that is never run: the stage is a fake. */
export function row(id: string, more: Partial<Case> = {}): Case {
  return {
    id,
    duties: [{ level: 'MUST', authority: 'PRACTICE' }],
    requires: `${id} is demanded.`,
    because: 'It breaks otherwise.',
    run: () => Promise.reject(new Error('a fake stage plays no row')),
    ...more,
  };
}

export function planned(cases: readonly Case[], profile: Profile = profileWith()): PlannedRow[] {
  return planRows(cases, { profile, constants });
}

export const pass = (observation?: Observation): Ended => ({ kind: 'observed', observation });
export const fail: Ended = { kind: 'violation', expected: 'an answer', actual: 'none came' };
export const unclear: Ended = { kind: 'unclear', why: 'the publish was not acknowledged' };
export const broken: Ended = { kind: 'error', stack: 'TypeError: x is not a function' };

export function played(ended: Ended, more: Partial<Played> = {}): Played {
  return { ended, durationMs: 5, endings: [], transcript: [], loopDelayMs: 0, ...more };
}

/** One playing of a row, as the script of a fake stage sees it. */
export interface Playing extends PlayOptions {
  /** Ids of the rows that were being played when this one began. */
  readonly beside: readonly string[];
}

export type Script = Readonly<
  Record<string, (playing: Playing) => Ended | Partial<Played> | 'dies' | 'hangs'>
>;

/** Rows pass unless the script says otherwise; a row that `dies` takes the target with it. */
export class FakeStage implements Stage {
  /** What was asked of it, in order: `row 1 x10`, `alive`, `restart`, `close`. */
  readonly log: string[] = [];
  readonly beside = new Map<string, readonly string[]>();
  most = 0;
  canRestart = false;
  /** Rows that were given to the calibration. */
  calibrated: readonly string[] = [];
  calibration: () => Constants = () => constants;
  readonly #script: Script;
  readonly #playing = new Set<string>();
  #dead = false;

  constructor(script: Script = {}) {
    this.#script = script;
  }

  /** How often each row was played. */
  get plays(): readonly string[] {
    return this.log.filter((line) => !['alive', 'restart', 'close'].includes(line));
  }

  calibrate(chosen: readonly Case[]): Promise<Constants> {
    this.calibrated = chosen.map(({ id }) => id);
    return Promise.resolve().then(this.calibration);
  }

  async play({ id }: Case, options: PlayOptions): Promise<Played> {
    const { attempt, settleScale } = options;
    this.log.push(`${id} ${attempt} x${settleScale}`);
    const beside = [...this.#playing];
    this.beside.set(`${id} ${attempt}`, beside);
    this.#playing.add(id);
    this.most = Math.max(this.most, this.#playing.size);
    try {
      await setImmediate();
      const said = this.#script[id]?.({ ...options, beside }) ?? pass();
      if (said === 'hangs') return await new Promise<Played>(() => {});
      if (said === 'dies') this.#dead = true;
      if (this.#dead) return played({ kind: 'unclear', why: 'connection refused' });
      return 'kind' in (said as object) ? played(said as Ended) : played(pass(), said as Partial<Played>);
    } finally {
      this.#playing.delete(id);
    }
  }

  alive(): Promise<boolean> {
    this.log.push('alive');
    return Promise.resolve(!this.#dead);
  }

  restart(): Promise<boolean> {
    this.log.push('restart');
    if (this.canRestart) this.#dead = false;
    return Promise.resolve(this.canRestart);
  }

  close(): Promise<void> {
    this.log.push('close');
    return Promise.resolve();
  }
}

/** What the script gives on the first, second and third playing; after that the last again. */
export function inTurn<T>(...turns: readonly T[]): () => T {
  let n = 0;
  return () => turns[Math.min(n++, turns.length - 1)]!;
}

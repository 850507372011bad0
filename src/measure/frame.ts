import type { PublishEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import type { KeptRun } from './history.ts';

/** A stretch of a run, `from` inside it and `to` outside. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** One fault of the scenario as it really happened in this mode. */
export interface FaultSpan {
  /** Its place in the scenario's list; a fault is there once in a repetition. */
  readonly index: number;
  readonly kind: string;
  /** `to` is when it was over: the server there again, the proxy honest again. Equal to `from` for what takes no time. */
  readonly from: Instant;
  readonly to: Instant;
  /** Whom it could touch; null: all. */
  readonly clients: readonly number[] | null;
}

/** What a summary has to know about a run besides its events. */
export interface Frame {
  readonly clients: number;
  /** Client i reads channel i modulo this. */
  readonly channels: number;
  /** The measured window: messages count by intended publish time, requests by start time. */
  readonly window: Stretch;
  /** When the cool-down was over; what comes later has come too late. */
  readonly endedAt: Instant;
  /** Whether the profile claims that a client may go on from where it was. */
  readonly resume: boolean;
  /** Every publish of the run, measured or not, in any order. */
  readonly publishes: readonly PublishEvent[];
  /** Stretches inside the window for which the schedule holds no message. */
  readonly silences: readonly Stretch[];
  /**
   * The longest that a message may honestly be under way in this mode, milliseconds; what comes later was
   * delayed by something, and what a client that leaves has not had for so long was not its due. Null: not known.
   */
  readonly honestMs: number | null;
  readonly faults: readonly FaultSpan[];
  /** What the network takes from a client to the server; left out: nothing. */
  readonly upMs?: number;
  /** How often the server was asked who is online, milliseconds; null or left out: nobody asked. */
  readonly presenceEveryMs?: number | null;
  /** In how many channels, the first ones; null or left out: in all. */
  readonly presenceChannels?: number | null;
  /** From when on; null or left out: nobody knows, but certainly from the first client on that was shown. */
  readonly presenceFrom?: Instant | null;
  /** How many clients are drawn one by one; which ones hangs on `seed`, and so is the same in every mode. */
  readonly lanes: number;
  readonly seed: number;
}

/**
 * How long after its publish a message may come before something must have kept it, milliseconds: the longest
 * honest delivery, and a fifth on top for what a machine does to it, at least 0.1 s and at most 2 s. (On
 * loopback an honest delivery of long polling takes no time at all, as far as a scenario can say.)
 */
export function graceMs({ honestMs }: Pick<Frame, 'honestMs'>): number {
  return honestMs === null ? 0 : honestMs + Math.min(2_000, Math.max(100, honestMs / 5));
}

/** Whether an instant lies in a stretch. */
export function isIn(at: Instant, stretch: Stretch): boolean {
  return at >= stretch.from && at < stretch.to;
}

/**
 * Into how many steps a stretch falls, at least one; the last may be shorter. A window's end is a sum, and may
 * lie the last binary digit of it too far: a millionth of a step is none.
 */
export function stepsIn({ from, to }: Stretch, stepMs: number): number {
  return Math.max(1, Math.ceil((to - from) / stepMs - 1e-6));
}

/** The step, from 0, in which an instant of the stretch lies. */
export function stepOf(at: Instant, stretch: Stretch, stepMs: number): number {
  return Math.min(stepsIn(stretch, stepMs) - 1, Math.floor((at - stretch.from) / stepMs));
}

/** The frame of a run that was read back from a history file: its events summarise to the same numbers again. */
export function frameOf({ run, events }: KeptRun): Frame {
  const { clients, channels, windowFrom, windowTo, endedAt, resume, silences, honestMs, faults, seed, upMs } =
    run;
  const { presenceEveryMs, presenceChannels, presenceFrom, lanes } = run;
  const publishes = events.filter((event) => event.kind === 'published');
  const window = { from: windowFrom, to: windowTo };
  const rest = { honestMs, faults, upMs, presenceEveryMs, presenceChannels, presenceFrom, lanes, seed };
  return { clients, channels, window, endedAt, resume, publishes, silences, ...rest };
}

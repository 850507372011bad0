import { type Observed, Observer, observe } from '../../measure/fit/observed.ts';
import type { Result } from '../../measure/result.ts';
import { type Measured, type RunFacts, Summary, summarise } from '../../measure/summary.ts';
import type { PublishEvent } from '../../protocol/event.ts';
import type { Profile } from '../../wire/profile.ts';
import { EventLog } from '../../world/virtual/event-log.ts';
import { EventStream } from '../../world/virtual/event-stream.ts';
import { VirtualRun } from '../../world/virtual/simulate.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from '../../world/virtual/spec.ts';
import { type Counted, frameOf } from '../measured.ts';
import type { Mode, Scenario } from '../scenario.ts';
import type { Sliced } from './slices.ts';

/** One mode, one repetition, played in virtual time and counted. */
export interface VirtualCounted extends Counted {
  readonly played: VirtualPlayed;
  readonly how: NonNullable<Result['virtual']>['counted'];
  /** Null: it is not there any more. */
  readonly history: EventLog | null;
}

/** What is to be counted. */
export interface Turn<Spec = VirtualSpec> {
  readonly scenario: Scenario;
  readonly mode: Mode;
  readonly profile: Profile;
  readonly spec: Spec;
  readonly times: Timetable;
  readonly known: Pick<RunFacts, 'index' | 'order' | 'seed'>;
}

/** Plays a run to its end; null when it was interrupted. `what` is what a person is told. */
export type PlayOut = <T>(run: Sliced<T>, what: string) => Promise<T | null>;

/** Thrown into a run that has more events than may be kept. */
class TooMany extends Error {}

/**
 * Keeps the events in memory and counts them afterwards.
 * @returns null when the run ended before anything was measured; `too-many` when there are more than `most` events
 */
export async function countKept(
  turn: Turn,
  most: number,
  playOut: PlayOut,
): Promise<VirtualCounted | 'too-many' | null> {
  const log = new EventLog();
  const run = new VirtualRun(turn.spec, turn.times, log);
  const sliced: Sliced<VirtualPlayed> = {
    get now() {
      return run.now;
    },
    advance(events) {
      const played = run.advance(events);
      if (log.count > most) throw new TooMany();
      return played;
    },
  };
  let played: VirtualPlayed;
  try {
    played = (await playOut(sliced, 'play')) ?? run.interrupt();
  } catch (error) {
    if (error instanceof TooMany) return 'too-many';
    throw error;
  }
  if (played.window.to <= played.window.from) return null;
  const frame = frameFor(turn, played, log.publishes);
  return {
    ...counted(
      turn,
      played,
      summarise(frame, () => log.events()),
    ),
    frame,
    observed: () => observe(frame, log.events()),
    how: 'kept',
    history: log,
  };
}

/**
 * Counts the events as they come and keeps none; what only a second look can tell is found by playing once more.
 * @returns null when the run was interrupted: of half a run nothing is known then
 */
export async function countStreamed(turn: Turn, playOut: PlayOut): Promise<VirtualCounted | null> {
  const { spec, times } = turn;
  const play = (sink: Sink, what: string): Promise<VirtualPlayed | null> =>
    playOut(new VirtualRun(spec, times, sink), what);
  const publishes = plannedPublishes(spec, times);
  // The count has to know beforehand when faults were over, and who was looked for.
  const isBefore = spec.faults.length > 0 || spec.watchPresence;
  const before = isBefore ? await play(publishSink(publishes), 'look ahead') : null;
  if (isBefore && before === null) return null;
  const course = before ?? { window: times.window, endedAt: times.endedAt, faults: [], presence: null };
  const frame = frameFor(turn, course, publishes);
  const summary = new Summary(frame);
  const observer = new Observer(frame);
  const played = await play(
    new EventStream((event) => {
      if (event.kind === 'published') publishes[event.message] = event;
      summary.event(event);
      observer.event(event);
    }),
    'play',
  );
  if (played === null) return null;
  if (summary.turn()) {
    const again = await play(new EventStream((event) => summary.again(event)), 'look again');
    if (again === null) return null;
  }
  const observed = (): Observed => observer.result();
  return { ...counted(turn, played, summary.result()), frame, observed, how: 'streamed', history: null };
}

/** Every message, as long as nobody knows what becomes of it. */
function plannedPublishes({ publishes }: VirtualSpec, { beginAt }: Timetable): PublishEvent[] {
  return publishes.atMs.map((atMs, message) => ({
    kind: 'published',
    message,
    channel: publishes.channel[message]!,
    intendedAt: beginAt + atMs,
    sentAt: beginAt + atMs,
    acknowledgedAt: null,
    status: null,
  }));
}

function publishSink(publishes: PublishEvent[]): Sink {
  return new EventStream((event) => {
    if (event.kind === 'published') publishes[event.message] = event;
  });
}

/** What a summary of it has to know. */
export function frameFor(
  { scenario, mode, profile, known }: Turn<unknown>,
  { window, endedAt, faults, presence }: Pick<VirtualPlayed, 'window' | 'endedAt' | 'faults' | 'presence'>,
  publishes: readonly PublishEvent[],
): Counted['frame'] {
  return frameOf(scenario, mode, profile, known.seed, { window, endedAt, faults, presence, publishes });
}

/** What only a real machine has is not there: clocks, processes, their own error. */
export function counted(
  { known }: Turn<unknown>,
  played: VirtualPlayed,
  measured: Measured,
): Pick<VirtualCounted, 'measured' | 'facts' | 'played'> {
  const stamping = { publish_late_p99_ms: null, late_stamps_share: null, early_stamps: 0 };
  return {
    played,
    measured: { ...measured, stamping },
    facts: {
      ...known,
      server: { cpu_s: null, rss_max_bytes: null, held_max: played.heldMax, ceiling_rps: null },
      drift: { server: null, clients: null },
      proxyError: null,
      quality: {
        loop_delay_p99_ms: null,
        generator_cpu: null,
        harness_error_ms: { p50: null, p99: null },
      },
    },
  };
}

import type { ClientEvent, DeliveredEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { seededRandom } from '../protocol/random.ts';
import { type Frame, isIn, type Stretch } from './frame.ts';
import { failedEnds, goodEnds } from './recovery.ts';
import type { Lane } from './result.ts';
import { round } from './samples.ts';
import { type LaneState, laneLimit, Segments } from './segments.ts';

/** The clients that are drawn, by number. They hang on the seed only, and so are the same in every mode. */
export function laneClients({ clients, lanes, seed }: Pick<Frame, 'clients' | 'lanes' | 'seed'>): number[] {
  const random = seededRandom(seed, 'lanes');
  const left = Array.from({ length: clients }, (_, client) => client);
  const chosen: number[] = [];
  while (chosen.length < lanes && left.length > 0) {
    const i = Math.floor(random() * left.length);
    chosen.push(left[i]!);
    left[i] = left.at(-1)!;
    left.pop();
  }
  return chosen.sort((a, b) => a - b);
}

/** Instants inside a stretch; beyond the limit every other one goes, and from then on every other one comes in. */
class Marks {
  readonly #stretch: Stretch;
  #list: number[] = [];
  #every = 1;
  #count = 0;

  constructor(stretch: Stretch) {
    this.#stretch = stretch;
  }

  get isThinned(): boolean {
    return this.#every > 1;
  }

  add(at: Instant): void {
    if (!isIn(at, this.#stretch)) return;
    if (this.#count++ % this.#every === 0) this.#list.push(round(at, 3));
    if (this.#list.length <= laneLimit) return;
    this.#list = this.#list.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  result(): number[] {
    return this.#list;
  }
}

/** How a client stands: what it does while no poll is open, and what the open one is. */
interface Track {
  readonly segments: Segments;
  readonly deliveries: Marks;
  between: LaneState;
  open: LaneState | null;
  /** Asleep, or its network away: whatever its polls do. */
  absent: boolean;
  /** When that changed while the open poll was: how the poll is drawn is known only when it has ended. */
  turns: { readonly at: Instant; readonly absent: boolean }[];
}

/**
 * Some clients drawn through the whole window and the cool-down. An open poll is `held` if it asked for that,
 * else `asking`, and `failed` for its whole length if it is going to fail; between polls a client is `waiting`
 * after one that failed and `idle` after one that did not.
 */
export class Lanes {
  readonly #tracks = new Map<number, Track>();
  readonly #endedAt: Instant;

  constructor(frame: Frame) {
    const stretch = { from: frame.window.from, to: frame.endedAt };
    this.#endedAt = frame.endedAt;
    for (const client of laneClients(frame))
      this.#tracks.set(client, {
        segments: new Segments(stretch),
        deliveries: new Marks(stretch),
        between: 'away',
        open: null,
        absent: false,
        turns: [],
      });
  }

  pollSent({ client, at, waits }: PollSentEvent): void {
    const track = this.#tracks.get(client);
    if (track === undefined) return;
    this.#goTo(track, at);
    track.open = waits ? 'held' : 'asking';
  }

  pollEnded({ client, at, end }: PollEndedEvent): void {
    const track = this.#tracks.get(client);
    if (track === undefined || track.open === null) return;
    if (failedEnds.has(end)) track.open = 'failed';
    this.#goTo(track, at);
    track.open = null;
    if (failedEnds.has(end)) track.between = 'waiting';
    else if (goodEnds.has(end)) track.between = 'idle';
  }

  delivered({ client, at }: DeliveredEvent): void {
    this.#tracks.get(client)?.deliveries.add(at);
  }

  client({ kind, client, at }: ClientEvent): void {
    const track = this.#tracks.get(client);
    if (track === undefined) return;
    switch (kind) {
      case 'left':
      case 'stopped':
        this.#goTo(track, at);
        track.open = null;
        track.between = kind === 'left' ? 'away' : 'stopped';
        break;
      case 'asleep':
      case 'offline':
        track.turns.push({ at, absent: true });
        break;
      case 'awake':
      case 'online':
        track.turns.push({ at, absent: false });
        break;
    }
  }

  result(): Lane[] {
    return [...this.#tracks].map(([client, track]) => {
      this.#goTo(track, this.#endedAt);
      const { segments, deliveries } = track;
      const drawn = { client, segments: segments.result(), deliveries: deliveries.result() };
      return { ...drawn, thinned: segments.isThinned || deliveries.isThinned };
    });
  }

  #goTo(track: Track, at: Instant): void {
    const state = track.open ?? track.between;
    for (const turn of track.turns) {
      track.segments.until(turn.at, track.absent ? 'away' : state);
      track.absent = turn.absent;
    }
    track.turns = [];
    track.segments.until(at, track.absent ? 'away' : state);
  }
}

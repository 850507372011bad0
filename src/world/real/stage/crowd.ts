import { firstMayBeHeld } from '../load/first-poll.ts';
import type { HeapSeen } from '../load/heap.ts';
import type { LoopQuality } from '../load/loop-watch.ts';
import type { ClientsSpec, Dial } from '../load/messages.ts';
import type { LiveFigures } from './live.ts';
import { Part } from './part.ts';
import type { Footprint, StageSpec } from './stage-spec.ts';
import type { Troubles } from './troubles.ts';

/** Descriptors allow 20,000; each client has one connection, and now and then a second one for a moment. */
const mostClientsPerProcess = 12_000;

interface Squad {
  readonly part: Part;
  readonly first: number;
  readonly joinMs: readonly (number | null)[];
}

/** The clients of a mode, in as many processes as they need. */
export class Crowd {
  readonly quality: LoopQuality[] = [];
  /** Of the first process. */
  readonly footprints: Footprint[] = [];
  heap: HeapSeen | null = null;
  readonly #spec: StageSpec;
  readonly #squads: readonly Squad[];

  constructor(spec: StageSpec, troubles: Troubles) {
    this.#spec = spec;
    const { joinMs, folder, run } = spec;
    const processes = Math.max(1, Math.ceil(joinMs.length / mostClientsPerProcess));
    const share = Math.ceil(joinMs.length / processes);
    this.#squads = Array.from({ length: processes }, (_, i) => ({
      part: new Part('a client process', 'load/client-process', {
        ...{ folder, file: `${run}-clients-${i}`, troubles },
      }),
      first: i * share,
      joinMs: joinMs.slice(i * share, (i + 1) * share),
    }));
  }

  get parts(): readonly Part[] {
    return this.#squads.map(({ part }) => part);
  }

  /** Gives each process its work. */
  hand(target: ClientsSpec['target'], dials: readonly Dial[], live: LiveFigures): void {
    const { clock, run, mode, scripts, channels, lag, keepAliveMs, seed, measureHeap } = this.#spec;
    for (const { part, first, joinMs } of this.#squads) {
      const { child, records } = part;
      child.listen((message) => {
        if (message.type === 'quality') {
          this.quality.push(message.quality);
          if (first === 0) this.heap = message.heap;
        } else if (message.type === 'tick') {
          live.tick(child.pid, message);
          const { recordedUntil: atMs, rssBytes, descriptors } = message;
          if (first === 0) this.footprints.push({ atMs, rssBytes, descriptors });
        }
      });
      const isHere = (client: number): boolean => client >= first && client < first + joinMs.length;
      const common = {
        clock: clock.originNs.toString(),
        target,
        run,
        mode,
        channels,
        lag,
        keepAliveMs,
        seed,
      };
      child.send({
        type: 'clients',
        spec: {
          ...common,
          file: records.file,
          first,
          joinMs,
          scripts: scripts.filter(({ client }) => isHere(client)),
          dial: dials.slice(first, first + joinMs.length),
          measureHeap,
        },
      });
    }
  }

  /**
   * Lets those clients come that are there from the start.
   * @returns once each of them has written its first poll, or has its place where a poll finds that
   */
  async join(): Promise<void> {
    const { clock, mode, target } = this.#spec;
    const word = firstMayBeHeld(mode, target.profile) ? 'joined' : 'subscribed';
    const coming = this.#squads.filter(({ joinMs }) => joinMs.some((ms) => ms !== null));
    const all = Promise.all(coming.map(({ part }) => part.child.next(word)));
    const at = clock.now() + 20;
    for (const { part } of this.#squads) part.child.send({ type: 'join', at });
    await all;
  }

  /** The server holds them now. */
  settled(): void {
    for (const { part } of this.#squads) part.child.send({ type: 'settled' });
  }

  /** Scripts run from this instant on. */
  begin(at: number): void {
    for (const { part } of this.#squads) part.child.send({ type: 'begin', at });
  }

  measure(): void {
    for (const { part } of this.#squads) part.child.send({ type: 'measure' });
  }

  /** The measured time is over. @returns once every process has said how well it could look */
  async measured(): Promise<void> {
    const answers = this.parts.filter(({ child }) => child.alive).map(({ child }) => child.next('quality'));
    for (const { child } of this.parts) child.send({ type: 'measured' });
    await Promise.allSettled(answers);
  }
}

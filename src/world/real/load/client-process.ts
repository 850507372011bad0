import { backoff } from '../../../protocol/backoff.ts';
import { seededRandom } from '../../../protocol/random.ts';
import type { Rhythm } from '../../../protocol/subscriber.ts';
import type { Adapter } from '../../../wire/dialogue.ts';
import type { ModeSpec } from '../../play.ts';
import { monotonicClock } from '../clock.ts';
import { openDescriptors } from '../descriptors.ts';
import { plain } from '../disk.ts';
import { type Alarm, callAt } from '../timer.ts';
import { loadAdapter } from './adapter.ts';
import { firstMayBeHeld } from './first-poll.ts';
import { type HeapSeen, liveHeap } from './heap.ts';
import { LoopWatch } from './loop-watch.ts';
import type { ClientsSpec } from './messages.ts';
import { obey, report } from './post.ts';
import { Recorder } from './record.ts';
import { playScript } from './script.ts';
import type { Surroundings } from './surroundings.ts';
import { VirtualClient } from './virtual-client.ts';

/** So many latencies a second are enough for a progress line. */
const sampleSize = 50;

function rhythmOf(mode: ModeSpec, firstWaits: boolean): Rhythm {
  return mode.kind === 'regular'
    ? { kind: 'regular', everyMs: mode.everyMs, jitterMs: mode.jitterMs }
    : {
        kind: 'long',
        holdMs: mode.holdMs,
        jitterMs: mode.jitterMs,
        pauseMs: mode.pauseMs,
        firstPollWaits: firstWaits,
      };
}

/** One process full of virtual clients: plays them, records what happens, and sums up each second. */
class ClientProcess {
  readonly #spec: ClientsSpec;
  readonly #clock;
  readonly #recorder: Recorder;
  readonly #watch: LoopWatch;
  readonly #clients: VirtualClient[];
  readonly #ticker: NodeJS.Timeout;
  readonly #scripts: Alarm[] = [];
  /** Clients that are there from the beginning. */
  readonly #early: number;
  #heapAtFirst: number | undefined;
  /** Messages received since the measured time began. */
  #received = 0;
  #joined = 0;
  #subscribed = 0;
  #polls = 0;
  #delivered = 0;
  #stopped = 0;
  #broken = 0;
  #problem: string | null = null;
  #latencies: number[] = [];

  constructor(spec: ClientsSpec, adapter: Adapter | undefined) {
    this.#spec = spec;
    this.#clock = monotonicClock(BigInt(spec.clock));
    this.#recorder = new Recorder(spec.file, (code, text) => report({ type: 'reason', code, text }));
    this.#watch = new LoopWatch(this.#clock, (deliveries) =>
      this.#recorder.add({ kind: 'late-stamps', at: this.#clock.now(), deliveries }),
    );
    const world = this.#surroundings(adapter);
    this.#clients = spec.joinMs.map((_, i) => {
      const id = spec.first + i;
      return new VirtualClient(
        world,
        { id, name: `${spec.run}-${id}`, channel: id % spec.channels.length, dial: spec.dial[i] },
        {
          rhythm: rhythmOf(spec.mode, firstMayBeHeld(spec.mode, spec.target.profile)),
          requestTimeoutMs: spec.mode.requestTimeoutMs,
          backoff: backoff(spec.mode.retry),
          random: seededRandom(spec.seed, 'client', id),
        },
      );
    });
    this.#early = spec.joinMs.filter((ms) => ms !== null).length;
    this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  join(at: number): void {
    // Where all come later there is nobody to wait for.
    if (this.#early === 0) {
      report({ type: 'joined' });
      report({ type: 'subscribed' });
    }
    for (const [i, joinMs] of this.#spec.joinMs.entries()) {
      if (joinMs === null) continue;
      callAt(this.#clock, at + joinMs, () => this.#clients[i]!.start());
    }
  }

  settled(): void {
    for (const client of this.#clients) client.settled();
  }

  /** Scripts begin. */
  begin(at: number): void {
    const { scripts, first } = this.#spec;
    for (const { client, steps } of scripts) {
      const one = this.#clients[client - first];
      if (one === undefined) continue;
      this.#scripts.push(playScript(this.#clock, at, steps, (step) => one.follow(step)));
    }
  }

  measure(): void {
    if (this.#spec.measureHeap) this.#heapAtFirst = liveHeap();
    this.#received = 0;
    this.#watch.begin();
  }

  measured(): void {
    const quality = this.#watch.read();
    const firstBytes = this.#heapAtFirst;
    const heap: HeapSeen | null =
      firstBytes === undefined ? null : { firstBytes, lastBytes: liveHeap(), messages: this.#received };
    report({ type: 'quality', quality, heap });
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#watch.stop();
    for (const script of this.#scripts) script.cancel();
    for (const client of this.#clients) client.stop();
    let failure: string | null = null;
    try {
      this.#recorder.close();
    } catch (error) {
      failure = `its records could not be written: ${plain(error)}`;
    }
    await Promise.all(this.#clients.map((client) => client.leave()));
    report({ type: 'done', failure, wholeUntil: this.#recorder.wholeUntil });
  }

  #surroundings(adapter: Adapter | undefined): Surroundings {
    const { target, mode, run, channels, lag, keepAliveMs } = this.#spec;
    return {
      clock: this.#clock,
      origin: target.origin,
      profile: target.profile,
      adapter,
      headers: target.headers,
      tls: target.tls,
      regular: mode.kind === 'regular',
      run,
      channels,
      lag,
      keepAliveMs,
      record: (event) => {
        if (event.kind === 'poll-sent') this.#polls++;
        else if (event.kind === 'stopped') this.#stopped++;
        else if (event.kind === 'poll-ended') {
          if (event.end === 'broken') this.#broken++;
          if (event.end === 'refused') this.#problem = `HTTP ${event.status}`;
          if (event.end === 'broken' || event.end === 'timeout') this.#problem = event.reason;
        }
        this.#recorder.add(event);
      },
      handed: (token, at) => {
        this.#watch.stamped();
        this.#delivered++;
        this.#received++;
        if (this.#latencies.length < sampleSize) this.#latencies.push(at - token.intendedAt);
      },
      joined: () => {
        this.#joined++;
        if (this.#joined === this.#early) report({ type: 'joined' });
      },
      subscribed: () => {
        this.#subscribed++;
        if (this.#subscribed === this.#early) report({ type: 'subscribed' });
      },
    };
  }

  #tick(): void {
    const recordedUntil = this.#clock.now();
    this.#recorder.flush();
    let held = 0;
    let subscribed = 0;
    for (const client of this.#clients) {
      if (client.holding) held++;
      if (client.subscribed) subscribed++;
    }
    report({
      type: 'tick',
      recordedUntil,
      subscribed,
      held,
      rssBytes: process.memoryUsage.rss(),
      descriptors: openDescriptors(),
      polls: this.#polls,
      delivered: this.#delivered,
      stopped: this.#stopped,
      broken: this.#broken,
      problem: this.#problem,
      latenciesMs: this.#latencies,
    });
    this.#polls = 0;
    this.#delivered = 0;
    this.#broken = 0;
    this.#latencies = [];
  }
}

let clients: ClientProcess | undefined;
obey((order) => {
  if (order.type === 'clients') {
    const { spec } = order;
    if (spec.target.adapter === undefined) clients = new ClientProcess(spec, undefined);
    else
      return loadAdapter(spec.target.adapter).then((adapter) => {
        clients = new ClientProcess(spec, adapter);
      });
  } else if (order.type === 'join') clients?.join(order.at);
  else if (order.type === 'begin') clients?.begin(order.at);
  else if (order.type === 'settled') clients?.settled();
  else if (order.type === 'measure') clients?.measure();
  else if (order.type === 'measured') clients?.measured();
  else if (order.type === 'stop')
    return clients === undefined ? report({ type: 'done', failure: null }) : clients.stop();
  return undefined;
});

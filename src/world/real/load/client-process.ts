import { backoff } from '../../../protocol/backoff.ts';
import { seededRandom } from '../../../protocol/random.ts';
import type { Rhythm } from '../../../protocol/subscriber.ts';
import type { Adapter } from '../../../wire/dialogue.ts';
import { firstPollWaits } from '../../../wire/profile.ts';
import { monotonicClock } from '../clock.ts';
import { plain } from '../disk.ts';
import { callAt } from '../timer.ts';
import { loadAdapter } from './adapter.ts';
import { LoopWatch } from './loop-watch.ts';
import type { ClientsSpec, ModeSpec } from './messages.ts';
import { obey, report } from './post.ts';
import { Recorder } from './record.ts';
import { type Surroundings, VirtualClient } from './virtual-client.ts';

/** So many latencies a second are enough for a progress line. */
const sampleSize = 50;

function rhythmOf(mode: ModeSpec, firstWaits: boolean): Rhythm {
  return mode.kind === 'regular'
    ? { kind: 'regular', everyMs: mode.everyMs, jitterMs: mode.jitterMs }
    : { kind: 'long', holdMs: mode.holdMs, pauseMs: mode.pauseMs, firstPollWaits: firstWaits };
}

/** One process full of virtual clients: plays them, records what happens, and sums up each second. */
class Crowd {
  readonly #spec: ClientsSpec;
  readonly #clock;
  readonly #recorder: Recorder;
  readonly #watch: LoopWatch;
  readonly #clients: VirtualClient[];
  readonly #ticker: NodeJS.Timeout;
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
      const channel = spec.channels[id % spec.channels.length]!;
      return new VirtualClient(
        world,
        id,
        { channel, client: `${spec.run}-${id}` },
        {
          rhythm: rhythmOf(spec.mode, firstPollWaits(spec.target.profile)),
          requestTimeoutMs: spec.mode.requestTimeoutMs,
          backoff: backoff(spec.mode.retry),
          random: seededRandom(spec.seed, 'client', id),
        },
      );
    });
    this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  join(at: number): void {
    for (const [i, joinMs] of this.#spec.joinMs.entries()) {
      if (joinMs === null) continue;
      callAt(this.#clock, at + joinMs, () => this.#clients[i]!.start());
    }
  }

  settled(): void {
    for (const client of this.#clients) client.settled();
  }

  measure(): void {
    this.#watch.begin();
  }

  measured(): void {
    report({ type: 'quality', quality: this.#watch.read() });
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#watch.stop();
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
    const { target, mode, run, lag, keepAliveMs } = this.#spec;
    return {
      clock: this.#clock,
      origin: target.origin,
      profile: target.profile,
      adapter,
      headers: target.headers,
      tls: target.tls,
      regular: mode.kind === 'regular',
      run,
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
        if (this.#latencies.length < sampleSize) this.#latencies.push(at - token.intendedAt);
      },
      joined: () => {
        this.#joined++;
        if (this.#joined === this.#clients.length) report({ type: 'joined' });
      },
      subscribed: () => {
        this.#subscribed++;
        if (this.#subscribed === this.#clients.length) report({ type: 'subscribed' });
      },
    };
  }

  #tick(): void {
    const recordedUntil = this.#clock.now();
    this.#recorder.flush();
    let held = 0;
    for (const client of this.#clients) if (client.holding) held++;
    report({
      type: 'tick',
      recordedUntil,
      subscribed: this.#subscribed,
      held,
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

let crowd: Crowd | undefined;
obey((order) => {
  if (order.type === 'clients') {
    const { spec } = order;
    if (spec.target.adapter === undefined) crowd = new Crowd(spec, undefined);
    else
      return loadAdapter(spec.target.adapter).then((adapter) => {
        crowd = new Crowd(spec, adapter);
      });
  } else if (order.type === 'join') crowd?.join(order.at);
  else if (order.type === 'settled') crowd?.settled();
  else if (order.type === 'measure') crowd?.measure();
  else if (order.type === 'measured') crowd?.measured();
  else if (order.type === 'stop') return crowd?.stop();
  return undefined;
});

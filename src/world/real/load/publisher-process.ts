import { Pool } from 'undici';
import { monotonicClock } from '../clock.ts';
import { plain } from '../disk.ts';
import { exchange } from './exchange.ts';
import type { PublisherSpec } from './messages.ts';
import { Mouths } from './mouths.ts';
import { obey, report } from './post.ts';
import { Recorder } from './record.ts';
import { SpareConnection } from './spare-connection.ts';
import { writeToken } from './token.ts';

/** From here on the thread sleeps on a futex, which wakes it within 0.2 ms; a timer may be late by two. */
const fromTimerToSleepMs = 3;
const fromSleepToSpinMs = 0.2;
const acknowledgementTimeoutMs = 10_000;

/**
 * The publisher: an open loop. Every message has its time, counted from one start, and goes out then
 * whether or not the server has acknowledged the ones before it; a late one is sent at once and its
 * lateness is on record.
 */
class Publisher {
  readonly #spec: PublisherSpec;
  readonly #clock;
  readonly #recorder: Recorder;
  readonly #pools = new Map<string, Pool>();
  readonly #spares: SpareConnection[] = [];
  readonly #mouths: Mouths;
  readonly #sleep = new Int32Array(new SharedArrayBuffer(4));
  readonly #ticker: NodeJS.Timeout;
  #next = 0;
  #acknowledged = 0;
  #failed = 0;
  #stopped = false;
  #beganAt = 0;
  readonly #unanswered = new Set<() => void>();

  constructor(spec: PublisherSpec) {
    this.#spec = spec;
    this.#clock = monotonicClock(BigInt(spec.clock));
    this.#recorder = new Recorder(spec.file, (code, text) => report({ type: 'reason', code, text }));
    this.#mouths = new Mouths(spec, this.#clock);
    this.#ticker = setInterval(() => {
      const recordedUntil = this.#clock.now();
      this.#recorder.flush();
      this.#tell(recordedUntil);
    }, 1000);
  }

  /** Sets the channels up, and opens the sessions that publishing needs. */
  async prepare(): Promise<void> {
    report({ type: 'prepared', problem: await this.#mouths.open() });
  }

  begin(at: number): void {
    this.#beganAt = at;
    // Opens the first connection while there is still time.
    this.#pool(this.#spec.target.origin);
    this.#pace();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#ticker);
    // What was sent and not acknowledged stays on record as such.
    for (const abandon of [...this.#unanswered]) abandon();
    let failure: string | null = null;
    try {
      this.#recorder.close();
    } catch (error) {
      failure = `its records could not be written: ${plain(error)}`;
    }
    for (const pool of this.#pools.values()) void pool.destroy().catch(() => {});
    for (const spare of this.#spares) spare.close();
    this.#tell(this.#clock.now());
    await this.#mouths.close();
    report({ type: 'done', failure, wholeUntil: this.#recorder.wholeUntil });
  }

  #tell(recordedUntil: number): void {
    const counts = { sent: this.#next, acknowledged: this.#acknowledged, failed: this.#failed };
    report({ type: 'published', recordedUntil, ...counts });
  }

  /** Sleeps in three steps, each shorter and more exact, so that acknowledgements are read in between. */
  readonly #pace = (): void => {
    if (this.#stopped || this.#next >= this.#spec.atMs.length) return;
    const due = this.#beganAt + this.#spec.atMs[this.#next]!;
    const wait = due - this.#clock.now();
    if (wait > fromTimerToSleepMs) {
      setTimeout(this.#pace, Math.min(2 ** 31 - 1, Math.max(1, Math.floor(wait - fromTimerToSleepMs + 1))));
      return;
    }
    if (wait > fromSleepToSpinMs) Atomics.wait(this.#sleep, 0, 0, wait - fromSleepToSpinMs);
    while (this.#clock.now() < due);
    this.#publish(this.#next++, due);
    setImmediate(this.#pace);
  };

  #publish(message: number, intendedAt: number): void {
    const { target, channel, run, bytes } = this.#spec;
    const body = writeToken(run, { message, intendedAt }, bytes);
    const mouth = this.#mouths.of(channel[message]!);
    let sentAt = this.#clock.now();
    let abort = (): void => {};
    const abandon = (): void => {
      abort();
      record(null, null);
    };
    const giveUp = setTimeout(abandon, acknowledgementTimeoutMs);
    const record = (acknowledgedAt: number | null, status: number | null): void => {
      this.#unanswered.delete(abandon);
      clearTimeout(giveUp);
      if (acknowledgedAt === null) this.#failed++;
      else this.#acknowledged++;
      const event = { message, channel: channel[message]!, intendedAt, sentAt, acknowledgedAt, status };
      this.#recorder.add({ kind: 'published', ...event });
    };
    this.#unanswered.add(abandon);
    // Without its session a message cannot be published, and is on record as one that was refused.
    if (!mouth.ready) return record(null, null);
    abort = exchange(
      (origin) => this.#pool(origin),
      target.origin,
      mouth.publish(body, `${run}-${message}`),
      {
        started: () => {
          sentAt = this.#clock.now();
        },
        ended: (answer) => record(mouth.acknowledges(answer) ? this.#clock.now() : null, answer.status),
        broke: () => record(null, null),
      },
    );
  }

  /** As many connections as are needed at once: a slow acknowledgement must not delay the next message. */
  #pool(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      const spare = new SpareConnection(origin, this.#spec.target.tls);
      this.#spares.push(spare);
      pool = new Pool(origin, { pipelining: 1, keepAliveTimeout: 60_000, connect: spare.connect });
      pool.on('connectionError', () => {});
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

let publisher: Publisher | undefined;
obey((order) => {
  if (order.type === 'publisher') {
    publisher = new Publisher(order.spec);
    return publisher.prepare();
  }
  if (order.type === 'begin') publisher?.begin(order.at);
  else if (order.type === 'stop')
    return publisher === undefined ? report({ type: 'done', failure: null }) : publisher.stop();
  return undefined;
});

import { Worker } from 'node:worker_threads';
import type { Observed } from '../../measure/fit/observed.ts';
import type { Instant } from '../../protocol/message.ts';
import type { VirtualCounted } from './counting.ts';
import type { LoneTask } from './lone-turn.ts';

/** Where a thread is. */
export interface ThreadAt {
  readonly phase: string;
  readonly setupMs: number;
  readonly now: Instant;
  readonly clientsDone: number | null;
}

export type FromWorker =
  | ({ readonly kind: 'at' } & ThreadAt)
  | ({ readonly kind: 'counted'; readonly observed: Observed } & Pick<
      VirtualCounted,
      'measured' | 'facts' | 'frame' | 'played'
    >);

const entry = new URL(
  'lone-worker.js',
  import.meta.url.replace(/\/src\/scenario\/virtual\/[^/]*$/, '/dist/scenario/virtual/'),
);

interface Job {
  readonly task: LoneTask;
  readonly done: Promise<VirtualCounted | null>;
  readonly settle: (counted: VirtualCounted | null) => void;
  readonly fail: (error: unknown) => void;
  tell: ((at: ThreadAt) => void) | null;
  worker: Worker | null;
}

/**
 * Plays turns whose clients are played one by one in threads, so many at a time, in their order. A turn is the same
 * wherever it is played. Threads end with the process.
 */
export class LonePool {
  readonly #jobs: readonly Job[];
  #next = 0;

  constructor(tasks: readonly LoneTask[], threads: number) {
    this.#jobs = tasks.map((task) => {
      const { promise, resolve, reject } = withResolvers<VirtualCounted | null>();
      // Whoever asks for it is told; nobody may.
      promise.catch(() => {});
      return { task, done: promise, settle: resolve, fail: reject, tell: null, worker: null };
    });
    for (let i = 0; i < threads; i++) this.#startNext();
  }

  /** @returns null when it is not one of the pool's */
  find(index: number, repetition: number): LoneTask | null {
    return this.#jobOf(index, repetition)?.task ?? null;
  }

  /** What became of a turn; null when the pool was ended before. @param tell where it is */
  async result(
    { index, repetition }: LoneTask,
    tell: (at: ThreadAt) => void,
  ): Promise<VirtualCounted | null> {
    const job = this.#jobOf(index, repetition)!;
    job.tell = tell;
    return job.done;
  }

  /** Ends all threads here and now. */
  end(): void {
    this.#next = this.#jobs.length;
    for (const { worker, settle } of this.#jobs) {
      settle(null);
      void worker?.terminate();
    }
  }

  #jobOf(index: number, repetition: number): Job | undefined {
    return this.#jobs.find(({ task }) => task.index === index && task.repetition === repetition);
  }

  #startNext(): void {
    const job = this.#jobs[this.#next++];
    if (job === undefined) return;
    const worker = new Worker(entry, { workerData: job.task });
    job.worker = worker;
    worker.on('message', (said: FromWorker) => {
      if (said.kind === 'at') return job.tell?.(said);
      const { kind, observed, ...counted } = said;
      job.settle({ ...counted, observed: () => observed, how: 'alone', history: null });
    });
    worker.on('error', job.fail);
    worker.on('exit', (code) => {
      job.fail(new Error(`a thread ended with ${code} before its turn was over`));
      this.#startNext();
    });
  }
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers`, which Node 20 has not. */
function withResolvers<T>(): Resolvers<T> {
  let resolve!: Resolvers<T>['resolve'];
  let reject!: Resolvers<T>['reject'];
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}

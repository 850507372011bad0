import { join } from 'node:path';
import type { Instant } from '../../../protocol/message.ts';
import { firstPollWaits } from '../../../wire/profile.ts';
import type { LoopQuality } from '../load/loop-watch.ts';
import type { Order, Report } from '../load/messages.ts';
import type { RecordFile } from '../load/record.ts';
import { Child } from './child.ts';
import { LiveFigures } from './live.ts';
import { OwnServer } from './own-server.ts';
import { late, Patience } from './patience.ts';
import { settle } from './settle.ts';
import type { Played, Span, StageSpec } from './stage-spec.ts';
import { watchTarget } from './target-watch.ts';

/** Descriptors allow 20,000; each client has one connection, and now and then a second one for a moment. */
const mostClientsPerProcess = 12_000;
const joinPatienceMs = 20_000;
/** So many seconds of nothing but failures, and no client will come any more. */
const failingJoinS = 4;
const stopPatienceMs = 15_000;

/** Processes of one mode on the real network: opened, joined, played, closed, in this order, each once. */
export class Stage {
  readonly live = new LiveFigures();
  readonly #spec: StageSpec;
  readonly #server: OwnServer | null;
  readonly #origin: string;
  readonly #crowds: {
    child: Child<Order, Report>;
    records: RecordFile & { reasons: string[] };
    recordedUntil: Instant;
    count: number;
    first: number;
  }[];
  readonly #publisher: { child: Child<Order, Report>; records: RecordFile; recordedUntil: Instant };
  readonly #troubles: string[] = [];
  readonly #quality: LoopQuality[] = [];
  readonly #patience = new Patience();
  #prepared: Promise<Extract<Report, { type: 'prepared' }>> | undefined;
  #closing = false;
  #window = { from: 0, to: 0 };

  /** Starts every process and waits until each is ready. @throws Error when one cannot be started */
  static async open(spec: StageSpec): Promise<Stage> {
    const server = 'start' in spec.server ? await OwnServer.start(spec.server.start) : null;
    const stage = new Stage(spec, server, server?.url ?? ('origin' in spec.server ? spec.server.origin : ''));
    try {
      await Promise.all([...stage.#crowds, stage.#publisher].map(({ child }) => child.next('ready')));
    } catch (error) {
      await stage.close();
      throw error;
    }
    stage.#hand();
    return stage;
  }

  private constructor(spec: StageSpec, server: OwnServer | null, origin: string) {
    this.#spec = spec;
    this.#server = server;
    this.#origin = origin;
    const processes = Math.max(1, Math.ceil(spec.joinMs.length / mostClientsPerProcess));
    const share = Math.ceil(spec.joinMs.length / processes);
    this.#crowds = Array.from({ length: processes }, (_, i) => ({
      child: this.#fork('a client process', 'load/client-process'),
      records: { file: join(spec.folder, `${spec.run}-clients-${i}`), reasons: [] },
      recordedUntil: 0,
      first: i * share,
      count: Math.min(share, spec.joinMs.length - i * share),
    }));
    this.#publisher = {
      child: this.#fork('the publisher', 'load/publisher-process'),
      records: { file: join(spec.folder, `${spec.run}-publisher`), reasons: [] },
      recordedUntil: 0,
    };
    if (server !== null)
      void server.child.ended.then(() => this.#trouble('the server died', server.child.lastWords));
  }

  /** Lets the clients come, and waits until every one of them is subscribed; false when that failed. */
  async join(interrupted: AbortSignal): Promise<boolean> {
    if (!(await this.#prepare(interrupted))) return false;
    const { clock, joinMs, target } = this.#spec;
    const waits = firstPollWaits(target.profile);
    const all = Promise.all(this.#crowds.map(({ child }) => child.next(waits ? 'joined' : 'subscribed')));
    // A process that dies while it joins is told by #fork; here it only must not be an unhandled rejection.
    all.catch(() => {});
    for (const { child } of this.#crowds) child.send({ type: 'join', at: clock.now() + 20 });
    const patience = joinPatienceMs + joinMs.reduce<number>((latest, ms) => Math.max(latest, ms ?? 0), 0);
    const watch = this.#watchJoining();
    const came = await this.#patience.wait(
      interrupted,
      patience,
      all.then(() => true),
    );
    clearInterval(watch);
    if (came === true && waits) await this.#settle(interrupted);
    if (came === 'late') {
      const { subscribed, problem } = this.live;
      const why = problem === null ? 'the target does not answer' : problem;
      this.#trouble(
        `only ${subscribed} of ${joinMs.length} clients could subscribe within ${Math.round(patience / 1000)} s (${why})`,
        '',
      );
    }
    return came === true && this.#troubles.length === 0;
  }

  /** Publishes from `at` on, and returns when the cool-down is over or when something has cut it short. */
  async play(at: Instant, span: Span, interrupted: AbortSignal): Promise<void> {
    const { clock } = this.#spec;
    const from = at + span.warmupMs;
    this.#window = { from, to: from + span.durationMs };
    this.#publisher.child.send({ type: 'begin', at });
    const watch = watchTarget(
      this.#origin,
      this.#spec.target.tls,
      () => this.live.suspicious,
      (problem) => this.#trouble(`the target stopped answering at ${this.#origin} (${problem})`, ''),
    );
    try {
      if ((await this.#patience.wait(interrupted, from - clock.now())) !== 'late') return this.#cut(span);
      this.#server?.measure();
      for (const { child } of this.#crowds) child.send({ type: 'measure' });
      if ((await this.#patience.wait(interrupted, this.#window.to - clock.now())) !== 'late')
        return this.#cut(span);
      await this.#measured();
      if (
        (await this.#patience.wait(interrupted, this.#window.to + span.cooldownMs - clock.now())) !== 'late'
      )
        this.#cut(span);
    } finally {
      clearInterval(watch);
    }
  }

  /** Ends every process and hands out what was recorded. */
  async close(): Promise<Played> {
    this.#closing = true;
    let endedAt = this.#spec.clock.now();
    const parts = [this.#publisher, ...this.#crowds];
    await Promise.all(
      parts.map(async ({ child }) => {
        if (!child.alive) return;
        const done = child.next('done').then(
          ({ failure, wholeUntil }) => {
            // What came later was not recorded, and is not to be taken for lost.
            if (failure !== null && wholeUntil !== undefined) endedAt = Math.min(endedAt, wholeUntil);
            return failure;
          },
          () => `${child.name} ended without a word`,
        );
        child.send({ type: 'stop' });
        const failure = await Promise.race([done, late(stopPatienceMs, `${child.name} did not stop`)]);
        if (failure !== null) this.#troubles.push(`${this.#spec.name}: ${failure}`);
        await child.end();
      }),
    );
    const server = this.#server === null ? null : await this.#server.stop();
    const records = parts.map(({ records }) => records);
    return {
      records,
      window: { from: this.#window.from, to: Math.min(this.#window.to, endedAt) },
      endedAt,
      troubles: this.#troubles,
      server,
      quality: this.#quality,
      faults: [],
      proxy: null,
    };
  }

  /** What has been recorded until now; messages count when they are older than `settledMs`. */
  soFar(settledMs: number): Played {
    const parts = [this.#publisher, ...this.#crowds];
    const records = parts.map((part) => part.records);
    // Each process writes down once a second what it saw, and on a busy machine later than that.
    const endedAt = Math.min(...parts.map((part) => part.recordedUntil));
    const { from, to } = this.#window;
    const window = { from, to: Math.max(from, Math.min(to, endedAt - settledMs)) };
    return { records, window, endedAt, troubles: [], server: null, quality: [], faults: [], proxy: null };
  }

  get troubles(): readonly string[] {
    return this.#troubles;
  }

  #fork(name: string, entry: string): Child<Order, Report> {
    const child = new Child<Order, Report>(name, entry);
    let said = '';
    child.listen((message) => {
      if (message.type === 'failed') said = message.text;
    });
    void child.ended.then(({ code, signal }) => {
      this.#trouble(`${name} died (${signal ?? `exit ${code}`})`, said || child.lastWords);
    });
    return child;
  }

  /** Gives each process its work. */
  #hand(): void {
    const { clock, target, run, mode, joinMs, channels, publishes, lag, keepAliveMs, seed } = this.#spec;
    const common = {
      clock: clock.originNs.toString(),
      target: { ...target, origin: this.#origin },
      run,
      channels,
    };
    for (const crowd of this.#crowds) {
      const { child, records, first, count } = crowd;
      child.listen((message) => {
        if (message.type === 'reason') records.reasons[message.code] = message.text;
        else if (message.type === 'quality') this.#quality.push(message.quality);
        else if (message.type === 'tick') {
          crowd.recordedUntil = message.recordedUntil;
          this.live.tick(child.pid, message);
        }
      });
      const part = { first, joinMs: joinMs.slice(first, first + count), scripts: [], dial: [] };
      child.send({
        type: 'clients',
        spec: { ...common, ...part, file: records.file, mode, lag, keepAliveMs, seed, measureHeap: false },
      });
    }
    const { child, records } = this.#publisher;
    child.listen((message) => {
      if (message.type !== 'published') return;
      this.#publisher.recordedUntil = message.recordedUntil;
      this.live.published(message);
    });
    this.#prepared = child.next('prepared');
    child.send({ type: 'publisher', spec: { ...common, ...publishes, file: records.file } });
  }

  /** Channels are set up, and the publisher's sessions opened, before any client comes. */
  async #prepare(interrupted: AbortSignal): Promise<boolean> {
    const prepared = await this.#patience.wait(interrupted, joinPatienceMs, this.#prepared);
    if (typeof prepared === 'string') {
      if (prepared === 'late') this.#trouble('the channels could not be set up in time', '');
      return false;
    }
    if (prepared.problem !== null) this.#trouble(prepared.problem, '');
    return prepared.problem === null;
  }

  /** The clients' first polls have been written; now the server has to hold them. */
  async #settle(interrupted: AbortSignal): Promise<void> {
    const { clock, run, mode, joinMs } = this.#spec;
    const wanted = joinMs.length;
    const server = this.#server;
    const settling = {
      clock,
      target: { ...this.#spec.target, origin: this.#origin },
      run,
      long: mode.kind === 'long',
      wanted,
      channels: [...new Set(this.#spec.channels.slice(0, wanted))],
      held: server === null ? undefined : () => server.held(),
    };
    const how = await settle(settling, this.#patience, joinPatienceMs, interrupted);
    if (how === 'cut') return;
    if (how !== 'held')
      return this.#trouble(`the target holds only ${how} of ${wanted} first polls, by its own account`, '');
    for (const { child } of this.#crowds) child.send({ type: 'settled' });
  }

  async #measured(): Promise<void> {
    const answers = this.#crowds.filter(({ child }) => child.alive).map(({ child }) => child.next('quality'));
    for (const { child } of this.#crowds) child.send({ type: 'measured' });
    await Promise.race([Promise.allSettled([...answers, this.#server?.measured()]), late(5000, undefined)]);
  }

  /**
   * The run ends here. What was published a moment ago is still on its way and nobody's loss, so the window
   * ends where every honest delivery has had its time, unless hardly anything would be left of it.
   */
  #cut({ cooldownMs }: Span): void {
    const now = this.#spec.clock.now();
    const from = Math.min(this.#window.from, now);
    const settled = now - cooldownMs;
    this.#window = { from, to: Math.min(this.#window.to, settled >= from + 1000 ? settled : now) };
  }

  /** Where every first poll fails there is nothing to wait for. */
  #watchJoining(): NodeJS.Timeout {
    let seconds = 0;
    return setInterval(() => {
      const { subscribed, problem } = this.live;
      seconds = subscribed === 0 && problem !== null ? seconds + 1 : 0;
      if (seconds === failingJoinS) this.#trouble(`no client could subscribe (${problem})`, '');
    }, 1000);
  }

  #trouble(text: string, lastWords: string): void {
    if (this.#closing) return;
    const words = lastWords
      .trim()
      .split('\n')
      .find((line) => /error/i.test(line));
    this.#troubles.push(`${this.#spec.name}: ${text}${words === undefined ? '' : `: ${words.trim()}`}`);
    this.#patience.end();
  }
}

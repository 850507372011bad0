import type { Instant } from '../../../protocol/message.ts';
import type { Span } from '../../play.ts';
import { firstMayBeHeld } from '../load/first-poll.ts';
import type { Report, TargetSpec } from '../load/messages.ts';
import { BeforeServer } from './before-server.ts';
import { Crowd } from './crowd.ts';
import { FaultLine } from './fault-line.ts';
import { FaultLog } from './fault-log.ts';
import { LiveFigures } from './live.ts';
import { OwnServer } from './own-server.ts';
import { Part } from './part.ts';
import { late, Patience } from './patience.ts';
import { canWatchPresence, PresenceWatch } from './presence-watch.ts';
import { settle } from './settle.ts';
import type { Footprint, Played, StageSpec } from './stage-spec.ts';
import { TargetHand } from './target-hand.ts';
import { watchTarget } from './target-watch.ts';
import { Troubles } from './troubles.ts';

const joinPatienceMs = 20_000;
const firstLookPatienceMs = 2000;
/** So many seconds of nothing but failures, and no client will come any more. */
const failingJoinS = 4;

/** Processes of one mode on the real network: opened, joined, played, closed, in this order, each once. */
export class Stage {
  readonly live = new LiveFigures();
  readonly #spec: StageSpec;
  readonly #patience = new Patience();
  readonly #troubles: Troubles;
  readonly #faults = new FaultLog();
  readonly #crowd: Crowd;
  readonly #publisher: Part;
  readonly #before: BeforeServer;
  #server: OwnServer | null = null;
  #target!: TargetSpec;
  #faultLine: FaultLine | undefined;
  #presence: PresenceWatch | undefined;
  #prepared: Promise<Extract<Report, { type: 'prepared' }>> | undefined;
  readonly #footprints: Footprint[] = [];
  #life = 0;
  #window = { from: 0, to: 0 };

  /** Starts every process and waits until each is ready. @throws Error when one cannot be started */
  static async open(spec: StageSpec): Promise<Stage> {
    const stage = new Stage(spec);
    try {
      await stage.#open();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  private constructor(spec: StageSpec) {
    const { name, folder, run } = spec;
    this.#spec = spec;
    this.#troubles = new Troubles(name, this.#patience);
    this.#crowd = new Crowd(spec, this.#troubles);
    const recording = { folder, file: `${run}-publisher`, troubles: this.#troubles };
    this.#publisher = new Part('the publisher', 'load/publisher-process', recording);
    this.#before = new BeforeServer(spec, { log: this.#faults, troubles: this.#troubles });
  }

  async #open(): Promise<void> {
    const { server, faults, target, folder, clock, restartCommand, channels, run } = this.#spec;
    const ready = Promise.all([...this.#crowd.parts, this.#publisher].map((part) => part.ready));
    ready.catch(() => {});
    if ('start' in server)
      this.#server = await OwnServer.start(server.start, {
        freezable: faults.some(({ what }) => what.kind === 'server-freeze'),
        died: (death, lastWords) => this.#troubles.died(death, lastWords),
        told: ({ rssBytes, descriptors }, life) => {
          // Another process is not the former one's growth.
          if (life !== this.#life) this.#footprints.length = 0;
          this.#life = life;
          this.#footprints.push({ atMs: clock.now(), rssBytes, descriptors });
        },
      });
    const origin = 'start' in server ? this.#server!.url : server.origin;
    this.#target = { ...target, origin };
    const pid = target.profile.process?.pid;
    const hand = this.#server ?? new TargetHand(this.#target, { command: restartCommand, pid, folder });
    this.#faultLine = new FaultLine(clock, faults, hand, { log: this.#faults, troubles: this.#troubles });
    await this.#before.open(origin);
    await ready;
    if (this.#spec.watchPresence && canWatchPresence(target.profile, channels))
      this.#presence = new PresenceWatch(this.#target, { clock, folder, run, channels });
    this.#crowd.hand(this.#target, this.#before.dials, this.live);
    this.#handPublisher();
  }

  /** Lets the clients come, and waits until every one of them is subscribed; false when that failed. */
  async join(interrupted: AbortSignal): Promise<boolean> {
    if (!(await this.#prepare(interrupted))) return false;
    const { joinMs, mode, target } = this.#spec;
    const patience = joinPatienceMs + joinMs.reduce<number>((latest, ms) => Math.max(latest, ms ?? 0), 0);
    const watch = this.#watchJoining();
    // Who comes before the first look is over cannot be told from those who were there.
    const looked = this.#presence?.begin();
    if (looked !== undefined) await this.#patience.wait(interrupted, firstLookPatienceMs, looked);
    const all = this.#crowd.join().then(() => true as const);
    const came = await this.#patience.wait(interrupted, patience, all);
    clearInterval(watch);
    if (came === true && firstMayBeHeld(mode, target.profile)) await this.#settle(interrupted);
    if (came === 'late') {
      const { subscribed, problem } = this.live;
      const why = problem === null ? 'the target does not answer' : problem;
      const wanted = this.#starters.length;
      this.#troubles.tell(
        `only ${subscribed} of ${wanted} clients could subscribe within ${Math.round(patience / 1000)} s (${why})`,
      );
    }
    return came === true && this.#troubles.told.length === 0;
  }

  /** Publishes from `at` on, and returns when the cool-down is over or when something has cut it short. */
  async play(at: Instant, span: Span, interrupted: AbortSignal): Promise<void> {
    const { clock } = this.#spec;
    const from = at + span.warmupMs;
    this.#window = { from, to: from + span.durationMs };
    this.#publisher.child.send({ type: 'begin', at });
    this.#crowd.begin(at);
    this.#before.begin(from);
    this.#faultLine!.begin(from);
    const { origin, tls } = this.#target;
    const watch = watchTarget(
      origin,
      tls,
      () => this.live.suspicious && !this.#faults.explainsSilence(clock.now()),
      (problem) => this.#troubles.tell(`the target stopped answering at ${origin} (${problem})`),
    );
    try {
      if ((await this.#patience.wait(interrupted, from - clock.now())) !== 'late') return this.#cut(span);
      this.#server?.measure();
      this.#crowd.measure();
      if ((await this.#patience.wait(interrupted, this.#window.to - clock.now())) !== 'late')
        return this.#cut(span);
      await Promise.race([
        Promise.all([this.#crowd.measured(), this.#server?.measured()]),
        late(5000, undefined),
      ]);
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
    this.#troubles.expectEnds();
    const stoppedAt = this.#spec.clock.now();
    // Whoever stands still could not be asked to end.
    await this.#faultLine?.end();
    await this.#presence?.end();
    const wholeUntil = await Promise.all([this.#publisher, ...this.#crowd.parts].map((part) => part.stop()));
    // What came later was not recorded, and is not to be taken for lost.
    const endedAt = Math.min(stoppedAt, ...wholeUntil);
    const proxy = await this.#before.close();
    const server = this.#server === null ? null : await this.#server.stop();
    return {
      ...this.#played({ from: this.#window.from, to: Math.min(this.#window.to, endedAt) }, endedAt),
      troubles: this.#troubles.told,
      server,
      proxy,
    };
  }

  /** What has been recorded until now; messages count when they are older than `settledMs`. */
  soFar(settledMs: number): Played {
    this.#presence?.flush();
    // Each process writes down once a second what it saw, and on a busy machine later than that.
    const parts = [this.#publisher, ...this.#crowd.parts];
    const endedAt = Math.min(...parts.map(({ recordedUntil }) => recordedUntil));
    const { from, to } = this.#window;
    const window = { from, to: Math.max(from, Math.min(to, endedAt - settledMs)) };
    return { ...this.#played(window, endedAt), troubles: [], server: null, proxy: null };
  }

  get troubles(): readonly string[] {
    return this.#troubles.told;
  }

  #played(window: Played['window'], endedAt: Instant): Omit<Played, 'troubles' | 'server' | 'proxy'> {
    const recorded = [this.#publisher, ...this.#crowd.parts, this.#presence];
    return {
      records: recorded.flatMap((one) => (one === undefined ? [] : [one.records])),
      window,
      endedAt,
      quality: this.#crowd.quality,
      faults: this.#faults.spans(endedAt),
      footprints: {
        server: this.#footprints,
        clients: this.#crowd.footprints,
        heap: this.#crowd.heap,
      },
      presence: this.#presenceSeen(),
    };
  }

  #presenceSeen(): Played['presence'] {
    if (this.#presence === undefined || this.#presence.since === null) return null;
    const { everyMs, channels, since } = this.#presence;
    return { everyMs, channels: channels.length, since };
  }

  /** Clients that are there from the start. */
  get #starters(): number[] {
    return this.#spec.joinMs.flatMap((ms, client) => (ms === null ? [] : [client]));
  }

  #handPublisher(): void {
    const { clock, run, channels, publishes } = this.#spec;
    const { child, records } = this.#publisher;
    child.listen((message) => {
      if (message.type === 'published') this.live.published(message);
    });
    this.#prepared = child.next('prepared');
    const common = { clock: clock.originNs.toString(), target: this.#target, run, channels };
    child.send({ type: 'publisher', spec: { ...common, ...publishes, file: records.file } });
  }

  /** Channels are set up, and the publisher's sessions opened, before any client comes. */
  async #prepare(interrupted: AbortSignal): Promise<boolean> {
    const prepared = await this.#patience.wait(interrupted, joinPatienceMs, this.#prepared);
    if (typeof prepared === 'string') {
      if (prepared === 'late') this.#troubles.tell('the channels could not be set up in time');
      return false;
    }
    if (prepared.problem !== null) this.#troubles.tell(prepared.problem);
    return prepared.problem === null;
  }

  /** The clients' first polls have been written; now the server has to hold them. */
  async #settle(interrupted: AbortSignal): Promise<void> {
    const { clock, run, mode, channels } = this.#spec;
    const starters = this.#starters;
    const wanted = starters.length;
    const server = this.#server;
    const settling = {
      clock,
      target: this.#target,
      run,
      long: mode.kind === 'long',
      wanted,
      channels: [...new Set(starters.map((client) => channels[client % channels.length]!))],
      held: server === null ? undefined : () => server.held(),
    };
    const how = await settle(settling, this.#patience, joinPatienceMs, interrupted);
    if (how === 'cut') return;
    if (how !== 'held')
      return this.#troubles.tell(`the target holds only ${how} of ${wanted} first polls, by its own account`);
    this.#crowd.settled();
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
      if (seconds === failingJoinS) this.#troubles.tell(`no client could subscribe (${problem})`);
    }, 1000);
  }
}

import { backoff } from '../../../../src/protocol/backoff.ts';
import type { PollEndedEvent, RunEvent } from '../../../../src/protocol/event.ts';
import { seededRandom } from '../../../../src/protocol/random.ts';
import type { Rhythm } from '../../../../src/protocol/subscriber.ts';
import { type Profile, readProfile } from '../../../../src/wire/profile.ts';
import type { Lag } from '../../../../src/world/network.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import type { Dial } from '../../../../src/world/real/load/messages.ts';
import type { Surroundings } from '../../../../src/world/real/load/surroundings.ts';
import { type Token, writeToken } from '../../../../src/world/real/load/token.ts';
import { VirtualClient } from '../../../../src/world/real/load/virtual-client.ts';
import { answer, type Heard, ScriptServer } from '../script.ts';

/** The clock of these tests. */
export const clock = monotonicClock();
const run = 'test';

/** What the script servers speak. */
export const profile = readProfile(
  `
name: scripted
subscribe: { url: "/read/{channel}?from={from}&wait={wait}&who={client}" }
regular: { url: "/read/{channel}?from={from}" }
publish: { url: "/write/{channel}", body: "{message}" }
messages: { format: json, items: texts, value: "" }
cursor: [ { var: from, from: json, path: next } ]
starts: { now: { from: now } }
empty: [ { status: 204 }, { status: 304 }, { status: 408 }, { status: 200, noMessages: true } ]
behind: [ { json: { path: gap, equals: true } } ]
hold: { kind: requested, unit: ms }
`,
  'scripted.yaml',
);

export interface Choice {
  readonly rhythm: Rhythm;
  readonly policy: 'article' | 'article-repaired' | 'full-jitter';
  readonly requestTimeoutMs: number;
  readonly lag: Lag;
  readonly profile: Profile;
  /** It comes later, by its script. */
  readonly late: boolean;
  readonly dial: Dial;
  /** Other than the script's. */
  readonly origin: string;
}

const long: Rhythm = { kind: 'long', holdMs: 2000, pauseMs: 0, jitterMs: 0, firstPollWaits: false };
const noLag: Lag = { oneWayMs: 0, jitterMs: 0, distribution: 'constant' };

/** One virtual client against one script; what it records is kept. */
export class Play implements AsyncDisposable {
  readonly server: ScriptServer;
  readonly client: VirtualClient;
  readonly events: RunEvent[] = [];
  readonly handed: { token: Token; at: number }[] = [];
  joined = 0;
  subscribed = 0;
  #stopped = false;

  private constructor(server: ScriptServer, choice: Partial<Choice>) {
    this.server = server;
    const rhythm = choice.rhythm ?? long;
    const world: Surroundings = {
      clock,
      origin: choice.origin ?? server.origin,
      profile: choice.profile ?? profile,
      headers: { 'X-Mine': 'yes' },
      regular: rhythm.kind === 'regular',
      run,
      channels: ['c', 'd'],
      lag: choice.lag ?? noLag,
      keepAliveMs: 60_000,
      tls: {},
      record: (event) => void this.events.push(event),
      handed: (token, at) => void this.handed.push({ token, at }),
      joined: () => void this.joined++,
      subscribed: () => void this.subscribed++,
    };
    const policy = choice.policy ?? 'full-jitter';
    this.client = new VirtualClient(
      world,
      { id: 7, name: 'me', channel: 0, dial: choice.dial },
      {
        rhythm,
        requestTimeoutMs: choice.requestTimeoutMs ?? 10_000,
        backoff: backoff({ policy, baseMs: 1, capMs: 2, firstDelayMs: 1 }),
        random: seededRandom('virtual-client'),
      },
    );
  }

  static async start(script: (heard: Heard, n: number) => void, choice: Partial<Choice> = {}): Promise<Play> {
    const play = new Play(await ScriptServer.start(script, { now: clock.now }), choice);
    if (choice.late !== true) play.client.start();
    return play;
  }

  ends(): PollEndedEvent[] {
    return this.events.filter((event) => event.kind === 'poll-ended');
  }

  count(kind: RunEvent['kind']): number {
    return this.events
      .filter((event) => event.kind === kind)
      .reduce((sum, event) => sum + ('count' in event ? event.count : 1), 0);
  }

  /** Records from the first of a kind on, but for connections. */
  kindsFrom(kind: RunEvent['kind']): string[] {
    const kinds = this.events.map((event) => event.kind).filter((each) => !/connected/.test(each));
    return kinds.slice(kinds.indexOf(kind));
  }

  /** Every poll ended once, in turn, but for one that may be open; nothing was delivered outside of one. */
  balances(): boolean {
    let open = 0;
    for (const event of this.events) {
      if (event.kind === 'poll-sent') {
        if (open !== 0) return false;
        open = event.poll;
      } else if (event.kind === 'poll-ended') {
        if (open !== event.poll) return false;
        open = 0;
      }
    }
    return true;
  }

  stop(): void {
    if (!this.#stopped) this.client.stop();
    this.#stopped = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.server[Symbol.asyncDispose]();
  }
}

/** A message of the run, and an answer with some. */
export const text = (message: number): string => writeToken(run, { message, intendedAt: 0 }, 64);
export const news = (next: number, ...texts: string[]): Buffer => answer(JSON.stringify({ texts, next }));

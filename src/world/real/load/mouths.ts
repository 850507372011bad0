import { seededRandom } from '../../../protocol/random.ts';
import {
  type Adapter,
  channelSetup,
  type Dialogue,
  type HttpRequest,
  startDialogue,
} from '../../../wire/dialogue.ts';
import type { Answer } from '../../../wire/extract.ts';
import { withHeaders } from '../../../wire/request.ts';
import type { Clock } from '../clock.ts';
import { loadAdapter } from './adapter.ts';
import { Connections } from './connection.ts';
import { askBy } from './exchange.ts';
import { KeptSession, wordsFor } from './kept-session.ts';
import type { PublisherSpec } from './messages.ts';
import { performWithin } from './perform.ts';

const setupPatienceMs = 10_000;
const usualHoldMs = 25_000;
/** How much longer than its hold a poll may take before it counts as lost. */
const overHoldMs = 10_000;

/** The publisher's voice in one channel. */
class Mouth {
  readonly #dialogue: Dialogue;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #needsSession: boolean;

  constructor(dialogue: Dialogue, headers: Readonly<Record<string, string>>, needsSession: boolean) {
    this.#dialogue = dialogue;
    this.#headers = headers;
    this.#needsSession = needsSession;
  }

  /** Whether a message can be published just now. */
  get ready(): boolean {
    return !this.#needsSession || this.#dialogue.isOpen;
  }

  publish(body: string, nonce: string): HttpRequest {
    return withHeaders(this.#dialogue.publish(body, nonce), this.#headers);
  }

  acknowledges(answer: Answer): boolean {
    return this.#dialogue.published(answer).acknowledged;
  }
}

/** The publisher's voices, one for each channel, each with a session where the target wants that. */
export class Mouths {
  readonly #spec: PublisherSpec;
  readonly #clock: Clock;
  readonly #mouths = new Map<number, Mouth>();
  readonly #sessions: KeptSession[] = [];
  #adapter: Adapter | undefined;

  constructor(spec: PublisherSpec, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
  }

  /** Sets every channel up and opens the sessions. @returns why that did not work; null when it did */
  async open(): Promise<string | null> {
    const { target, channels } = this.#spec;
    if (target.adapter !== undefined) this.#adapter = await loadAdapter(target.adapter);
    const problem = await this.#setUp();
    if (problem !== null || target.profile.publish.as !== 'session') return problem;
    for (const i of channels.keys()) {
      this.of(i);
      const failure = await this.#sessions[i]!.open();
      if (failure !== null) return `the publisher's session: ${failure}`;
    }
    return null;
  }

  of(channel: number): Mouth {
    let mouth = this.#mouths.get(channel);
    if (mouth !== undefined) return mouth;
    const { target, channels, run } = this.#spec;
    const { profile, headers, origin, tls } = target;
    const needsSession = profile.publish.as === 'session';
    // Two sessions of one name would be one client in two places.
    const client = needsSession && channels.length > 1 ? `${run}-publisher-${channel}` : `${run}-publisher`;
    const random = seededRandom(run, 'publisher', channel);
    const names = { channel: channels[channel]!, client };
    const dialogue = startDialogue(profile, names, { regular: false, adapter: this.#adapter, random });
    if (needsSession) {
      const holdMs = profile.hold.time ?? usualHoldMs;
      const timeoutMs = holdMs + profile.hold.slack + profile.hold.jitter + overHoldMs;
      const options = { origin, headers, tls, clock: this.#clock, holdMs, timeoutMs };
      this.#sessions[channel] = new KeptSession(dialogue, options);
    }
    mouth = new Mouth(dialogue, headers, needsSession);
    this.#mouths.set(channel, mouth);
    return mouth;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session?.close()));
  }

  async #setUp(): Promise<string | null> {
    const { target, channels } = this.#spec;
    if (target.profile.channelSetup.length === 0) return null;
    const connections = new Connections(
      { keepAliveMs: 60_000, tls: target.tls },
      { opened() {}, closed() {} },
    );
    try {
      for (const channel of channels) {
        const way = { ask: askBy(connections.route, target.origin), headers: target.headers };
        const steps = channelSetup(target.profile, channel);
        const problem = wordsFor(await performWithin(setupPatienceMs, way, steps));
        if (problem !== null) return problem;
      }
      return null;
    } finally {
      connections.reset();
    }
  }
}

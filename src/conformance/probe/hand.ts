import type { Random } from '../../protocol/random.ts';
import type { Profile } from '../../wire/profile.ts';
import type { HttpRequest } from '../../wire/request.ts';
import type { Clock } from '../../world/real/clock.ts';
import type { RawAnswer } from '../../world/real/raw/answer.ts';
import type { Ending, RawConnection } from '../../world/real/raw/connection.ts';
import type { Transcript } from '../../world/real/raw/transcript.ts';
import type { Constants } from '../constants.ts';
import type { Limits } from '../limits.ts';
import { Unclear } from '../verify.ts';
import { Channels } from './channels.ts';
import { type Asking, Client } from './client.ts';
import { Ground, type Writing } from './ground.ts';
import type { Held } from './held.ts';
import { Lines } from './lines.ts';
import { Pace } from './pace.ts';
import { Presence } from './presence.ts';
import { processOf, type TargetProcess } from './process.ts';
import type { Publication } from './publication.ts';
import { type Attempt, Publisher } from './publisher.ts';
import { type Received, type Reply, whyNoAnswer } from './reply.ts';
import type { Target } from './target.ts';
import type { Witness } from './witness.ts';

/** Where a client is made. */
export interface ClientOptions {
  /** Default: the row's own channel. */
  readonly channel?: string | undefined;
  /** Default: a name of its own. */
  readonly name?: string | undefined;
  /** Polls regularly instead of waiting. */
  readonly regular?: boolean | undefined;
}

/** Where and by whom something is published. */
export interface Publishing extends Writing {
  /** Default: the row's own channel. */
  readonly channel?: string | undefined;
  /** A client of the row that publishes in its own name. */
  readonly as?: Client | undefined;
}

export interface HandOptions {
  readonly target: Target;
  readonly constants: Constants;
  readonly clock: Clock;
  readonly random: Random;
  /** Unlike any other run's, row's and attempt's; letters, digits, `.`, `-`. */
  readonly mark: string;
  readonly transcript: Transcript;
  /** The row's id, or what else is played. */
  readonly row: string;
  /** Longer settling, where a row is tried again. */
  readonly settleScale?: number;
  /** The run's slow limits, found out once. */
  readonly limits: Limits;
  /** Remembers invalid answers over the whole run. */
  readonly witness: Witness;
  readonly signal?: AbortSignal;
  /** Another probe's, where this one's way to the target may be blocked. */
  readonly presence?: Presence;
}

/** Taking leave of a server may take so long. */
const farewellMs = 1000;

/**
 * A hand on one server: clients, publishers, and connections on which a row says every byte. It has a channel
 * of its own, and every connection it opened ends with it.
 */
export class Hand {
  readonly profile: Profile;
  readonly constants: Constants;
  readonly target: Target;
  readonly clock: Clock;
  readonly random: Random;
  readonly pace: Pace;
  readonly presence: Presence;
  /** The row's own channel; where the target has no channels, just a word. */
  readonly channel: string;
  readonly #options: HandOptions;
  readonly #ground: Ground;
  readonly #lines: Lines;
  readonly #channels: Channels;
  readonly #publishers = new Map<string, Publisher>();
  readonly #published = new Set<string>();
  readonly #clients: Client[] = [];
  #regular: Client | undefined;

  constructor(options: HandOptions) {
    const { target, constants, clock, random, mark, transcript } = options;
    this.#options = options;
    this.profile = target.profile;
    this.constants = constants;
    this.target = target;
    this.clock = clock;
    this.random = random;
    this.pace = new Pace(clock, constants, options.settleScale, options.signal);
    this.#lines = new Lines(target, clock, transcript, options.witness, options.row);
    this.#ground = new Ground({ target, pace: this.pace, random, lines: this.#lines, mark });
    this.#channels = new Channels(this.#ground);
    this.presence = options.presence ?? new Presence(this.#ground);
    this.channel = mark;
  }

  /** D: within this a message must have arrived, milliseconds. */
  get budgetMs(): number {
    return this.pace.budgetMs;
  }

  /** H; undefined when the server never ends a hold, as far as anybody waited. */
  async holdMs(): Promise<number | undefined> {
    return (await this.#options.limits.hold(this))?.ms;
  }

  /** K; undefined when the server keeps idle connections for ever, as far as anybody waited. */
  async keepAliveMs(): Promise<number | undefined> {
    return (await this.#options.limits.keepAlive(this))?.ms;
  }

  /** What has been seen over the whole run. */
  get witness(): Witness {
    return this.#options.witness;
  }

  /** A further channel, set up. */
  async newChannel(): Promise<string> {
    const name = `${this.channel}-${this.#ground.next()}`;
    await this.#channels.ready(name);
    return name;
  }

  /** A name that nobody else has. */
  newName(): string {
    return `${this.channel}-${this.#ground.next()}`;
  }

  /** A client that has done nothing yet. */
  async client({
    channel = this.channel,
    name = this.newName(),
    regular = false,
  }: ClientOptions = {}): Promise<Client> {
    await this.#channels.ready(channel);
    const client = new Client(this.#ground, this.presence, { channel, client: name }, regular);
    this.#clients.push(client);
    return client;
  }

  /** A client that stands at the newest message of its channel, with a cursor where the target gives one without waiting. */
  async reader(options: ClientOptions = {}): Promise<Client> {
    const client = await this.client(options);
    await client.stand();
    return client;
  }

  /** A new client with a held poll that the server knows of. */
  async subscribe(options: ClientOptions & Asking = {}): Promise<Held> {
    return (await this.client(options)).subscribe(options);
  }

  /** Publishes a text that is unlike any other, `words` at its end. @throws Unclear when it is not acknowledged */
  publish(words = 'hello', options: Publishing = {}): Promise<Publication> {
    return this.publishExactly(`${this.newName()} ${words}`, options);
  }

  /** Publishes just this text. @throws Unclear when it is not acknowledged */
  async publishExactly(text: string, options: Publishing = {}): Promise<Publication> {
    const publisher = await this.#publisher(options);
    this.#published.add(text);
    return publisher.publish(text, options);
  }

  /** Publishes just this text where the target takes it; undefined when it refuses. */
  async publishIfTaken(text: string, options: Publishing = {}): Promise<Publication | undefined> {
    return (await this.offer(text, options)).publication;
  }

  /** Tries to publish just this, whatever the target says to it. */
  async offer(body: string | Uint8Array, options: Publishing = {}): Promise<Attempt> {
    const publisher = await this.#publisher(options);
    if (typeof body === 'string') this.#published.add(body);
    return publisher.attempt(body, options);
  }

  /** A publish's bytes, for rows that write them themselves. */
  async encodePublish(body: string | Uint8Array, options: Publishing = {}): Promise<Uint8Array> {
    const publisher = await this.#publisher(options);
    if (typeof body === 'string') this.#published.add(body);
    return publisher.encode(body, options);
  }

  /** The request of a publish, for rows that change it. */
  async publishRequest(body: string | Uint8Array, options: Publishing = {}): Promise<HttpRequest> {
    const publisher = await this.#publisher(options);
    if (typeof body === 'string') this.#published.add(body);
    return publisher.request(body);
  }

  /** What of all this was published by this row; the rest is somebody else's traffic. */
  ours(messages: readonly Received[]): Received[] {
    return messages.filter(({ text }) => this.#published.has(text));
  }

  /** A new connection, for rows at the level of bytes. */
  connect(options: { receiveWindow?: number } = {}): Promise<RawConnection> {
    return this.#lines.open(undefined, options.receiveWindow);
  }

  /** A request's bytes, with the person's headers. */
  encode(request: HttpRequest, writing: Writing = {}): Uint8Array {
    return this.#ground.encode(request, writing);
  }

  /** A request that this target answers at once, whatever it is, on a connection of its own. @throws Unclear */
  async ordinary(
    writing: Writing = {},
  ): Promise<{ connection: RawConnection; answer: RawAnswer; tookMs: number }> {
    const { connection, exchange } = await this.#ground.send(await this.#ordinaryRequest(), writing);
    const answer = await exchange.within(10 * this.budgetMs);
    if (answer === undefined || 'cut' in answer)
      throw new Unclear(`an ordinary request failed: ${whyNoAnswer(answer, exchange)}`);
    return { connection, answer, tookMs: answer.at - exchange.sentAt };
  }

  /** Any request and its answer; undefined when there is none within so many milliseconds (default: ten budgets). */
  request(request: HttpRequest, writing: Writing = {}, ms = 10 * this.budgetMs) {
    return this.#ground.answer(request, ms, writing);
  }

  /** A client of another probe of this row, on this probe's way to the target: same name, place and session. */
  resumed(client: Client): Client {
    const names = { channel: client.channel, client: client.name };
    return new Client(this.#ground, this.presence, names, client.regular, client);
  }

  /** The target's process, for rows that look at its memory or descriptors. @throws Unclear where it is not known */
  process(): TargetProcess {
    return processOf(this.profile.process?.pid);
  }

  /** The target's resident memory in bytes, where its process is known. */
  memory(): number | undefined {
    const pid = this.profile.process?.pid;
    return pid === undefined ? undefined : processOf(pid).memory();
  }

  /** A fresh connection, one message, one delivery. @returns milliseconds from publish to delivery; @throws Violation */
  async alive(): Promise<number> {
    const channel = await this.newChannel();
    const held = await this.subscribe({ channel, fresh: true });
    const message = await this.publish('alive', { channel, fresh: true });
    const reply: Reply = await held.reply('the server to live and deliver', 10 * this.budgetMs);
    if (!reply.messages.some(({ text }) => text === message.text)) {
      throw new Unclear('the check that the server lives got another answer');
    }
    return reply.at - message.sentAt;
  }

  /** Ends sessions and connections. @returns how each connection ended */
  async end(): Promise<Ending[]> {
    if (this.profile.close.length > 0) {
      const leaving = [
        ...this.#clients.map((client) => client.close()),
        ...[...this.#publishers.values()].map((publisher) => publisher.end()),
      ];
      await this.pace.within(Promise.all(leaving), farewellMs);
    }
    const endings = this.#lines.all.map((connection) => connection.ending());
    this.#lines.end();
    this.pace.end();
    return endings;
  }

  async #ordinaryRequest(): Promise<HttpRequest> {
    const { presence, regular } = this.profile;
    if (regular !== undefined) {
      this.#regular ??= await this.client({ regular: true });
      await this.#regular.open();
      return this.#regular.request();
    }
    if (presence !== undefined && 'url' in presence) return this.presence.request(this.channel);
    const publisher = await this.#publisher({});
    return publisher.request(`${this.newName()} ordinary`);
  }

  async #publisher({ as, channel = as?.channel ?? this.channel }: Publishing = {}): Promise<Publisher> {
    await this.#channels.ready(channel);
    const key = `${channel} ${as?.name ?? ''}`;
    let publisher = this.#publishers.get(key);
    if (publisher === undefined) {
      const names = { channel, client: as?.name ?? this.newName() };
      publisher = new Publisher(this.#ground, this.presence, names, as);
      this.#publishers.set(key, publisher);
    }
    return publisher;
  }
}

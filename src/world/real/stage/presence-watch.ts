import { join } from 'node:path';
import type { Instant } from '../../../protocol/message.ts';
import { presenceRequest } from '../../../wire/dialogue.ts';
import { type Answer, lookUp } from '../../../wire/extract.ts';
import type { Profile } from '../../../wire/profile.ts';
import { withHeaders } from '../../../wire/request.ts';
import type { Clock } from '../clock.ts';
import { Connections } from '../load/connection.ts';
import { exchange } from '../load/exchange.ts';
import type { TargetSpec } from '../load/messages.ts';
import { Recorder, type RecordFile } from '../load/record.ts';

/** Between two rounds of looks; each look costs the server a request, so there may be only so many channels. */
const everyMs = 200;
const mostChannels = 20;
const answerPatienceMs = 2000;

/** Whether the profile says how to ask who is online, and there are few enough channels to ask each of them. */
export function canWatchPresence({ presence }: Profile, channels: readonly string[]): boolean {
  return (
    presence !== undefined &&
    'url' in presence &&
    presence.online !== undefined &&
    channels.length <= mostChannels
  );
}

/**
 * Looks again and again at whom the server shows as online in each channel, straight at the server, and records who
 * has come up and who has gone. A look that fails changes nothing.
 */
export class PresenceWatch {
  readonly records: RecordFile;
  readonly everyMs = everyMs;
  readonly channels: readonly string[];
  readonly #target: TargetSpec;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #recorder: Recorder;
  readonly #connections: Connections;
  /** Of each channel, the clients that it showed when last seen. */
  readonly #online: Set<number>[];
  readonly #told = new Set<number>();
  readonly #shown = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #over = false;
  #since: Instant | null = null;

  constructor(
    target: TargetSpec,
    {
      clock,
      folder,
      run,
      channels,
    }: { clock: Clock; folder: string; run: string; channels: readonly string[] },
  ) {
    this.#target = target;
    this.#clock = clock;
    this.#prefix = `${run}-`;
    this.channels = channels;
    this.#online = this.channels.map(() => new Set());
    this.records = { file: join(folder, `${run}-presence`), reasons: [] };
    this.#recorder = new Recorder(this.records.file, () => {});
    this.#connections = new Connections(
      { keepAliveMs: 60_000, tls: target.tls },
      { opened() {}, closed() {} },
    );
  }

  /** When the server had told of every channel who is online; null while it has not: until then nobody can say who is new. */
  get since(): Instant | null {
    return this.#since;
  }

  /** @returns once it has looked around for the first time */
  begin(): Promise<void> {
    const look = (): Promise<void> => {
      this.#looking ??= this.#lookAround().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    };
    this.#timer = setInterval(() => void look(), everyMs);
    return look();
  }

  /** What was seen so far is on file. */
  flush(): void {
    this.#recorder.flush();
  }

  async end(): Promise<void> {
    this.#over = true;
    clearInterval(this.#timer);
    this.#connections.reset();
    await this.#looking;
    try {
      this.#recorder.close();
    } catch {
      // The disk is full, which the other records tell, too.
    }
  }

  async #lookAround(): Promise<void> {
    for (const [i, channel] of this.channels.entries()) {
      if (this.#over) return;
      const online = await this.#look(channel);
      if (online !== undefined) this.#seen(i, online);
    }
    this.#recorder.flush();
  }

  #look(channel: string): Promise<Set<number> | undefined> {
    return new Promise((settle) => {
      const request = withHeaders(presenceRequest(this.#target.profile, channel)!, this.#target.headers);
      const timer = setTimeout(() => {
        abort();
        settle(undefined);
      }, answerPatienceMs);
      const resolve = (value: Set<number> | undefined): void => {
        clearTimeout(timer);
        settle(value);
      };
      const abort = exchange(this.#connections.route, this.#target.origin, request, {
        ended: (answer) => resolve(this.#read(answer)),
        broke: () => resolve(undefined),
      });
    });
  }

  #read({ status, text }: Answer): Set<number> | undefined {
    const { presence } = this.#target.profile;
    if (status !== 200 || presence === undefined || !('url' in presence)) return undefined;
    try {
      const names = lookUp(JSON.parse(text), presence.online!);
      if (!Array.isArray(names)) return undefined;
      const ours = names.filter((name) => typeof name === 'string' && name.startsWith(this.#prefix));
      const ids = ours.map((name: string) => name.slice(this.#prefix.length));
      return new Set(ids.filter((id) => /^\d+$/.test(id)).map(Number));
    } catch {
      return undefined;
    }
  }

  #seen(channel: number, online: Set<number>): void {
    const at = this.#clock.now();
    this.#told.add(channel);
    if (this.#told.size === this.channels.length) this.#since ??= at;
    const before = this.#online[channel]!;
    this.#online[channel] = online;
    for (const client of online) {
      if (this.#shown.has(client)) continue;
      this.#shown.add(client);
      this.#recorder.add({ kind: 'shown', at, client, count: 1 });
    }
    for (const client of before) {
      // One that has moved is in the list of its new channel.
      if (this.#online.some((set) => set.has(client))) continue;
      this.#shown.delete(client);
      this.#recorder.add({ kind: 'hidden', at, client, count: 1 });
    }
  }
}

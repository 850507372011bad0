import type { Profile } from '../wire/profile.ts';
import type { Clock } from '../world/real/clock.ts';
import type { RawAnswer } from '../world/real/raw/answer.ts';
import type { RawConnection } from '../world/real/raw/connection.ts';
import type { Constants, Figure } from './constants.ts';
import type { Held } from './probe/held.ts';
import type { Pace } from './probe/pace.ts';

/** So long is waited for a limit that nobody has stated, unless the profile says otherwise. */
const probeLimitMs = 65_000;

/** What finding them out needs of a probe. */
interface Finder {
  readonly profile: Profile;
  readonly constants: Constants;
  readonly clock: Clock;
  readonly pace: Pace;
  subscribe(): Promise<Held>;
  ordinary(): Promise<{ readonly connection: RawConnection; readonly answer: RawAnswer }>;
}

/**
 * The two limits of a server that take long to find out: when it ends an idle hold, and when it closes an idle
 * connection. Asked for by the rows that need them, measured once for all of them.
 */
export class Limits {
  #hold: Promise<Figure | undefined> | undefined;
  #keepAlive: Promise<Figure | undefined> | undefined;
  /** What has been found out so far. */
  readonly found: { hold?: Figure; keepAlive?: Figure } = {};
  /** What was waited for in vain, in words. */
  readonly gaveUp: { hold?: string; keepAlive?: string } = {};

  /** H; undefined when the server holds for longer than anybody waited. */
  hold(probe: Finder): Promise<Figure | undefined> {
    this.#hold ??= this.#findHold(probe);
    return this.#hold;
  }

  /** K; undefined when the server keeps idle connections for longer than anybody waited. */
  keepAlive(probe: Finder): Promise<Figure | undefined> {
    this.#keepAlive ??= this.#findKeepAlive(probe);
    return this.#keepAlive;
  }

  async #findHold(probe: Finder): Promise<Figure | undefined> {
    const known = probe.constants.hold;
    if (known !== undefined) return known;
    if (probe.profile.hold.kind === 'unbounded') return undefined;
    const held = await probe.subscribe();
    const limitMs = probe.profile.timing.probeHold ?? probeLimitMs;
    const reply = await held.within(limitMs);
    if (reply === undefined || 'cut' in reply) {
      this.gaveUp.hold =
        reply === undefined
          ? `still held after ${seconds(limitMs)}`
          : 'the connection ended without an answer';
      return undefined;
    }
    if (reply.messages.length > 0) {
      this.gaveUp.hold = "a message came, which was somebody else's";
      return undefined;
    }
    this.found.hold = { ms: reply.tookMs, from: 'measured' };
    return this.found.hold;
  }

  async #findKeepAlive(probe: Finder): Promise<Figure | undefined> {
    const known = probe.constants.keepAlive;
    if (known !== undefined) return known;
    const { connection, answer } = await probe.ordinary();
    const hint = /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i.exec(String(answer.headers['keep-alive'] ?? ''))?.[1];
    if (hint !== undefined) {
      this.found.keepAlive = { ms: Number(hint) * 1000, from: 'measured' };
      return this.found.keepAlive;
    }
    const since = probe.clock.now();
    const limitMs = probe.profile.timing.probeHold ?? probeLimitMs;
    const closed = await probe.pace.within(
      connection.closed.then(() => true),
      limitMs,
    );
    if (closed === undefined) {
      this.gaveUp.keepAlive = `still open after ${seconds(limitMs)}`;
      return undefined;
    }
    this.found.keepAlive = { ms: probe.clock.now() - since, from: 'measured' };
    return this.found.keepAlive;
  }
}

/** The constants with what has been found out since. */
export function withFound(constants: Constants, { found, gaveUp }: Limits): Constants {
  return {
    ...constants,
    hold: constants.hold ?? found.hold,
    keepAlive: constants.keepAlive ?? found.keepAlive,
    gaveUp,
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

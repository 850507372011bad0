import type { Clock } from '../../world/real/clock.ts';
import type { Cut, RawAnswer } from '../../world/real/raw/answer.ts';
import { RawConnection } from '../../world/real/raw/connection.ts';
import type { Transcript } from '../../world/real/raw/transcript.ts';
import { Unclear } from '../verify.ts';
import type { Target } from './target.ts';
import type { Witness } from './witness.ts';

/** An idle connection is used again only so soon: later the server may be closing it just now, which is a row of its own. */
const reuseWithinMs = 1000;

/** The connections of one row: opened at need, used again while they are idle, all ended with the row. */
export class Lines {
  readonly #target: Target;
  readonly #clock: Clock;
  readonly #transcript: Transcript;
  readonly #witness: Witness;
  readonly #row: string;
  readonly #all: RawConnection[] = [];
  readonly #idle = new Map<string, { connection: RawConnection; since: number }[]>();

  #ended = false;

  constructor(target: Target, clock: Clock, transcript: Transcript, witness: Witness, row: string) {
    this.#target = target;
    this.#clock = clock;
    this.#transcript = transcript;
    this.#witness = witness;
    this.#row = row;
  }

  get all(): readonly RawConnection[] {
    return this.#all;
  }

  /** A new connection. @throws Unclear when there is none to be had */
  async open(origin = this.#target.origin, receiveWindow?: number): Promise<RawConnection> {
    const options = {
      clock: this.#clock,
      transcript: this.#transcript,
      ...(receiveWindow !== undefined && { receiveWindow }),
    };
    let connection: RawConnection;
    try {
      connection = await RawConnection.open({ origin, tls: this.#target.tls }, options);
    } catch (error) {
      throw new Unclear(`no connection to ${origin}: ${(error as Error).message}`);
    }
    // A poll that was about to be sent when the row ended would stay held for ever.
    if (this.#ended) connection.reset();
    else this.#all.push(connection);
    return connection;
  }

  /** One that has just been used and is idle, or a new one. */
  async take(origin = this.#target.origin): Promise<RawConnection> {
    const idle = this.#idle.get(origin) ?? [];
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      if (!last.connection.isClosed && this.#clock.now() - last.since < reuseWithinMs) return last.connection;
    }
    return this.open(origin);
  }

  /** Keeps a connection for the next request when its last answer lets it. */
  giveBack(connection: RawConnection, answer: RawAnswer | Cut, origin = this.#target.origin): void {
    if ('cut' in answer || connection.isClosed || !persists(answer)) return;
    const idle = this.#idle.get(origin) ?? [];
    idle.push({ connection, since: this.#clock.now() });
    this.#idle.set(origin, idle);
  }

  /** Ends every connection, held polls too. */
  end(): void {
    this.#ended = true;
    for (const connection of this.#all) {
      this.#witness.saw(formal(connection), this.#row);
      if (!connection.isClosed) connection.reset();
    }
  }
}

/**
 * What was wrong with the form of answers. That a reset cut one off is no matter of form: it overtakes the answer
 * of a server that refuses a request before it has read it all.
 */
function formal(connection: RawConnection): readonly string[] {
  const { violations } = connection;
  const cut = connection.ending() === 'rst-before-complete';
  return cut ? violations.filter((found) => !found.endsWith('(RFC 9112 §8)')) : violations;
}

/** Whether a connection outlives this answer (RFC 9112, section 9.3). */
export function persists(answer: RawAnswer): boolean {
  const options = answer.rawHeaders
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((option) => option.trim());
  if (options.includes('close') || answer.framing === 'close') return false;
  return answer.version === '1.1' || options.includes('keep-alive');
}

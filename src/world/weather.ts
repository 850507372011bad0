import type { Instant } from '../protocol/message.ts';
import type { Random } from '../protocol/random.ts';
import type { IdleCut, ProxyFault } from './proxy-fault.ts';
import type { TokenBucket } from './token-bucket.ts';

/** A fault that lasts, as one lane has it. */
export interface Spell {
  /** Its place in the list of faults. */
  readonly index: number;
  readonly fault: ProxyFault;
  readonly since: Instant;
  /** Dice of this lane for this fault. */
  readonly random: Random;
  /** `rate-limit`: all lanes take from one. */
  readonly bucket: TokenBucket;
}

/** What becomes of an answer whose first bytes have come; `keep` is the share of them that still passes. */
export type Fate = 'passes' | 'reset' | { readonly keep: number };

/** What becomes of a request. `afterMs` counts from when its head was whole. */
export type Verdict =
  | { readonly status: 502 }
  | { readonly status: 204 | 504; readonly afterMs: number }
  | { readonly status: 429; readonly retryAfterMs: number; readonly form: 'seconds' | 'date' };

/** The faults that a lane is under, and what they mean for what passes just now. */
export class Weather {
  readonly #spells: Spell[] = [];
  /** Nothing is wrong, or bytes are only late: then the proxy's own error can be told. */
  fair = true;
  /** Connections that come are neither answered nor passed on. */
  silent = false;
  /** Nobody listens. */
  shut = false;
  /** Answers come at so many bytes a second. */
  bytesPerS = Number.POSITIVE_INFINITY;
  idle: { readonly idleMs: number; readonly how: IdleCut; readonly since: Instant } | null = null;

  begin(spell: Spell): void {
    this.#spells.push(spell);
    this.#read();
  }

  end(index: number): void {
    const at = this.#spells.findIndex((spell) => spell.index === index);
    if (at >= 0) this.#spells.splice(at, 1);
    this.#read();
  }

  /** By how much one more chunk (or the opening of a connection) comes later, milliseconds. */
  delayMs(): number {
    let delay = 0;
    if (this.#spells.length === 0) return delay;
    for (const { fault, random } of this.#spells) {
      if (fault.kind !== 'add-latency') continue;
      delay += fault.oneWayMs + random() * fault.jitterMs;
    }
    return delay;
  }

  /** Draws for one answer that begins; the first fault that hits decides. */
  answerBegins(): Fate {
    for (const { fault, random } of this.#spells) {
      if (fault.kind === 'connection-reset' && random() < fault.chance) return 'reset';
      if (fault.kind === 'truncate' && random() < fault.chance) return { keep: fault.keep };
    }
    return 'passes';
  }

  /** Draws for one request that has come; null: it passes. */
  requestCame(now: Instant): Verdict | null {
    for (const { fault, random, bucket } of this.#spells) {
      if (fault.kind === 'proxy-502' && random() < fault.chance) return { status: 502 };
      if (fault.kind === 'proxy-504' && random() < fault.chance)
        return { status: 504, afterMs: fault.afterMs };
      if (fault.kind === 'rate-limit' && !bucket.take(now)) {
        return { status: 429, retryAfterMs: fault.retryAfterMs, form: fault.form };
      }
    }
    return null;
  }

  #read(): void {
    const faults = this.#spells.map(({ fault }) => fault);
    this.fair = faults.every(({ kind }) => kind === 'add-latency');
    this.silent = faults.some(({ kind }) => kind === 'half-open');
    this.shut = faults.some(({ kind }) => kind === 'refuse' || kind === 'proxy-restart');
    this.bytesPerS = Number.POSITIVE_INFINITY;
    this.idle = null;
    for (const { fault, since } of this.#spells) {
      if (fault.kind === 'slow-bytes') this.bytesPerS = Math.min(this.bytesPerS, fault.bytesPerS);
      // The strictest of several decides.
      if (fault.kind === 'cut-idle' && fault.idleMs < (this.idle?.idleMs ?? Number.POSITIVE_INFINITY)) {
        this.idle = { idleMs: fault.idleMs, how: fault.how, since };
      }
    }
  }
}

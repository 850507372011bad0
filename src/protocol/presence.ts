import type { ClientId, Instant } from './message.ts';

interface Trace {
  open: number;
  lastEnded: Instant;
}

/** Who counts as online in one channel: while a poll is open, and for `lingerMs` after the last one ended. */
export class Presence {
  readonly #lingerMs: number;
  readonly #traces = new Map<ClientId, Trace>();

  constructor(lingerMs: number) {
    this.#lingerMs = lingerMs;
  }

  pollBegan(now: Instant, client: ClientId): void {
    const trace = this.#traces.get(client);
    if (trace === undefined) this.#traces.set(client, { open: 1, lastEnded: now });
    else trace.open++;
  }

  pollEnded(now: Instant, client: ClientId): void {
    const trace = this.#traces.get(client);
    if (trace === undefined || trace.open === 0) throw new Error(`no open poll of ${client} to end`);
    trace.open--;
    trace.lastEnded = now;
  }

  isOnline(now: Instant, client: ClientId): boolean {
    const trace = this.#traces.get(client);
    return trace !== undefined && this.#counts(now, trace);
  }

  /** Everybody online, in the order in which they were first seen. */
  online(now: Instant): ClientId[] {
    const clients: ClientId[] = [];
    for (const [client, trace] of this.#traces) if (this.#counts(now, trace)) clients.push(client);
    return clients;
  }

  /** Forgets those who are offline. */
  sweep(now: Instant): void {
    for (const [client, trace] of this.#traces) if (!this.#counts(now, trace)) this.#traces.delete(client);
  }

  #counts(now: Instant, trace: Trace): boolean {
    return trace.open > 0 || now - trace.lastEnded <= this.#lingerMs;
  }
}

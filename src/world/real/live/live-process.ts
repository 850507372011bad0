import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setPriority } from 'node:os';
import { isLoopback } from '../../../wire/loopback.ts';
import type { LiveState } from '../server/page/live-state.ts';
import { PollServer } from '../server/server.ts';
import { liveSite } from './site.ts';

/** What the coordinator says to the live page's process; when it is silent for ever, its channel closes. */
export type LiveOrder = { readonly type: 'start' } | { readonly type: 'state'; readonly state: LiveState };

/** What the process says to the coordinator. */
export type LiveReport =
  | { readonly type: 'ready' }
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'failed'; readonly code: string; readonly text: string };

/** One a second: what a page draws, and a little more. */
const remembered = 150;
/** Pages that look at once; everybody else is told that there is no room. */
const mostPages = 100;
/** How long the last word may take to reach the pages. */
const lastWordMs = 250;
/** Whoever measures comes first. */
const politeness = 10;

/** The live page's server: our own, with a channel of its own that only this process writes to. */
class LiveProcess {
  // Other pages in the same browser can post to any port of this machine, but not to a channel that they cannot guess.
  readonly #channel = randomBytes(16).toString('hex');
  #server: PollServer | undefined;
  #last: LiveState | undefined;
  #ending = false;

  obey(order: LiveOrder): void {
    if (order.type === 'start') void this.#start();
    else this.#tell(order.state);
  }

  /** The coordinator is gone: by itself, or because it was killed. */
  orphaned(): void {
    if (this.#ending) return;
    if (this.#last === undefined) process.exit(0);
    this.#tell({ ...this.#last, phase: null, etaMs: null, over: 'cut' });
  }

  async #start(): Promise<void> {
    try {
      setPriority(politeness);
    } catch {
      // Not every system lets it; then it is as important as the others, once a second.
    }
    try {
      const bounds = { maxHeld: mostPages, maxChannels: mostPages, maxBodyBytes: 1 };
      const memory = { backlog: remembered, backlogAgeMs: 24 * 3600 * 1000 };
      const server = new PollServer({ port: 0, ...bounds, ...memory }, liveSite(this.#channel));
      this.#server = server;
      server.off('request', server.handler.accept).on('request', (request, response) => {
        if (isMeant(request)) server.handler.accept(request, response);
        else response.writeHead(421, { connection: 'close' }).end();
      });
      await server.start();
      report({ type: 'listening', url: server.url });
    } catch (error) {
      const { code, name, message } = error as NodeJS.ErrnoException;
      report({ type: 'failed', code: code ?? name, text: message }, () => process.exit(1));
    }
  }

  #tell(state: LiveState): void {
    if (this.#ending) return;
    this.#last = state;
    this.#server?.handler.publish(this.#channel, new TextEncoder().encode(JSON.stringify(state)));
    if (state.over === false) return;
    this.#ending = true;
    // Held pages have their answer now, and one that was between two requests asks within this time.
    setTimeout(() => process.exit(0), lastWordMs);
  }
}

/** A foreign page can give this address a name of its own, and would then be allowed to read what is here. */
function isMeant({ headers }: IncomingMessage): boolean {
  const url = `http://${headers.host}`;
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}

function report(message: LiveReport, after?: () => void): void {
  if (process.connected) process.send!(message, undefined, undefined, () => after?.());
  else after?.();
}

const live = new LiveProcess();
process.on('message', (order) => live.obey(order as LiveOrder));
process.on('disconnect', () => live.orphaned());
// A terminal sends it to the whole group; the coordinator decides.
process.on('SIGINT', () => {});
report({ type: 'ready' });

import { openDescriptors } from '../descriptors.ts';
import type { ServerCounts } from './figures.ts';
import type { ServerOptions } from './options.ts';
import { PollServer } from './server.ts';

/** What the parent of a server process may say. */
export type ServerOrder =
  | { readonly type: 'start'; readonly options: ServerOptions }
  | { readonly type: 'stats' }
  | { readonly type: 'shutdown' }
  | 'shutdown';

/** What a server process says to its parent. */
export type ServerReport =
  /** Orders are heard from now on. */
  | { readonly type: 'ready' }
  | { readonly type: 'listening'; readonly url: string }
  /** `code` is the system's, such as `EADDRINUSE`, or the name of the error. */
  | { readonly type: 'failed'; readonly code: string; readonly text: string }
  | ServerStats;

/** Once a second, whenever asked, and once more at the end. Counts are since the start, but `held`, which is now. */
export interface ServerStats extends Omit<ServerCounts, 'channels' | 'dropped'> {
  readonly type: 'stats';
  /** User and system time since the start, in milliseconds. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Open now; null where the system does not say. */
  readonly descriptors: number | null;
}

const statsEveryMs = 1000;

/** A server in a process of its own, ruled over the IPC channel that it was forked with. */
class ServerProcess {
  #server: PollServer | undefined;
  #ending = false;

  obey(order: ServerOrder): void {
    if (order === 'shutdown' || order.type === 'shutdown') this.end();
    else if (order.type === 'stats') this.#tellStats();
    else if (this.#server === undefined) void this.#start(order.options);
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    void (this.#server?.shutdown() ?? Promise.resolve()).then(() => {
      this.#tellStats(() => process.exit(0));
    });
  }

  async #start(options: ServerOptions): Promise<void> {
    try {
      const server = new PollServer(options);
      this.#server = server;
      await server.start();
      setInterval(() => this.#tellStats(), statsEveryMs).unref();
      tell({ type: 'listening', url: server.url });
    } catch (error) {
      const { code, name, message } = error as NodeJS.ErrnoException;
      tell({ type: 'failed', code: code ?? name, text: message }, () => process.exit(1));
    }
  }

  #tellStats(after?: () => void): void {
    if (this.#server === undefined) {
      after?.();
      return;
    }
    const { held, heldMax, published, delivered, requests } = this.#server.handler.counts();
    const { user, system } = process.cpuUsage();
    const cpuMs = (user + system) / 1000;
    const own = { cpuMs, rssBytes: process.memoryUsage.rss(), descriptors: openDescriptors() };
    tell({ type: 'stats', ...own, held, heldMax, published, delivered, requests }, after);
  }
}

function tell(report: ServerReport, after?: () => void): void {
  if (process.connected) process.send!(report, undefined, undefined, () => after?.());
  else after?.();
}

const server = new ServerProcess();
process.on('message', (order) => server.obey(order as ServerOrder));
process.on('disconnect', () => server.end());
process.on('SIGTERM', () => server.end());
// A terminal sends SIGINT to the whole group; the parent decides.
process.on('SIGINT', () => {});
tell({ type: 'ready' });

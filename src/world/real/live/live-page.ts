import type { LiveState } from '../server/page/live-state.ts';
import { Child } from '../stage/child.ts';
import type { LiveOrder, LiveReport } from './live-process.ts';

/** A process that does not come up in this time is done without. */
const startPatienceMs = 5000;

/** The live page as its coordinator has it: told, and never waited for once it stands. */
export class LivePage {
  readonly url: string;
  readonly #child: Child<LiveOrder, LiveReport>;
  #ending = false;

  /**
   * Starts the page's server, on a free port of 127.0.0.1.
   * @param gone called once, with the reason, when it ends before its time
   * @throws Error when it cannot be had
   */
  static async start(gone: (why: string) => void): Promise<LivePage> {
    const child = new Child<LiveOrder, LiveReport>('the live page', 'live/live-process');
    const late = setTimeout(() => child.signal('SIGKILL'), startPatienceMs);
    try {
      await child.next('ready');
      const listening = child.next('listening');
      child.send({ type: 'start' });
      return new LivePage(child, (await listening).url, gone);
    } finally {
      clearTimeout(late);
    }
  }

  private constructor(child: Child<LiveOrder, LiveReport>, url: string, gone: (why: string) => void) {
    this.#child = child;
    this.url = url;
    void child.ended.then(({ code, signal }) => {
      if (!this.#ending) gone(signal ?? `exit ${code}`);
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  tell(state: LiveState): void {
    if (!this.#ending) this.#child.send({ type: 'state', state });
  }

  /** The last word. The process ends by itself when its pages have heard it; nobody here waits for that. */
  end(state: LiveState): void {
    if (this.#ending) return;
    this.tell(state);
    this.#ending = true;
    this.#child.leave();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How one knows that a server is there: by what it prints, or because a URL answers so. */
export type Ready = { readonly output: RegExp } | { readonly url: string; readonly status: number };

const watchdogMs = 20_000;

/** A server of somebody else's in a process of its own. */
export class Child {
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  #output = '';
  #exit: Exit | undefined;

  private constructor(argv: readonly string[], cwd: string) {
    const [command = '', ...args] = argv;
    const { PATH = '' } = process.env;
    this.#process = spawn(command, args, {
      cwd,
      env: { PATH, LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-100_000);
      });
    this.exited = new Promise((resolve) => {
      const over = (exit: Exit): void => {
        this.#exit = exit;
        resolve(exit);
      };
      this.#process.once('error', (error) => {
        this.#output += error.message;
        over({ code: null, signal: null });
      });
      this.#process.once('close', (code, signal) => over({ code, signal }));
    });
  }

  /**
   * Starts a program and waits until it is ready.
   * @throws Error with everything that it printed, when it ends before or stays silent too long
   */
  static async start(argv: readonly string[], cwd: string, ready: Ready): Promise<Child> {
    const child = new Child(argv, cwd);
    const deadline = performance.now() + watchdogMs;
    while (!(await child.#isReady(ready))) {
      const late = performance.now() > deadline;
      if (child.#exit === undefined && !late) {
        await pause(20);
        continue;
      }
      await child.stop('SIGKILL');
      throw new Error(`${argv.join(' ')} ${late ? 'is not ready' : 'ended'}: ${child.#output}`);
    }
    return child;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** The end of everything that it printed. */
  get output(): string {
    return this.#output;
  }

  get isOver(): boolean {
    return this.#exit !== undefined;
  }

  /** Ends it by its own id, the hard way if it does not listen. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (this.#exit !== undefined) return this.#exit;
    this.#process.kill(signal);
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    try {
      return await this.exited;
    } finally {
      clearTimeout(patience);
    }
  }

  async #isReady(ready: Ready): Promise<boolean> {
    if (this.#exit !== undefined) return false;
    if ('output' in ready) return ready.output.test(this.#output);
    try {
      const answer = await fetch(ready.url, { headers: { connection: 'close' } });
      await answer.arrayBuffer();
      return answer.status === ready.status;
    } catch {
      return false;
    }
  }
}

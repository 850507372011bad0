import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** How somebody's server is started and stopped, as its profile says. */
export interface StartPlan {
  /** Program and arguments; `{port}` stands for the port that it shall listen on. */
  readonly start: readonly string[];
  readonly cwd?: string | undefined;
  /** What tells that it is ready: a line of its output, or a URL path that answers with a status. */
  readonly ready?:
    | { readonly output: string }
    | { readonly status: number; readonly url: string }
    | undefined;
  readonly stopSignal?: string | undefined;
}

/** A server that does not start within this has not started, milliseconds. */
const startPatienceMs = 20_000;

/** Somebody's server in a process of ours. */
export class TargetChild {
  readonly port: number;
  /** Resolves when the process is gone; the value is its exit code or the signal that ended it. */
  readonly exited: Promise<number | string>;
  readonly #process: ChildProcess;
  readonly #plan: StartPlan;
  #output = '';
  #alive = true;

  private constructor(process: ChildProcess, plan: StartPlan, port: number) {
    this.#process = process;
    this.#plan = plan;
    this.port = port;
    const hear = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString('utf8')).slice(-20_000);
    };
    process.stdout?.on('data', hear);
    process.stderr?.on('data', hear);
    // Whoever ends at once leaves nothing behind.
    const kill = (): void => void process.kill('SIGKILL');
    globalThis.process.once('exit', kill);
    this.exited = new Promise((resolve) => {
      process.once('error', (error) => {
        this.#alive = false;
        this.#output += error.message;
        globalThis.process.off('exit', kill);
        resolve(error.message);
      });
      process.once('exit', (code, signal) => {
        this.#alive = false;
        globalThis.process.off('exit', kill);
        resolve(code ?? signal ?? 'unknown');
      });
    });
  }

  /**
   * Starts the server and waits until it is ready.
   * @param port 0: any that is free
   * @throws Error with its last words when it does not become ready
   */
  static async start(plan: StartPlan, port = 0): Promise<TargetChild> {
    const place = port === 0 ? await freePort() : port;
    const [program = '', ...args] = plan.start.map((word) => word.replaceAll('{port}', String(place)));
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(plan.cwd !== undefined && { cwd: plan.cwd }),
    });
    const target = new TargetChild(child, plan, place);
    try {
      await target.#becomeReady();
    } catch (error) {
      await target.end();
      throw error;
    }
    return target;
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Asks it to stop, as its profile says it is to be asked. */
  signal(): void {
    this.#process.kill((this.#plan.stopSignal ?? 'SIGTERM') as NodeJS.Signals);
  }

  /** Stops it: by its signal, and after `patienceMs` by force. */
  async end(patienceMs = 3000): Promise<void> {
    if (this.#alive) this.signal();
    const force = setTimeout(() => this.#process.kill('SIGKILL'), patienceMs);
    await this.exited;
    clearTimeout(force);
  }

  async #becomeReady(): Promise<void> {
    const { ready } = this.#plan;
    const end = performance.now() + startPatienceMs;
    while (performance.now() < end) {
      if (!this.#alive) throw new Error(`it ended before it was ready: ${this.#lastWords()}`);
      if (ready !== undefined && 'output' in ready) {
        if (new RegExp(ready.output, 'm').test(this.#output)) return;
      } else if (await answers(this.port, ready)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`it was not ready within ${startPatienceMs / 1000} s: ${this.#lastWords()}`);
  }

  #lastWords(): string {
    return this.#output.trim().split('\n').slice(-5).join(' / ') || 'without a word';
  }
}

/** A port of the loopback that nothing listens on just now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answers(port: number, ready: { status: number; url: string } | undefined): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${ready?.url ?? '/'}`, {
      signal: AbortSignal.timeout(1000),
    });
    await answer.body?.cancel();
    return ready === undefined || answer.status === ready.status;
  } catch {
    return false;
  }
}

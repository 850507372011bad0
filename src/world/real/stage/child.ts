import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { compiledUrl } from '../compiled.ts';
import { atOurDeath } from './at-our-death.ts';

export interface Death {
  readonly name: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process of ours: typed messages both ways, and its death is always noticed. */
export class Child<Out extends { type: string }, In extends { type: string }> {
  readonly name: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<Death>;
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(message: In) => void>();
  #alive = true;
  /** The last words on stderr, for when it dies. */
  #stderr = '';

  /**
   * @param freezable it may be stopped (SIGSTOP): were we killed meanwhile, it could not notice that its channel is
   * closed, so the kernel is asked to let it go on then
   */
  constructor(name: string, entry: string, freezable = false) {
    this.name = name;
    const [execPath, ...execArgv] = freezable ? atOurDeath('CONT', process.execPath) : [process.execPath];
    this.#process = fork(compiledUrl(`${entry}.js`), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execPath: execPath!,
      execArgv: freezable ? execArgv : process.execArgv,
    });
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    this.#process.on('message', (message) => {
      for (const listener of [...this.#listeners]) listener(message as In);
    });
    this.ended = new Promise((resolve) => {
      this.#process.on('error', (error) => {
        // A message to a process that is just dying fails; its death is what counts.
        if (this.#process.pid !== undefined) return;
        // It was never born, and nothing more will be heard of it.
        this.#alive = false;
        this.#stderr = error.message;
        resolve({ name, code: null, signal: null });
      });
      this.#process.on('exit', (code, signal) => {
        this.#alive = false;
        resolve({ name, code, signal });
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get lastWords(): string {
    return this.#stderr;
  }

  /** Nothing happens when it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#alive) this.#process.kill(signal);
  }

  send(message: Out): void {
    if (this.#process.connected) this.#process.send(message, undefined, {}, () => {});
  }

  listen(listener: (message: In) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The next message of a kind. @throws Error when the process ends or fails first */
  next<T extends In['type']>(type: T): Promise<Extract<In, { type: T }>> {
    const next = new Promise<Extract<In, { type: T }>>((resolve, reject) => {
      const stop = this.listen((message) => {
        if (message.type === type) resolve(message as Extract<In, { type: T }>);
        else if (message.type === 'failed') reject(new Error((message as unknown as { text: string }).text));
        else return;
        stop();
      });
      void this.ended.then(() =>
        reject(new Error(`${this.name} ended: ${this.#stderr.trim() || 'without a word'}`)),
      );
    });
    // Whoever asked may have had to leave before he could wait for it; that must not end this process, too.
    next.catch(() => {});
    return next;
  }

  /** Closes the channel and thinks no more of it: it ends by itself, and this process may end before it. */
  leave(): void {
    if (this.#process.connected) this.#process.disconnect();
    this.#process.unref();
    (this.#process.stderr as Socket).unref();
  }

  /** Asks it to end by closing the channel, and kills it when it does not. */
  async end(patienceMs = 5000): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(kill);
  }
}

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsChoice } from '../load/connection.ts';
import { late } from './patience.ts';
import { canConnect } from './reach.ts';
import type { ServerHand } from './server-hand.ts';

/** How long a restart may take, the command's own time and the server's, each. */
const patienceMs = 60_000;
/** When the run is over, a command that is under way may go on for so long: half a restart leaves no server. */
const endPatienceMs = 10_000;
const lookMs = 50;

/** Somebody's server in the hands of a run: it is restarted by a command, and frozen by its process id. */
export class TargetHand implements ServerHand {
  readonly #target: { readonly origin: string; readonly tls: TlsChoice };
  readonly #command: string | null;
  readonly #pid: number | undefined;
  readonly #folder: string;

  /**
   * @param command for the shell: it stops the server and starts it again
   * @param folder for what the command says
   */
  constructor(
    target: { readonly origin: string; readonly tls: TlsChoice },
    { command, pid, folder }: { command: string | null; pid: number | undefined; folder: string },
  ) {
    this.#target = target;
    this.#command = command;
    this.#pid = pid;
    this.#folder = folder;
  }

  /** How the server is stopped, and for how long it is away, is the command's affair. */
  async restart(_signal: 'term' | 'kill', _due: Promise<void>, cut: AbortSignal): Promise<boolean> {
    if (this.#command === null) throw new Error('there is no command that restarts the target');
    await this.#run(this.#command, cut);
    const { origin, tls } = this.#target;
    const end = performance.now() + patienceMs;
    for (;;) {
      if (cut.aborted) return false;
      const problem = await canConnect(origin, 1000, tls);
      if (problem === undefined) return true;
      if (performance.now() > end)
        throw new Error(
          `the target did not come back to ${origin} within ${patienceMs / 1000} s (${problem})`,
        );
      await late(lookMs, undefined);
    }
  }

  freeze(): void {
    if (this.#pid === undefined) throw new Error('the process of the target is not known (process.pid)');
    try {
      process.kill(this.#pid, 'SIGSTOP');
    } catch (error) {
      throw new Error(`process ${this.#pid} cannot be stopped (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  thaw(): void {
    try {
      if (this.#pid !== undefined) process.kill(this.#pid, 'SIGCONT');
    } catch {
      // It has ended meanwhile.
    }
  }

  /** What it starts in the background keeps its output, so that goes to a file and not to a pipe of ours. */
  async #run(command: string, cut: AbortSignal): Promise<void> {
    const file = join(this.#folder, 'restart-output');
    const output = openSync(file, 'w');
    // In a group of its own: Ctrl-C in a terminal is not meant for it.
    const shell = spawn(command, { shell: true, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    const ended = new Promise<string | null>((resolve) => {
      shell.once('error', (error) => resolve(error.message));
      shell.once('exit', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit ${code}`)));
    });
    const overdue = new Promise<string>((resolve) => {
      setTimeout(() => resolve(`it did not end within ${patienceMs / 1000} s`), patienceMs).unref();
      cut.addEventListener('abort', () => void late(endPatienceMs, 'it was still under way').then(resolve));
    });
    const problem = await Promise.race([ended, overdue]);
    if (problem === null) return;
    if (shell.exitCode === null && shell.signalCode === null && shell.pid !== undefined)
      process.kill(-shell.pid, 'SIGTERM');
    const words = readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' / ');
    throw new Error(`the restart command failed (${problem})${words === '' ? '' : `: ${words}`}`);
  }
}

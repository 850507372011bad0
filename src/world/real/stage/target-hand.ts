import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsChoice } from '../load/connection.ts';
import { late } from './patience.ts';
import { canConnect } from './reach.ts';
import type { ServerHand } from './server-hand.ts';

/** Milliseconds. */
export interface RestartPatience {
  /** How long a restart may take, the command's own time and the server's, each. */
  readonly restart: number;
  /** When the run is over, a command that is under way may go on for so long: half a restart leaves no server. */
  readonly atEnd: number;
  /** Between asking a command to end and ending it. */
  readonly kill: number;
}

const usual: RestartPatience = { restart: 60_000, atEnd: 10_000, kill: 2000 };
const lookMs = 50;

/** Somebody's server in the hands of a run: it is restarted by a command, and frozen by its process id. */
export class TargetHand implements ServerHand {
  readonly #target: { readonly origin: string; readonly tls: TlsChoice };
  readonly #command: string | null;
  readonly #pid: number | undefined;
  readonly #folder: string;
  readonly #patience: RestartPatience;

  /**
   * @param command for the shell: it stops the server and starts it again
   * @param folder for what the command says
   * @param patience other than the usual
   */
  constructor(
    target: { readonly origin: string; readonly tls: TlsChoice },
    { command, pid, folder }: { command: string | null; pid: number | undefined; folder: string },
    patience = usual,
  ) {
    this.#target = target;
    this.#command = command;
    this.#pid = pid;
    this.#folder = folder;
    this.#patience = patience;
  }

  /** How the server is stopped, and for how long it is away, is the command's affair. */
  async restart(_signal: 'term' | 'kill', _due: Promise<void>, cut: AbortSignal): Promise<boolean> {
    if (this.#command === null) throw new Error('there is no command that restarts the target');
    await this.#run(this.#command, cut);
    const { origin, tls } = this.#target;
    const end = performance.now() + this.#patience.restart;
    for (;;) {
      const problem = await canConnect(origin, 1000, tls);
      if (problem === undefined) return true;
      if (cut.aborted)
        throw new Error(`the target was not back at ${origin} when the run ended (${problem})`);
      if (performance.now() > end)
        throw new Error(
          `the target did not come back to ${origin} within ${this.#patience.restart / 1000} s (${problem})`,
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
    const { restart, atEnd, kill: killMs } = this.#patience;
    const overdue = new Promise<string>((resolve) => {
      void late(restart, `it did not end within ${restart / 1000} s`).then(resolve);
      const still = (): void => void late(atEnd, 'it was still under way when the run ended').then(resolve);
      if (cut.aborted) still();
      else cut.addEventListener('abort', still);
    });
    const kill = (signal: NodeJS.Signals) => (): void => endGroup(shell, signal);
    const killAtExit = kill('SIGKILL');
    // Somebody who interrupts twice ends this process while the command is under way.
    process.once('exit', killAtExit);
    const problem = await Promise.race([ended, overdue]);
    kill('SIGTERM')();
    await Promise.race([ended, late(killMs, null)]);
    kill('SIGKILL')();
    process.off('exit', killAtExit);
    if (problem === null) return;
    const words = readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' / ');
    throw new Error(`the restart command failed (${problem})${words === '' ? '' : `: ${words}`}`);
  }
}

/** Ends a command that is still under way, with what it has started. */
function endGroup(shell: ChildProcess, signal: NodeJS.Signals): void {
  if (shell.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
  try {
    process.kill(-shell.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

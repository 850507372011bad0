import { type ChildProcess, spawn } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../wire/usage.ts';
import type { Dial } from '../load/messages.ts';
import { quietPort } from '../quiet-port.ts';
import { atOurDeath } from './at-our-death.ts';
import type { Death } from './child.ts';
import { late } from './patience.ts';
import { canConnect } from './reach.ts';
import { haproxy } from './real-proxy/haproxy.ts';
import { nginx } from './real-proxy/nginx.ts';
import type { ProxyPlan, Recipe } from './real-proxy/recipe.ts';

const recipes: Readonly<Record<'nginx' | 'haproxy', Recipe>> = { nginx, haproxy };
const startPatienceMs = 10_000;
const stopPatienceMs = 5000;

/** Why this machine has no such proxy, and which package brings it; null when it has. */
export function missingProxy(kind: keyof typeof recipes): string | null {
  const { program, package: name } = recipes[kind];
  return pathOf(program) === null ? `${program} is not installed (Debian package ${name})` : null;
}

/** Debian has daemons where only root's PATH leads. */
function pathOf(program: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there.
    }
  }
  return null;
}

/**
 * A proxy of the machine's packages with a configuration and a folder of its own; it needs no rights and touches
 * nothing of the machine's own proxy. Its processes are one group, which ends together, and are asked to end when we die.
 */
export class RealProxy {
  readonly dial: Dial;
  /** Resolves when its main process has ended, for whatever reason. */
  readonly ended: Promise<Death>;
  readonly #recipe: Recipe;
  readonly #process: ChildProcess;
  readonly #log: string;
  #alive = true;

  /**
   * @param folder an existing one, in which it gets a folder of its own
   * @throws UsageError with its own words when it does not listen
   */
  static async start(
    kind: keyof typeof recipes,
    plan: Omit<ProxyPlan, 'folder' | 'port'>,
    folder: string,
  ): Promise<RealProxy> {
    const recipe = recipes[kind];
    const path = pathOf(recipe.program);
    if (path === null) throw new Error(missingProxy(kind)!);
    const port = await quietPort();
    const own = mkdtempSync(join(folder, `${kind}-`));
    const proxy = new RealProxy(recipe, path, { ...plan, folder: own, port });
    const problem = await proxy.#becomeReady();
    if (problem === null) return proxy;
    await proxy.stop();
    throw new UsageError(`${kind} (${path}) ${problem}: ${proxy.#words()}`, 3);
  }

  private constructor(recipe: Recipe, path: string, plan: ProxyPlan) {
    const { folder, port } = plan;
    const file = join(folder, 'configuration');
    writeFileSync(file, recipe.configuration(plan));
    this.#recipe = recipe;
    this.#log = join(folder, 'error.log');
    this.dial = { host: '127.0.0.1', port };
    const [program = '', ...args] = atOurDeath('TERM', path, ...recipe.args(file, folder));
    const log = openSync(this.#log, 'a');
    // In a group of its own, for Ctrl-C in a terminal is not meant for it.
    this.#process = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const kill = (): void => this.#signal('SIGTERM');
    process.once('exit', kill);
    this.ended = new Promise((resolve) => {
      const over = (code: number | null, signal: string | null): void => {
        this.#alive = false;
        // A killed master leaves its workers, which belong to its group.
        this.#signal('SIGKILL');
        process.off('exit', kill);
        resolve({ name: recipe.program, code, signal });
      };
      this.#process.once('error', () => over(null, null));
      this.#process.once('exit', over);
    });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Ends it. @returns alarms that it wrote down in its life */
  async stop(): Promise<string[]> {
    if (this.#alive) this.#process.kill('SIGTERM');
    const kill = setTimeout(() => this.#signal('SIGKILL'), stopPatienceMs);
    await this.ended;
    clearTimeout(kill);
    return this.#recipe.alarms(readFileSync(this.#log, 'utf8'));
  }

  async #becomeReady(): Promise<string | null> {
    const { host, port } = this.dial;
    const end = performance.now() + startPatienceMs;
    while (performance.now() < end) {
      if (!this.#alive) return 'ended at once';
      if ((await canConnect(`http://${host}:${port}`, 1000)) === undefined) return null;
      await Promise.race([this.ended, late(20, undefined)]);
    }
    return 'does not listen';
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      if (this.#process.pid !== undefined) process.kill(-this.#process.pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }

  #words(): string {
    return readFileSync(this.#log, 'utf8').trim().split('\n').slice(-3).join(' / ') || 'without a word';
  }
}

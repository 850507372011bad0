import { TargetChild } from '../../world/real/target-process.ts';
import { Unclear } from '../verify.ts';
import { processOf, type TargetProcess } from './process.ts';
import type { Target } from './target.ts';

/** A target of the same kind in a process of its own, for rows that stop, restart or weigh it. */
export class Instance {
  readonly origin: string;
  readonly #target: Target;
  #child: TargetChild;

  constructor(target: Target, child: TargetChild) {
    this.#target = target;
    this.#child = child;
    this.origin = `http://127.0.0.1:${child.port}`;
  }

  get process(): TargetProcess {
    return processOf(this.#child.pid);
  }

  /** Resolves when the process is gone. */
  get exited(): Promise<number | string> {
    return this.#child.exited;
  }

  get alive(): boolean {
    return this.#child.alive;
  }

  /** Asks it to shut down, as the profile says. */
  signal(): void {
    this.#child.signal();
  }

  /** Starts it anew on the same port, after it has ended. @throws Unclear when it does not come back */
  async restart(): Promise<void> {
    await this.#child.end();
    this.#child = await launch(this.#target, this.#child.port);
  }

  async end(): Promise<void> {
    await this.#child.end(500);
  }
}

/** Starts one. @throws Unclear when it does not start */
export async function startInstance(target: Target): Promise<Instance> {
  return new Instance(target, await launch(target, 0));
}

async function launch({ profile }: Target, port: number): Promise<TargetChild> {
  const { process: plan } = profile;
  if (plan?.start === undefined) throw new Unclear('the profile does not say how to start the target');
  try {
    return await TargetChild.start({ ...plan, start: plan.start }, port);
  } catch (error) {
    throw new Unclear(`the target did not start: ${(error as Error).message}`);
  }
}

import { isLoopback } from '../wire/loopback.ts';
import type { Profile } from '../wire/profile.ts';
import { UsageError } from '../wire/usage.ts';
import { canConnect } from '../world/real/stage/reach.ts';
import { type StartPlan, TargetChild } from '../world/real/target-process.ts';

/** Brings a target back that died, in a process of ours. */
export interface Restarter {
  restart(): Promise<boolean>;
  /** The process that was started last; undefined before. */
  pid(): number | undefined;
  /** Stops what was started. */
  end(): Promise<void>;
}

/** A process that ends has let go of its port within this, milliseconds. */
const partingMs = 2000;
const lookEveryMs = 50;

/** As the profile says that the target is started; undefined where it does not say, or the target is not here. */
export function restarter({ process: plan }: Profile, target: URL): Restarter | undefined {
  const start = plan?.start;
  if (start === undefined || !isLoopback(target.hostname)) return undefined;
  return keeper({ ...plan, start }, target);
}

/**
 * Starts a target on a free port of the loopback, as its profile says.
 * @throws UsageError with exit code 3 and its last words when it does not become ready
 */
export async function startTarget({ name, process: plan }: Profile): Promise<Restarter & { target: URL }> {
  const start = plan?.start ?? [];
  try {
    const child = await TargetChild.start({ ...plan, start }, 0);
    const target = new URL(`http://127.0.0.1:${child.port}`);
    return { ...keeper({ ...plan, start }, target, child), target };
  } catch (error) {
    throw new UsageError(
      `the target could not be started as the profile ${name} says (${start.join(' ')}): ${(error as Error).message}`,
      3,
    );
  }
}

function keeper(plan: StartPlan, target: URL, first?: TargetChild): Restarter {
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  let child = first;
  return {
    async restart() {
      await child?.end();
      child = undefined;
      // It lives, and is not ours to end: another one beside it would share its port, or take it away.
      if (!(await isGone(target))) return false;
      try {
        child = await TargetChild.start(plan, port);
        return true;
      } catch {
        return false;
      }
    },
    pid: () => child?.pid,
    async end() {
      await child?.end();
    },
  };
}

/** The same profile, whose process id is always that of the process that runs now. */
export function withPidOf(restart: Restarter | undefined, profile: Profile): Profile {
  const plan = profile.process;
  if (restart === undefined || plan === undefined) return profile;
  const pid = (): number | undefined => restart.pid() ?? plan.pid;
  // A row that was prepared before the target died looks at the new one.
  const current = Object.defineProperty({ ...plan }, 'pid', { get: pid, enumerable: true });
  return { ...profile, process: current };
}

/** Whether nobody listens there any more, or soon does not. */
async function isGone(target: URL): Promise<boolean> {
  for (let left = partingMs; left > 0; left -= lookEveryMs) {
    if ((await canConnect(target.origin, partingMs, { insecure: true })) !== undefined) return true;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}

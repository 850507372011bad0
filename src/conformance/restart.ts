import { isLoopback } from '../wire/loopback.ts';
import type { Profile } from '../wire/profile.ts';
import { UsageError } from '../wire/usage.ts';
import { type StartPlan, TargetChild } from '../world/real/target-process.ts';

/** Brings a target back that died, in a process of ours. */
export interface Restarter {
  restart(): Promise<boolean>;
  /** Stops what was started. */
  end(): Promise<void>;
}

/** As the profile says that the target is started; undefined where it does not say, or the target is not here. */
export function restarter({ process: plan }: Profile, target: URL): Restarter | undefined {
  const start = plan?.start;
  if (start === undefined || !isLoopback(target.hostname)) return undefined;
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  return keeper({ ...plan, start }, port);
}

/**
 * Starts a target on a free port of the loopback, as its profile says.
 * @throws UsageError with exit code 3 and its last words when it does not become ready
 */
export async function startTarget({ name, process: plan }: Profile): Promise<Restarter & { target: URL }> {
  const start = plan?.start ?? [];
  try {
    const child = await TargetChild.start({ ...plan, start }, 0);
    return {
      ...keeper({ ...plan, start }, child.port, child),
      target: new URL(`http://127.0.0.1:${child.port}`),
    };
  } catch (error) {
    throw new UsageError(
      `the target could not be started as the profile ${name} says (${start.join(' ')}): ${(error as Error).message}`,
      3,
    );
  }
}

function keeper(plan: StartPlan, port: number, first?: TargetChild): Restarter {
  let child = first;
  return {
    async restart() {
      await child?.end();
      child = undefined;
      try {
        child = await TargetChild.start(plan, port);
        return true;
      } catch {
        return false;
      }
    },
    async end() {
      await child?.end();
    },
  };
}

import { isLoopback } from '../wire/loopback.ts';
import type { Profile } from '../wire/profile.ts';
import { TargetChild } from '../world/real/target-process.ts';

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
  let child: TargetChild | undefined;
  return {
    async restart() {
      await child?.end();
      child = undefined;
      try {
        child = await TargetChild.start({ ...plan, start }, port);
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

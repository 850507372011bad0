import type { Probe } from '../../probe/probe.ts';
import { NotApplicable, Unclear } from '../../verify.ts';

/** What a target has in its hands for a channel. */
export interface Counter {
  /** Held polls by its own account, else open descriptors of its process. */
  count(): Promise<number>;
  /** So much more than before may still be there, for descriptors come and go for other reasons, too. */
  readonly tolerance: number;
}

/** @throws NotApplicable where there is nothing to count by */
export function counterOf(probe: Probe, channel: string): Counter {
  if (probe.presence.counts) return { count: () => probe.presence.held(channel), tolerance: 0 };
  if (probe.profile.process?.pid === undefined) {
    throw new NotApplicable('the target neither says how many polls it holds, nor is its process known');
  }
  const { descriptors } = probe.process();
  return { count: () => Promise.resolve(descriptors()), tolerance: 2 };
}

/**
 * The count once it goes down no more: connections of the rows before are perhaps being closed yet.
 * @throws Unclear when it does not come to rest
 */
export async function countAtRest(probe: Probe, count: () => Promise<number>): Promise<number> {
  let last = await count();
  const rests = async (): Promise<boolean> => {
    await probe.pace.pass(probe.pace.settleMs);
    const before = last;
    last = await count();
    return last === before;
  };
  if (await probe.pace.until(rests, probe.constants.release.ms)) return last;
  throw new Unclear("the target's count does not come to rest");
}

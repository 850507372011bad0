import type { Profile } from '../wire/profile.ts';
import type { Clock } from '../world/real/clock.ts';
import type { Constants, Figure } from './constants.ts';
import type { Probe } from './probe/probe.ts';
import { Unclear } from './verify.ts';

/** Of so many requests the single slowest does not decide. */
const requestRounds = 100;
/** The 99th percentile of so few is their maximum, which is on the safe side. */
const rounds = 30;
/** A server without memory loses what it gets before it has the poll; so often that may be the machine's doing. */
const mostRaces = 3;
const leastSettleMs = 50;
const leastBudgetMs = 250;
/** A slow server must not buy itself a slow budget. */
const mostBudgetMs = 2000;
const usualIntervalMs = 10_000;
/** With a slow target so much time is spent on measuring, and then what there is must do. */
const enoughMs = 10_000;
const fewestRounds = 10;
/** What no ordinary request is quicker than, of so many, is not to be judged by times that are measured. */
const tooSlowMs = 2000;
const roundsTillTooSlow = 3;

/** What is assumed of a target before anything was measured. */
export function assumptions(profile: Profile): Constants {
  return constantsFrom(profile, { requestP99Ms: 10, deliveryP50Ms: 2, deliveryP99Ms: mostBudgetMs / 10 });
}

/**
 * Measures what the rows wait by: ordinary requests, then publish to delivery with a poll that was settled.
 * @throws Unclear when the target does not deliver: then its profile is wrong, or it is
 */
export async function calibrate(probe: Probe): Promise<Constants> {
  const requests = await times(
    requestRounds,
    probe.clock,
    async () => (await probe.ordinary()).tookMs,
    (took) => {
      if (took.length !== roundsTillTooSlow || took.some((ms) => ms <= tooSlowMs)) return;
      if (probe.profile.timing.settle !== undefined) return;
      throw new Unclear(
        `calibration: no ordinary request took less than ${Math.round(Math.min(...took))} ms, far too slow to be judged; if that is as it should be, say timing.settle in the profile`,
      );
    },
  );
  const requestP99Ms = percentile(requests, 0.99);
  const settled = constantsFrom(probe.profile, {
    requestP99Ms,
    deliveryP50Ms: 0,
    deliveryP99Ms: mostBudgetMs / 10,
  });
  const deliveries = await deliver(probe.with(settled));
  return constantsFrom(probe.profile, {
    requestP99Ms,
    deliveryP50Ms: percentile(deliveries, 0.5),
    deliveryP99Ms: percentile(deliveries, 0.99),
  });
}

async function deliver(probe: Probe): Promise<number[]> {
  const client = await probe.reader();
  const { resume, mailbox } = probe.profile.claims;
  let mayGetLost = resume || mailbox ? 0 : mostRaces;
  return times(rounds, probe.clock, async (i) => {
    for (;;) {
      const held = await client.subscribe({ fresh: true });
      const message = await probe.publish('calibration');
      const got = await client.collect([message], { first: held });
      const arrived = got.find(({ text }) => text === message.text);
      if (arrived !== undefined) return Math.max(0, arrived.at - message.sentAt);
      if (mayGetLost-- > 0) continue;
      throw new Unclear(
        `calibration: message ${i + 1} of ${rounds} was acknowledged and did not arrive within ${Math.round(probe.budgetMs)} ms`,
      );
    }
  });
}

/** Measures so many times, or as often as there is time for. @param look at what there is after each time */
async function times(
  most: number,
  clock: Clock,
  measure: (i: number) => Promise<number>,
  look?: (took: readonly number[]) => void,
): Promise<number[]> {
  const took: number[] = [];
  const end = clock.now() + enoughMs;
  while (took.length < most && (took.length < fewestRounds || clock.now() < end)) {
    took.push(await measure(took.length));
    look?.(took);
  }
  return took;
}

interface Measures {
  readonly requestP99Ms: number;
  readonly deliveryP50Ms: number;
  readonly deliveryP99Ms: number;
}

function constantsFrom(profile: Profile, measures: Measures): Constants {
  const { timing } = profile;
  const figure = (stated: number | undefined, measured: number): Figure =>
    stated === undefined ? { ms: measured, from: 'measured' } : { ms: stated, from: 'profile' };
  const hold = timing.hold ?? (profile.hold.kind === 'unbounded' ? undefined : profile.hold.time);
  // A hold that is over before its poll counts as settled would be taken for one that never was.
  const mostSettleMs = Math.max(measures.requestP99Ms, (hold ?? Number.POSITIVE_INFINITY) / 3);
  const settle = figure(
    timing.settle,
    Math.min(mostSettleMs, Math.max(leastSettleMs, 10 * measures.requestP99Ms)),
  );
  return {
    ...measures,
    settle,
    deliveryBudget: figure(
      timing.deliveryBudget,
      Math.min(mostBudgetMs, Math.max(leastBudgetMs, 10 * measures.deliveryP99Ms)),
    ),
    hold: hold === undefined ? undefined : { ms: hold, from: 'profile' },
    keepAlive: timing.keepAlive === undefined ? undefined : { ms: timing.keepAlive, from: 'profile' },
    release: figure(timing.release, Math.max(1000, 4 * settle.ms)),
    interval:
      timing.interval === undefined
        ? { ms: usualIntervalMs, from: 'default' }
        : { ms: timing.interval, from: 'profile' },
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

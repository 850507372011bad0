import { fitOf, noStatement } from '../measure/fit/fit.ts';
import type { FitRun, FitSetting } from '../measure/fit/run.ts';
import type { Fitted } from '../measure/fit/schema.ts';
import type { ModeResult, Warning } from '../measure/result.ts';
import { longestTransitMs } from './cooldown.ts';
import type { Counted } from './measured.ts';
import type { Mode, Scenario } from './scenario.ts';
import type { Target } from './staging.ts';
import { befalls } from './way-back.ts';

/** Of a regular poller's ticks, or a long poller's ways: more jitter than this and its law is another. */
const mostJitter = { ofInterval: 0.05, ms: 5 };
/** More failed requests than this, and retries are a part of what was measured. */
const mostErrors = 0.01;

/** Why the closed forms do not speak of a mode of this scenario; null where they do. */
export function whyNoTheory(scenario: Scenario, mode: Mode, resume: boolean): string | null {
  const { arrivals, clients, faults, network } = scenario;
  const { process } = arrivals;
  if (faults.some((fault) => befalls(fault, mode))) return 'something was done to it on purpose (faults)';
  if (clients.groups.some(({ steps, churn }) => steps.length > 0 || churn !== null))
    return 'clients come and go by their scripts';
  if (process.kind === 'burst') return 'messages come in bursts';
  if (process.kind === 'replay') return 'messages come as they were recorded, not at random';
  if (mode.kind === 'long' && !resume)
    return 'the server keeps nothing: what it loses is held against theory instead';
  const jitterMs = networkJitterMs(network);
  if (mode.kind === 'long' && jitterMs > mostJitter.ms)
    return `the network's jitter of ${network.jitterMs} ms is in every wait`;
  if (mode.kind === 'regular' && mode.jitterMs + jitterMs > mostJitter.ofInterval * mode.everyMs)
    return 'the jitter is more than a twentieth of the interval';
  return null;
}

/** How much longer than its mean one way may be. */
function networkJitterMs(network: Scenario['network']): number {
  return network.distribution === 'constant' ? 0 : longestTransitMs(network) - network.oneWayMs;
}

function settingOf({ arrivals, network }: Scenario, mode: Mode, endless: boolean): FitSetting {
  const { jitterMs } = mode;
  return {
    polling:
      mode.kind === 'regular'
        ? { kind: 'regular', everyMs: mode.everyMs, jitterMs }
        : { kind: 'long', holdMs: endless ? Number.POSITIVE_INFINITY : mode.holdMs, jitterMs },
    network: { oneWayMs: network.oneWayMs, jitterMs: networkJitterMs(network) },
    periodMs: periodOf(arrivals),
  };
}

/** Time from one message of a channel to the next where its publisher is periodic; null where it is not. */
export function periodOf({ process, ratePerS }: Scenario['arrivals']): number | null {
  return process.kind === 'fixed' && ratePerS !== null && ratePerS > 0 ? 1000 / ratePerS : null;
}

function fitRunOf({ measured, facts, frame, observed }: Counted): FitRun {
  const { delivery_from_sent_ms, requests, messages, fanout_ms, stamping } = measured;
  return {
    index: facts.index,
    frame,
    observed: observed(),
    numbers: {
      delivery_from_sent_ms,
      requests,
      messages,
      fanout_ms,
      lateStampsShare: stamping.late_stamps_share,
      loopDelayP99Ms: facts.quality.loop_delay_p99_ms,
      ownErrorP99Ms: facts.quality.harness_error_ms.p99,
    },
  };
}

/** Every repetition of a mode against the closed forms (model.md 2.1, 2.2, 2.8). */
export function fittedOf(
  scenario: Scenario,
  mode: Mode,
  { profile }: Target,
  counted: readonly Counted[],
): Fitted {
  const why = whyNoTheory(scenario, mode, profile.claims.resume);
  if (why !== null) return noStatement(why);
  const failing = counted.find(({ measured: { errors } }) => (errors.rate ?? 0) > mostErrors);
  if (failing !== undefined)
    return noStatement(`${(100 * failing.measured.errors.rate!).toFixed(1)} % of its requests failed`);
  if (counted.length === 0) return noStatement('nothing was measured');
  return fitOf(settingOf(scenario, mode, profile.hold.kind === 'unbounded'), counted.map(fitRunOf));
}

/** What of the modes could not be tested, or differs; nothing here makes the numbers untrustworthy. */
export function theoryWarnings(modes: readonly Pick<ModeResult, 'name' | 'theory'>[]): Warning[] {
  const found = new Map<string, { code: string; text: string; names: string[] }>();
  for (const { name, theory } of modes) {
    for (const { code, text } of theory?.notes ?? []) {
      const same = found.get(`${code} ${text}`);
      if (same === undefined) found.set(`${code} ${text}`, { code, text, names: [name] });
      else same.names.push(name);
    }
  }
  return [...found.values()].map(({ code, text, names }) => ({
    code,
    text: `${names.join(', ')}: ${text}.`,
    invalidates: false,
  }));
}

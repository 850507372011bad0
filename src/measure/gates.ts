import { notApplicable } from './metrics.ts';
import type { ModeResult, Quality, ThresholdResult, Warning } from './result.ts';
import { mostKept } from './samples.ts';

/** What may make a measurement untrustworthy. */
export interface Doubts {
  /** In virtual time no machine is in anybody's way; left out: real. */
  readonly world?: 'real' | 'virtual';
  readonly modes: readonly Pick<ModeResult, 'name' | 'kind' | 'repetitions'>[];
  /** Subscribers of one channel: so many clients get each message. */
  readonly clientsPerChannel: number;
  /** By how much wall clock and monotonic clock drifted apart during the run, either way; ms. */
  readonly clockDriftMs: number;
  /** What ended the run before its time, each as a person would say it: `the server died (exit 1)`. */
  readonly died: readonly string[];
  readonly thresholds: readonly ThresholdResult[];
}

export const limits = {
  /** Two or three scheduler's turns: a shared machine makes 10 ms now and then, a busy one makes hundreds. */
  publishLateP99Ms: 50,
  lateStampsShare: 0.01,
  generatorCpu: 0.8,
  clockDriftMs: 1_000,
  /** From here on the last stamp of a broadcast is mostly our own queue. */
  broadcast: 1_000,
} as const;

/** What one client's answer costs our driver, about: used only to say how large a queue may be. */
const perDeliveryMs = 0.06;

interface Gate {
  readonly code: string;
  readonly limit: number;
  readonly of: (quality: Quality) => number | null;
  readonly text: (mode: string, worst: number) => string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const gates: readonly Gate[] = [
  {
    code: 'publisher-late',
    limit: limits.publishLateP99Ms,
    of: (quality) => quality.publish_late_p99_ms,
    text: (mode, worst) =>
      `${mode}: messages were published up to ${worst.toFixed(1)} ms late (p99; at most ${limits.publishLateP99Ms} ms). ` +
      'Close other programs, or lower arrivals.rate.',
  },
  {
    code: 'late-stamps',
    limit: limits.lateStampsShare,
    of: (quality) => quality.late_stamps_share,
    text: (mode, worst) =>
      `${mode}: ${percent(worst)} of the deliveries were stamped by a process that ran late ` +
      `(at most ${percent(limits.lateStampsShare)}). Close other programs, or use fewer clients.`,
  },
  {
    code: 'generator-busy',
    limit: limits.generatorCpu,
    of: (quality) => quality.generator_cpu,
    text: (mode, worst) =>
      `${mode}: our own clients used ${percent(worst)} of a core (at most ${percent(limits.generatorCpu)}), so the numbers ` +
      'may describe them and not the server. Use fewer clients or a lower rate.',
  },
  {
    code: 'early-stamps',
    limit: 0,
    of: (quality) => quality.early_stamps,
    text: (mode, worst) =>
      `${mode}: ${worst} messages arrived before they were published: the clocks of our processes disagree. ` +
      'Run everything on one machine.',
  },
];

/**
 * Why a measurement is not to be trusted, in words that say what to do. `invalidates`: the numbers are kept
 * and labelled, and the program ends with 4. One warning per mode and reason, with its worst repetition.
 */
export function doubts(about: Doubts): Warning[] {
  const warnings: Warning[] = about.died.map((who) => ({
    code: 'cut-short',
    text: `${who}; the results are partial. See to it, then run again.`,
    invalidates: true,
  }));
  const drift = Math.abs(about.clockDriftMs);
  if (drift > limits.clockDriftMs)
    warnings.push({
      code: 'clock-jumped',
      text:
        `wall clock and monotonic clock drifted apart by ${(drift / 1_000).toFixed(1)} s: the machine slept, ` +
        'or its clock was set. Run again without that.',
      invalidates: true,
    });
  for (const mode of about.modes) {
    for (const gate of gates) {
      // One hiccup among a few dozen deliveries is more than one in a hundred, and says nothing.
      const counted = mode.repetitions.filter(
        ({ delivery_ms, quality }) =>
          gate.code !== 'late-stamps' || (quality.late_stamps_share ?? 0) * delivery_ms.count > 1.5,
      );
      const worst = Math.max(...counted.map(({ quality }) => gate.of(quality) ?? 0), 0);
      if (worst > gate.limit)
        warnings.push({ code: gate.code, text: gate.text(mode.name, worst), invalidates: true });
    }
  }
  for (const { name, repetitions } of about.modes) {
    // What nobody took while the server was away on purpose says nothing about the profile.
    const mute = repetitions.find(
      ({ messages }) => messages.published === 0 && messages.refused > messages.refused_in_fault,
    );
    if (mute !== undefined)
      warnings.push({
        code: 'nothing-published',
        text:
          `${name}: the target acknowledged none of ${mute.messages.refused} messages, so nothing about delivery is known. ` +
          'See publish in its profile, and its log.',
        invalidates: true,
      });
  }
  for (const { expr, ok, note } of about.thresholds) {
    if (ok !== null || note?.startsWith(notApplicable) === true) continue;
    warnings.push({
      code: 'too-few-samples',
      text: `threshold "${expr}" could not be judged: ${note ?? 'no value'}. Measure longer, or ask for a lower percentile.`,
      invalidates: true,
    });
  }
  for (const { name, repetitions } of about.modes) {
    const most = Math.max(
      0,
      ...repetitions.map((one) => Math.max(one.delivery_ms.count, one.request_ms.count)),
    );
    if (most > mostKept)
      warnings.push({
        code: 'folded-percentiles',
        text:
          `${name}: ${most.toLocaleString('en')} values are more than are kept one by one; their percentiles are ` +
          'within 0.1 %.',
        invalidates: false,
      });
  }
  // A broadcast that never was has no queue.
  const long = about.modes.find(
    ({ kind, repetitions }) => kind === 'long' && repetitions.some(({ messages }) => messages.expected > 0),
  );
  if (about.world !== 'virtual' && long !== undefined && about.clientsPerChannel >= limits.broadcast) {
    const queue = Math.round(about.clientsPerChannel * perDeliveryMs);
    warnings.push({
      code: 'client-bound',
      text:
        `${long.name}: each message wakes ${about.clientsPerChannel.toLocaleString('en')} clients in our process, one after ` +
        `another; about ${queue} ms of the last delivery is that queue and not the server.`,
      invalidates: false,
    });
  }
  return warnings;
}

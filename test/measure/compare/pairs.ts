import { normal } from '../../../src/measure/compare/gamma.ts';
import { distributionOf } from '../../../src/measure/histogram.ts';
import type { Distribution, ModeResult, RepetitionResult, Result } from '../../../src/measure/result.ts';
import { quantile, Samples } from '../../../src/measure/samples.ts';
import { exponential, type Random } from '../../../src/protocol/random.ts';
import { sampleResult } from '../sample.ts';

/** How a made-up run differs from the other one of its pair; 1: not at all. */
export interface Change {
  readonly delay: number;
  readonly requests: number;
  readonly lost: number;
}

export const unchanged: Change = { delay: 1, requests: 1, lost: 1 };

/**
 * What a machine does to the repetitions of one run, as a share of the value. With what chance does within them, their medians
 * differ by 4 % (standard deviation); those of five real repetitions of regular polling, with as many messages, by 2.4 %.
 */
const amongRepetitions = 0.03;
const messages = 300;
const clients = 4;
const holdMs = 60;

/** A shell is made once: a whole sample takes longer than what is changed in it. */
const shell = sampleResult();

/** With its histogram it takes a hundred times as long. */
function distribution(values: number[], histogram: boolean): Distribution {
  if (histogram) {
    const samples = new Samples();
    for (const value of values) samples.add(value);
    return distributionOf(samples, messages);
  }
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => quantile(sorted, q)!;
  return {
    ...{ count: sorted.length, messages, min: at(0), mean: null, p999: null, max: at(1), hdr: null },
    ...{ p50: at(0.5), p90: at(0.9), p99: at(0.99) },
  };
}

/**
 * Delays of a broadcast over a machine that is busy for a while and then is not: the delay of a message hangs on that of
 * the one before it (a third of it stays), and all clients of a message share most of theirs.
 */
function longDelays(random: Random, factor: number): number[] {
  let busy = normal(random);
  return Array.from({ length: messages }, () => {
    busy = busy / 3 + Math.sqrt(8 / 9) * normal(random);
    const shared = holdMs * factor * Math.exp(0.3 * busy);
    return Array.from({ length: clients }, () => shared * Math.exp(0.1 * normal(random)));
  }).flat();
}

/** Each client waits for its own next poll: the phases are drawn once for the repetition, the messages come by chance. */
function regularDelays(random: Random, factor: number): number[] {
  const every = 1_000;
  const phases = Array.from({ length: clients }, () => random() * every);
  let at = 0;
  return Array.from({ length: messages }, () => {
    at += exponential(random, 400);
    return phases.map((phase) => factor * (every - ((at + phase) % every)) + exponential(random, 2));
  }).flat();
}

/** Losses come in bursts: mostly none, at times a handful. */
function losses(random: Random, factor: number): number {
  return random() < 0.25 ? Math.round(factor * exponential(random, 4)) : 0;
}

function repetition(
  like: RepetitionResult,
  delaysOf: typeof longDelays,
  random: Random,
  { delay, requests, lost }: Change,
  histogram: boolean,
): RepetitionResult {
  const machine = Math.exp(amongRepetitions * normal(random));
  const delays = delaysOf(random, delay * machine);
  const perDelivery = requests * 1.2 * Math.exp(0.03 * normal(random));
  return {
    ...like,
    delivery_ms: distribution(delays, histogram),
    requests: { ...like.requests, per_delivery: perDelivery },
    messages: { ...like.messages, lost: losses(random, lost) },
  };
}

/** A run of two modes, with so many repetitions. */
export function madeUpRun(
  random: Random,
  repetitions: number,
  change: Change = unchanged,
  histogram = false,
): Result {
  const modes = shell.modes.map((mode): ModeResult => {
    const like = mode.repetitions[0]!;
    const made = Array.from({ length: repetitions }, (_, index) => ({
      ...(mode.kind === 'long'
        ? repetition(like, longDelays, random, change, histogram)
        : repetition(like, regularDelays, random, unchanged, histogram)),
      index,
    }));
    return { ...mode, repetitions: made };
  });
  return { ...shell, modes };
}

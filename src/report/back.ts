import { metric } from '../measure/metrics.ts';
import type { ModeResult, Result } from '../measure/result.ts';
import { type ClientPercentile, ClientTimes } from './client-times.ts';
import { type FaultTold, faultsOf, inWords, sumOf } from './fault.ts';
import { modeInWords } from './label.ts';
import { formatCount, formatMs, formatNumber } from './numbers.ts';

/** How one mode came back from all faults of a run, its repetitions together. */
interface Way {
  readonly name: string;
  readonly hit: number;
  readonly never: number;
  readonly wasted: number;
  /** Null: nobody was back. */
  readonly p50: number | null;
  readonly times: ClientTimes;
  /** The largest peak of requests, null when none was counted. */
  readonly peak: number | null;
  readonly lost: number | null;
  readonly repetitions: number;
}

function wayOf(
  result: Result,
  faults: readonly FaultTold[],
  mode: ModeResult,
  all: readonly ModeResult[],
): Way {
  const seen = faults
    .flatMap(({ sides }) => sides.filter((side) => side.mode === mode))
    .flatMap((s) => s.seen);
  const times = new ClientTimes(seen.map(({ back_ms }) => back_ms));
  return {
    name: modeInWords(mode, all),
    hit: sumOf(seen, ({ hit }) => hit),
    never: sumOf(seen, ({ never_back }) => never_back),
    wasted: sumOf(seen, ({ wasted }) => wasted),
    p50: times.percentile('p50'),
    times,
    peak: seen.length === 0 ? null : Math.max(...seen.map(({ herd }) => herd.peak_per_100ms)),
    lost: metric(result, mode.name, 'lost').value,
    repetitions: mode.repetitions.length,
  };
}

const clients = (count: number): string => `${formatCount(count)} ${count === 1 ? 'client' : 'clients'}`;

function lostWords({ lost, repetitions }: Way): string {
  if (lost === null) return '';
  if (lost === 0) return ' and lost nothing';
  const where = repetitions > 1 ? ' in the worst repetition' : '';
  return ` and lost ${formatCount(lost)} ${lost === 1 ? 'delivery' : 'deliveries'}${where}`;
}

/** The highest percentile that all those who came back at all have clients enough for. */
function commonOf(ways: readonly Way[]): ClientPercentile {
  const back = ways.filter(({ p50 }) => p50 !== null);
  const has = (name: ClientPercentile) => back.every(({ times }) => times.percentile(name) !== null);
  return (['p99', 'p90'] as const).find(has) ?? 'p50';
}

/** `long polling was back within 1.90 s (p99) with 3.1 wasted attempts per client and lost nothing`. */
function tell(way: Way, percentile: ClientPercentile): string {
  const within = way.times.percentile(percentile);
  if (way.hit === 0)
    return `no client of ${way.name} was hit${way.lost ? `, but it${lostWords(way).slice(4)}` : ''}`;
  const cost = ` with ${formatNumber(way.wasted / way.hit)} wasted attempts per client`;
  if (within === null) {
    return `none of the ${clients(way.hit)} of ${way.name} that were hit came back${lostWords(way)}`;
  }
  const never = way.never === 0 ? '' : `, but ${clients(way.never)} never,`;
  return `${way.name} was back within ${formatMs(within)} (${percentile})${never}${cost}${lostWords(way)}`;
}

/** The best and the worst of several ways: by the median time of coming back, and by their herds. */
function extremes(ways: readonly Way[]): string {
  const touched = ways.filter(({ hit }) => hit > 0);
  if (touched.length === 0) return 'no client of any mode was hit';
  if (touched.length === 1) return tell(touched[0]!, commonOf(touched));
  const parts: string[] = [];
  const back = touched.filter(({ p50 }) => p50 !== null).sort((a, b) => a.p50! - b.p50!);
  const [first, last] = [back[0], back.at(-1)];
  if (first === undefined || last === undefined) parts.push('no client of any mode came back');
  else if (first === last) parts.push(`${first.name} alone was back, within ${formatMs(first.p50!)} (p50)`);
  else
    parts.push(
      `${first.name} was back soonest, within ${formatMs(first.p50!)} (p50), and ${last.name} last, within ${formatMs(last.p50!)}`,
    );
  const nowhere = touched.filter(({ p50 }) => p50 === null);
  if (first !== undefined && nowhere.length > 0)
    parts.push(`nobody came back with ${nowhere.map(({ name }) => name).join(' and ')}`);
  const stragglers = touched.filter(({ p50, never }) => p50 !== null && never > 0);
  if (stragglers.length > 0)
    parts.push(
      `${stragglers.map(({ name, never }) => `${clients(never)} of ${name}`).join(' and ')} never came back`,
    );
  const herds = touched.filter(({ peak }) => peak !== null).sort((a, b) => b.peak! - a.peak!);
  const [most, least] = [herds[0], herds.at(-1)];
  if (most !== undefined && least !== undefined && most.peak! > least.peak!)
    parts.push(
      `the largest herd was that of ${most.name} (${formatCount(most.peak!)} requests in 100 ms), the smallest that of ${least.name} (${formatCount(least.peak!)})`,
    );
  const losers = ways.filter(({ lost }) => lost !== null && lost > 0).sort((a, b) => b.lost! - a.lost!);
  const [loser] = losers;
  if (loser === undefined) parts.push('nothing was lost');
  else if (losers.length === 1)
    parts.push(`only ${loser.name} lost deliveries (${formatCount(loser.lost!)})`);
  else parts.push(`${loser.name} lost the most deliveries (${formatCount(loser.lost!)})`);
  return parts.join('; ');
}

/**
 * The answer to "how do clients come back", in one sentence without its full stop; null without faults, or
 * when nothing was seen of them. Two modes are told side by side; of more the best and the worst.
 */
export function backAnswer(result: Result): string | null {
  const measured = result.modes.filter((mode) => mode.skipped === null && mode.repetitions.length > 0);
  const faults = faultsOf(result).filter(({ sides }) => sides.length > 0);
  if (faults.length === 0) return null;
  const ways = measured.map((mode) => wayOf(result, faults, mode, measured));
  const after =
    faults.length === 1
      ? `after the ${inWords(faults[0]!.kind)}`
      : `after ${formatCount(faults.length)} faults`;
  if (ways.length > 2) return `${after} ${extremes(ways)}`;
  // Long polling is what the sentence is about.
  const order = [...measured.keys()].sort(
    (a, b) => Number(measured[b]!.kind === 'long') - Number(measured[a]!.kind === 'long'),
  );
  return `${after} ${order.map((i) => tell(ways[i]!, commonOf(ways))).join('; ')}`;
}

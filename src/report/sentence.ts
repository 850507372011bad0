import { type MetricValue, metric } from '../measure/metrics.ts';
import type { ModeResult, Result } from '../measure/result.ts';
import { backAnswer } from './back.ts';
import { proxyAnswer } from './failure.ts';
import { modeInWords, scenarioField } from './label.ts';
import { formatCount, formatMs, formatNumber, formatShare } from './numbers.ts';
import { sweepAnswer } from './sweep/sweep.ts';

/** Two values nearer than this share of the larger, or than `noiseMs`, are told as alike. */
const noiseShare = 0.05;
const noiseMs = 2;

interface Side {
  readonly name: string;
  readonly of: (name: string) => number | null;
  readonly delivered: number;
  readonly expected: number;
  readonly repetitions: number;
}

function sideOf(result: Result, mode: ModeResult, measured: readonly ModeResult[]): Side {
  const read = (name: string): MetricValue => metric(result, mode.name, name);
  const total = (key: 'delivered' | 'expected'): number =>
    mode.repetitions.reduce((sum, { messages }) => sum + messages[key], 0);
  return {
    name: modeInWords(mode, measured),
    of: (name) => read(name).value,
    delivered: total('delivered'),
    expected: total('expected'),
    repetitions: mode.repetitions.length,
  };
}

/** The mode to speak about and the one to hold it against: long against regular, else the quickest against the first. */
function sidesOf(result: Result): { about: Side; against: Side | null } | null {
  const measured = result.modes.filter((mode) => mode.skipped === null && mode.repetitions.length > 0);
  const against = measured.find(({ kind }) => kind === 'regular') ?? measured[0];
  if (against === undefined) return null;
  const p50 = (mode: ModeResult): number =>
    metric(result, mode.name, 'delivery.p50').value ?? Number.POSITIVE_INFINITY;
  const others = measured.filter((mode) => mode !== against).sort((a, b) => p50(a) - p50(b));
  const about = others.find(({ kind }) => kind === 'long') ?? others[0];
  if (about === undefined) return { about: sideOf(result, against, measured), against: null };
  return { about: sideOf(result, about, measured), against: sideOf(result, against, measured) };
}

/** `delivers 565 times sooner at the median`; null without a median on either side. */
function sooner(about: Side, against: Side): string | null {
  const [mine, theirs] = [about.of('delivery.p50'), against.of('delivery.p50')];
  if (mine === null || theirs === null) return null;
  const both = `${formatMs(mine)} against ${formatMs(theirs)}`;
  const apart = Math.abs(mine - theirs);
  if (apart <= noiseMs || apart <= noiseShare * Math.max(mine, theirs))
    return `delivers about as soon as ${against.name} at the median (${both})`;
  const word = mine < theirs ? 'sooner' : 'later';
  const ratio = Math.max(mine, theirs) / Math.min(mine, theirs);
  if (!Number.isFinite(ratio)) return `delivers ${word} at the median (${both})`;
  return `delivers ${formatNumber(ratio)} times ${word} at the median`;
}

function perDelivery(about: Side, against: Side): string | null {
  const [mine, theirs] = [about.of('requests.per_delivery'), against.of('requests.per_delivery')];
  if (mine === null || theirs === null) return null;
  return `needs ${formatNumber(mine)} requests per delivery against ${formatNumber(theirs)}`;
}

/** `makes 80 requests a second where regular polling makes 200 (60 % fewer)`. */
function load(about: Side, against: Side): string | null {
  const [mine, theirs] = [about.of('requests.per_s'), against.of('requests.per_s')];
  if (mine === null || theirs === null) return null;
  const change = theirs === 0 ? 0 : Math.abs(mine - theirs) / theirs;
  const how = change === 0 ? '' : ` (${formatShare(change)} ${mine < theirs ? 'fewer' : 'more'})`;
  return `makes ${formatNumber(mine)} requests a second where ${against.name} makes ${formatNumber(theirs)}${how}`;
}

function spread(about: Side, against: Side): string | null {
  const [mine, theirs] = [about.of('fanout.p50'), against.of('fanout.p50')];
  if (mine === null || theirs === null) return null;
  return `reaches the last client ${formatMs(mine)} after the first at the median, against ${formatMs(theirs)}`;
}

function recovery(about: Side, against: Side): string | null {
  const [mine, theirs] = [about.of('recovery.p50'), against.of('recovery.p50')];
  if (mine === null || theirs === null) return null;
  return `delivers again ${formatMs(mine)} after trouble at the median, against ${formatMs(theirs)}`;
}

/** What leads the sentence, by the scenario's question; `delivery` needs no lead. */
const leads: ReadonlyMap<unknown, (about: Side, against: Side) => string | null> = new Map([
  ['load', load],
  ['fairness', spread],
  ['recovery', recovery],
]);

function losses(sides: readonly Side[]): string {
  const told = sides
    .map((side) => ({ side, lost: side.of('lost') ?? 0 }))
    .filter(({ lost }) => lost > 0)
    .map(({ side, lost }, index) => {
      const noun = lost === 1 ? ' delivery' : ' deliveries';
      return `${side.name}${index === 0 ? ' lost' : ''} ${formatCount(lost)}${index === 0 ? noun : ''}`;
    });
  const where = sides.some(({ repetitions }) => repetitions > 1) ? ' in the worst repetition' : '';
  return told.length === 0 ? '' : `, but ${told.join(' and ')}${where}`;
}

function alone(result: Result, side: Side): string {
  const p50 = side.of('delivery.p50');
  const cost = side.of('requests.per_delivery');
  const skipped = result.modes.filter((mode) => mode.skipped !== null);
  const missing = skipped.map((mode) => `"${mode.name}" was skipped (${mode.skipped})`).join(', ');
  const why = missing === '' ? '' : `; ${missing}, so there is nothing to compare it with`;
  if (p50 === null) return `${side.name} delivered nothing${why}`;
  const needs = cost === null ? '' : ` and needs ${formatNumber(cost)} requests per delivery`;
  return `${side.name} delivers within ${formatMs(p50)} at the median${needs}${losses([side])}${why}`;
}

function compare(question: unknown, about: Side, against: Side): string {
  if (about.delivered === 0 && against.delivered === 0)
    return about.expected + against.expected === 0
      ? 'no message was due in the measured window, so only the requests can be compared: ' +
          `${about.name} ${load(about, against) ?? 'made none'}`
      : `nothing was delivered in either mode, so their deliveries cannot be compared${losses([about, against])}`;
  for (const [empty, other] of [
    [about, against],
    [against, about],
  ] as const) {
    const p50 = other.of('delivery.p50');
    if (empty.delivered === 0 && p50 !== null)
      return `${empty.name} delivered nothing, and ${other.name} delivered within ${formatMs(p50)} at the median${losses([about, against])}`;
  }
  const lead = leads.get(question)?.(about, against) ?? null;
  const rest = [sooner(about, against), lead === null ? perDelivery(about, against) : null];
  const parts = [lead, ...rest].filter((part) => part !== null);
  if (parts.length === 0) return `${about.name} and ${against.name} have too few samples to be compared`;
  return `${about.name} ${parts.join(' and ')}${losses([about, against])}`;
}

/** Herds that differ by less are told as alike. */
const herdRatio = 2;

/** Where no message was due: which mode's requests come in the largest herd; null when all are about alike. */
function herdAnswer(result: Result): string | null {
  const herds = result.modes
    .filter(({ skipped, repetitions }) => skipped === null && repetitions.length > 0)
    .map((mode) => ({
      name: mode.name,
      expected: mode.repetitions.reduce((sum, { messages }) => sum + messages.expected, 0),
      peak: metric(result, mode.name, 'herd.peak').value ?? 0,
    }))
    .sort((a, b) => b.peak - a.peak);
  const [most, least] = [herds[0], herds.at(-1)];
  if (most === undefined || least === undefined || herds.some(({ expected }) => expected > 0)) return null;
  if (most.peak < herdRatio * Math.max(1, least.peak)) return null;
  return (
    `no message was due in the measured window; the largest herd was that of mode "${most.name}" ` +
    `(${formatCount(most.peak)} requests in 100 ms), the smallest that of mode "${least.name}" (${formatCount(least.peak)})`
  );
}

/**
 * The answer in one plain sentence, by the scenario's `question`. It says only what was measured, or simulated: no
 * interval, no verdict on chance.
 */
export function answerSentence(result: Result): string {
  const sides = sidesOf(result);
  const question = scenarioField(result, 'question');
  const back = question === 'recovery' ? backAnswer(result) : null;
  const text =
    sweepAnswer(result) ??
    back ??
    (question === 'recovery' ? proxyAnswer(result) : null) ??
    herdAnswer(result) ??
    (sides === null
      ? `no mode was ${result.world === 'virtual' ? 'played' : 'measured'}`
      : sides.against === null
        ? alone(result, sides.about)
        : compare(question, sides.about, sides.against));
  const told = result.world === 'virtual' ? `simulated: ${text}` : text;
  return `${told.charAt(0).toUpperCase()}${told.slice(1)}.`;
}

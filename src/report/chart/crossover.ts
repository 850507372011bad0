import type { ModeResult, Result } from '../../measure/result.ts';
import type { Markup } from '../html/markup.ts';
import { scenarioField } from '../label.ts';
import { formatMs, formatNumber, none } from '../numbers.ts';
import { curvesOf } from '../sweep/points.ts';
import { ratePhrase } from '../theory/crossover.ts';
import type { Drawing } from './drawing.ts';
import { bottomAxis, leftAxis, margin, plotLeft, plotRight, sideLabels, wholeSvg } from './frame.ts';
import { linePath, type Point } from './line.ts';
import { compared, type DrawnMode, drawnModes, leftOut, listed } from './modes.ts';
import { type Box, Places, smallWidthOf } from './place.ts';
import { type Known, knownOf, meetingOf, requestsAt } from './predicted.ts';
import { logScale, roundNumber } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

const id = 'crossover';
const title = 'Requests a second by how many messages there are';
const box: Box = { left: plotLeft, top: margin.top, right: plotRight, bottom: margin.top + 280 };
const steps = 90;

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Curve extends DrawnMode {
  readonly known: Known | null;
  /** This run: null without messages or requests. */
  readonly dot: Spot | null;
  /** The other points of its sweep. */
  readonly swept: readonly Spot[];
}

const isDrawn = ({ x, y }: Spot): boolean => x > 0 && y > 0 && Number.isFinite(x) && Number.isFinite(y);

function dotOf({ repetitions }: ModeResult, clients: number): Spot | null {
  const seconds = repetitions.reduce((sum, { requests, series }) => {
    return (
      sum + (requests.per_s > 0 ? requests.total / requests.per_s : series.requests.length * series.step_s)
    );
  }, 0);
  const expected = repetitions.reduce((sum, { messages }) => sum + messages.expected, 0);
  const total = repetitions.reduce((sum, { requests }) => sum + requests.total, 0);
  if (!(seconds > 0)) return null;
  const spot = { x: expected / seconds / clients, y: total / seconds };
  return isDrawn(spot) ? spot : null;
}

function clientsOf(result: Result): number | null {
  const count = scenarioField(result, 'clients', 'count');
  return typeof count === 'number' && count > 0 ? count : null;
}

function curvesWith(result: Result, clients: number): Curve[] {
  const sweep = result.sweep ?? [];
  const isRate = sweep[0]?.field === 'arrivals.rate';
  const swept = isRate ? curvesOf(result, sweep, 'requests_per_s', false) : [];
  return drawnModes(result).map((drawn) => ({
    ...drawn,
    known: knownOf(result, drawn.mode),
    dot: dotOf(drawn.mode, clients),
    swept: (swept.find(({ name }) => name === drawn.label)?.measured ?? []).filter(isDrawn),
  }));
}

/** Where the first regular and the first long mode meet by theory; null where they do not, or one of them is not known. */
function meeting(curves: readonly Curve[]): number | null {
  const [regular, long] = (['regular', 'long'] as const).map(
    (kind) => curves.find(({ mode }) => mode.kind === kind)?.known,
  );
  return regular == null || long == null ? null : meetingOf(regular, long);
}

/** A vertical line where the curves meet, with its words where no curve is. */
function meetingMark(at: number | null, x: ReturnType<typeof logScale>): Markup | null {
  if (at === null || at <= x.low || at >= x.high) return null;
  const text =
    at > 1 ? `equal: ${formatNumber(at)} messages/s` : `equal: one message every ${formatMs(1_000 / at)}`;
  const place = x.at(at);
  const places = new Places({ ...box, top: box.top - 2 });
  const found = places.find(text, [
    { x: place + 6, y: box.bottom - 8 },
    { x: place - smallWidthOf(text) - 6, y: box.bottom - 8 },
    { x: box.left + 4, y: box.bottom - 8 },
  ]);
  const label =
    found === null ? null : svg`<text class="halo small" x="${found.x}" y="${found.y}">${text}</text>`;
  return svg`<path class="line thin soft" stroke-dasharray="3 3" d="M${place},${box.top}V${box.bottom}"/>${label}`;
}

/**
 * Requests a second of all clients over messages per client and second: what theory says for each mode, where this run
 * is, and where the points of its sweep are. Null where neither theory nor a sweep gives more than the run's own dot.
 */
export function drawCrossover(result: Result): Drawing | null {
  const clients = clientsOf(result);
  if (clients === null) return null;
  const curves = curvesWith(result, clients);
  if (curves.every(({ known, swept }) => known === null && swept.length < 2)) return null;
  const meet = meeting(curves);
  const spots = curves.flatMap(({ dot, swept }) => [...(dot === null ? [] : [dot]), ...swept]);
  const rates = [...spots.map(({ x }) => x), ...(meet === null ? [] : [meet])];
  const around = rates.length === 0 ? [0.001, 10] : rates.flatMap((rate) => [rate / 6, rate * 6]);
  const x = logScale(around, [box.left, box.right], roundNumber);
  const xs = Array.from({ length: steps + 1 }, (_, i) => x.low * (x.high / x.low) ** (i / steps));
  const predicted = curves.map(({ known }) =>
    known === null
      ? []
      : xs.map((rate) => ({ x: rate, y: clients * requestsAt(known, rate) })).filter(isDrawn),
  );
  const ys = [...predicted.flat(), ...spots].map(({ y }) => y);
  const y = logScale(ys, [box.bottom, box.top], roundNumber);
  const at = (spot: Spot): Point => [x.at(spot.x), y.at(spot.y)];
  const lines = curves.map(({ look }, i) => {
    const path = linePath(predicted[i]!.map(at));
    return path === ''
      ? null
      : svg`<path class="line ${look.colour}" stroke-dasharray="${look.dash}" d="${path}"/>`;
  });
  const marks = curves.map(({ look, dot, swept }) => [
    ...swept.map((spot) => look.mark(...at(spot), 34)),
    ...(dot === null
      ? []
      : [
          svg`<circle class="line ${look.colour}" cx="${x.at(dot.x)}" cy="${y.at(dot.y)}" r="8.5"/>`,
          look.mark(...at(dot), 52),
        ]),
  ]);
  const labels = curves.map(({ look, label, dot, known }, i) => ({
    at: predicted[i]!.length > 0 ? y.at(predicted[i]!.at(-1)!.y) : box.top,
    look,
    text: label,
    more:
      dot === null
        ? 'no messages here'
        : `here ${formatNumber(dot.y)} requests/s${known === null ? ', no theory' : ''}`,
  }));
  const description = `On two log axes: messages per client and second from left to right, requests a second of all clients upwards; what theory predicts for ${curves.length} ${curves.length === 1 ? 'mode' : 'modes'} as lines, and as ringed marks where this run was${(result.sweep ?? []).length > 0 ? '; smaller marks are the points of its sweep' : ''}.`;
  const image = wholeSvg({ id, title, description }, box.bottom + margin.bottom, [
    leftAxis(y, box, `requests a second, all clients`),
    svg`<text class="soft small end" x="${box.right}" y="${box.top - 11}">lines: theory; ringed: this run</text>`,
    bottomAxis(x, box, 'messages per client and second, log scale'),
    ...[meetingMark(meet, x)].filter((mark) => mark !== null),
    ...lines.filter((path) => path !== null),
    ...marks.flat(),
    ...sideLabels(labels, box),
  ]);
  return {
    id,
    title,
    finding: findingOf(curves, meet),
    description,
    svg: image,
    table: tableOf(curves, clients, x, [...notesOf(curves), leftOut(result)]),
  };
}

function notesOf(curves: readonly Curve[]): (string | null)[] {
  const nominal = curves.filter(
    ({ known, mode }) => known !== null && mode.theory?.circumstances === undefined,
  );
  const paused = curves.some(({ mode }) => (mode.theory?.circumstances?.active_share ?? 1) < 1);
  return [
    nominal.length > 0
      ? `Theory has the interval, hold and network of the scenario for ${listed(nominal.map(({ label }) => label))}: what they really were was not looked at.`
      : null,
    paused
      ? 'The run had stretches without messages; its marks are averages over all of it, the lines are for messages that come at one rate.'
      : null,
  ];
}

function findingOf(curves: readonly Curve[], meet: number | null): string {
  const here = compared(
    curves.flatMap(({ label, dot }) => (dot === null ? [] : [{ label, value: dot.y }])),
    (value) => formatNumber(value ?? 0),
  );
  const rate = curves.find(({ dot }) => dot !== null)?.dot?.x;
  const run =
    rate === undefined
      ? 'This run had no messages.'
      : `At ${ratePhrase(rate)} this run had ${here} requests a second.`;
  const kinds = new Set(curves.filter(({ known }) => known !== null).map(({ mode }) => mode.kind));
  if (meet !== null)
    return `By theory both send equally many requests at ${ratePhrase(meet)}: rarer, and long polling sends fewer. ${run}`;
  return kinds.size < 2 ? run : `By theory the two never send equally many requests. ${run}`;
}

function tableOf(
  curves: readonly Curve[],
  clients: number,
  { low, high }: { readonly low: number; readonly high: number },
  notes: readonly (string | null)[],
): Drawing['table'] {
  const decades = Math.round(Math.log10(high / low));
  const rates = Array.from({ length: decades + 1 }, (_, i) => low * 10 ** i);
  const head = ['', 'Messages per client and second', ...curves.map(({ label }) => label)];
  const theory = rates.map((rate) => [
    'theory',
    roundNumber(rate),
    ...curves.map(({ known }) => {
      const value = known === null ? Number.NaN : clients * requestsAt(known, rate);
      return Number.isFinite(value) ? formatNumber(value) : none;
    }),
  ]);
  const points = curves.flatMap(({ swept, dot }, i) => {
    const row = (what: string, spot: Spot): string[] => [
      what,
      formatNumber(spot.x),
      ...curves.map((_, column) => (column === i ? formatNumber(spot.y) : '')),
    ];
    return [...(dot === null ? [] : [row('this run', dot)]), ...swept.map((spot) => row('sweep', spot))];
  });
  return dataTable(head, [...points, ...theory], notes);
}

import type { Distribution, Result } from '../../measure/result.ts';
import { ClientTimes } from '../client-times.ts';
import { type FaultTold, faultsOf, sumOf, together } from '../fault.ts';
import type { Markup } from '../html/markup.ts';
import { formatCount, formatMs, none } from '../numbers.ts';
import { cdfNote, cdfPath } from './cdf.ts';
import type { Drawing } from './drawing.ts';
import { bottomAxis, leftAxis, plotLeft, plotRight, sideLabels, wholeSvg } from './frame.ts';
import { compared, type DrawnMode, drawnModes, leftOut, listed } from './modes.ts';
import { type Box, fitted } from './place.ts';
import { logScale, roundMs, shareScale } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

const id = 'recovery';
const title = 'How soon clients were back after each fault';
const mostFaults = 4;
/** Nobody asks whether it was one millisecond, or before the fault was over. */
const leastMs = 1;
const panelHeight = 130;
const gap = 56;

interface Curve extends DrawnMode {
  readonly times: ClientTimes;
  /** Clients who should be in it. */
  readonly of: number;
}

interface Panel {
  readonly what: 'back' | 'first delivery';
  readonly fault: string;
  readonly name: string;
  readonly curves: readonly Curve[];
}

function panelsOf({ text, sides }: FaultTold, modes: readonly DrawnMode[]): Panel[] {
  const curves = (
    dist: (fault: (typeof sides)[number]['seen'][number]) => Distribution,
    count: 'hit' | 'clients',
  ): Curve[] =>
    sides.flatMap(({ mode, seen }) => {
      const drawn = modes.find((each) => each.mode === mode);
      const times = new ClientTimes(seen.map(dist));
      return drawn === undefined ? [] : [{ ...drawn, times, of: sumOf(seen, (fault) => fault[count]) }];
    });
  const fault = `${text}${together(sides)}`;
  const back: Panel = {
    what: 'back',
    fault,
    name: 'first good poll begun, of those hit',
    curves: curves((one) => one.back_ms, 'hit'),
  };
  const first: Panel = {
    what: 'first delivery',
    fault,
    name: 'first delivery, of all it could touch',
    curves: curves((one) => one.first_delivery_ms, 'clients'),
  };
  // What befalls requests one by one is lived through meanwhile: then nobody has to find back.
  const wasOver = back.curves.some(
    ({ times, of }) => of > times.merged.count || (times.merged.valueAt(1) ?? 0) > 0,
  );
  return wasOver
    ? [back, first].filter(({ curves: all }) => all.some(({ times }) => times.merged.count > 0))
    : [];
}

const shareOf = ({ times, of }: Curve): number => (of === 0 ? 1 : Math.min(1, times.merged.count / of));

function drawPanel({ fault, name, curves }: Panel, box: Box, isFirst: boolean): Markup {
  const ends = curves.flatMap(({ times: { merged } }) =>
    merged.count === 0 ? [] : [merged.valueAt(0)!, merged.valueAt(1)!],
  );
  const x = logScale(ends, [box.left, box.right], roundMs, leastMs);
  const y = shareScale([box.bottom, box.top]);
  const lines = curves
    .filter(({ times }) => times.merged.count > 0)
    .map((curve) => {
      const { path } = cdfPath(curve.times.merged, shareOf(curve), x, y);
      return svg`<path class="line thin ${curve.look.colour}" stroke-dasharray="${curve.look.dash}" d="${path}"/>`;
    });
  const head = isFirst
    ? svg`<text class="strong" x="${plotLeft}" y="${box.top - 28}">${fitted(`after: ${fault}`, plotRight - plotLeft)}</text>`
    : null;
  return svg`${head}${leftAxis(isFirst ? y : { ...y, ticks: y.ticks.map(({ at }) => ({ at, text: '' })) }, box, null)}<text class="soft small" x="${box.left}" y="${box.top - 9}">${name}</text>${bottomAxis(x, box, null)}${lines}`;
}

/** Small distribution functions for each of the first faults: back, and served again, counted from its end; null without faults. */
export function drawRecovery(result: Result): Drawing | null {
  const modes = drawnModes(result);
  const faults = faultsOf(result).map((fault) => panelsOf(fault, modes));
  const shown = faults.filter((panels) => panels.length > 0);
  if (shown.length === 0) return null;
  const drawn = shown.slice(0, mostFaults);
  const middle = (plotLeft + plotRight) / 2;
  const panels = drawn.flatMap((both, row) =>
    both.map((panel, column) => {
      const top = 44 + row * (panelHeight + gap + 20);
      const box: Box = {
        left: column === 0 ? plotLeft : middle + 34,
        right: column === 0 ? middle - 34 + 10 : plotRight,
        top,
        bottom: top + panelHeight,
      };
      return drawPanel(panel, box, column === 0);
    }),
  );
  const used = modes.filter(({ mode }) =>
    drawn.flat().some(({ curves }) => curves.some((curve) => curve.mode === mode)),
  );
  const bottom = 44 + drawn.length * (panelHeight + gap + 20) - gap - 20;
  const [head] = drawn[0]!;
  const labels = used.map(({ look, label, mode }) => {
    const p50 = head!.curves.find((each) => each.mode === mode)?.times.percentile('p50') ?? null;
    const more = `${head!.what}: ${p50 === null ? 'nobody' : `p50 ${formatMs(p50)}`}`;
    return { at: 44, look, text: label, more };
  });
  const description = `For each of ${drawn.length} ${drawn.length === 1 ? 'fault' : 'faults'} two small charts, with a line for each of ${used.length} ${used.length === 1 ? 'mode' : 'modes'}: the share of the clients that had begun a good poll, and that had received something, within the time from the fault's end (log scale).`;
  const lowest = Math.max(bottom, 44 + 31 * labels.length);
  const image = wholeSvg({ id, title, description }, Math.max(bottom + 40, lowest + 8), [
    ...panels,
    svg`<text class="soft middle" x="${middle}" y="${bottom + 34}">time from the end of the fault, log scale</text>`,
    ...sideLabels(labels, { left: plotLeft, right: plotRight, top: 44, bottom: lowest }),
  ]);
  const more = shown.length - drawn.length;
  const notes = [
    more > 0 ? `${more} more ${more === 1 ? 'fault is' : 'faults are'} in result.json.` : null,
    `What took less than ${roundMs(leastMs)}, or was over before the fault, stands at the left end.`,
    cdfNote(drawn.flatMap((each) => each.flatMap(({ curves }) => curves.map(({ times }) => times.merged)))),
    leftOut(result),
  ];
  return {
    id,
    title,
    finding: findingOf(drawn[0]!),
    description,
    svg: image,
    table: tableOf(drawn.flat(), notes),
  };
}

function findingOf([panel]: readonly Panel[]): string {
  const { fault, name, curves } = panel!;
  const each = (of: (curve: Curve) => number | null): string =>
    compared(
      curves.map((curve) => ({ label: curve.label, value: of(curve) })),
      (value) => (value === null ? 'nobody' : formatMs(value)),
    );
  const missing = curves.filter(({ of, times }) => of > times.merged.count);
  const never = missing.map(({ label, of, times }) => `${formatCount(of - times.merged.count)} (${label})`);
  return `After ${fault}, ${name.replace(', ', ' (')}): half within ${each(({ times }) => times.percentile('p50'))}; the last within ${each(({ times }) => times.merged.valueAt(1))}.${never.length === 0 ? '' : ` Never: ${listed(never)}.`}`;
}

function tableOf(panels: readonly Panel[], notes: readonly (string | null)[]): Drawing['table'] {
  const cell = (value: number | null): string => (value === null ? none : formatMs(value));
  const rows = panels.flatMap(({ fault, name, curves }) =>
    curves.map(({ label, times, of }) => [
      fault,
      name,
      label,
      `${formatCount(times.merged.count)} of ${formatCount(of)}`,
      ...(['p50', 'p90', 'p99'] as const).map((each) => cell(times.percentile(each))),
      cell(times.merged.valueAt(1)),
    ]),
  );
  return dataTable(['Fault', 'What', 'Mode', 'Clients', 'p50', 'p90', 'p99', 'last'], rows, notes);
}

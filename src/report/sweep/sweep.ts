import { placeOf, type Result } from '../../measure/result.ts';
import { formatMs, formatValue, withoutZeros } from '../numbers.ts';
import { drawChart } from './chart.ts';
import { curvesOf, modesOf, pointTable } from './points.ts';

interface Canvas {
  readonly width: number;
  readonly ascii: boolean;
}

/** Rows of the chart that answers, and of those that only show. */
const tall = 14;
const low = 8;

/** The charts of a sweep and its points, each in a block of lines; nothing for a run that is none. */
export function drawSweep(result: Result, { width, ascii }: Canvas): string[][] {
  const points = result.sweep ?? [];
  const [first] = points;
  if (first === undefined) return [];
  const isRate = first.field === 'arrivals.rate';
  const unit = first.unit === 'number' || first.unit === null ? 'ratio' : first.unit;
  const meeting = result.crossover?.measured ?? null;
  const axes = {
    xName: isRate ? 'messages per client and second (of a room: of the room)' : first.field,
    xText: (value: number) => withoutZeros(formatValue(value, unit)),
  };
  const requests = drawChart(
    curvesOf(result, points, 'requests_per_s', ascii),
    {
      ...axes,
      yName: 'requests/s',
      yText: (value) => withoutZeros(formatValue(value, 'ratio')),
      meetings: meeting === null ? [] : [{ x: meeting, text: `they meet at ${formatValue(meeting, unit)}` }],
    },
    { width, rows: tall, ascii },
  );
  const times = isRate
    ? []
    : (['delivery_p50_ms', 'delivery_p99_ms'] as const).map((figure) =>
        drawChart(
          curvesOf(result, points, figure, ascii),
          {
            ...axes,
            yName: `delivery ${figure === 'delivery_p50_ms' ? 'p50' : 'p99'}`,
            yText: (ms) => withoutZeros(formatMs(ms)),
            meetings: [],
          },
          { width, rows: low, ascii },
        ),
      );
  return [requests, ...times, [first.field, ...pointTable(points, width, ascii)]].filter(
    (lines) => lines.length > 0,
  );
}

/** The answer of a sweep in one sentence: where two modes make as many requests; null for a run that is none. */
export function sweepAnswer(result: Result): string | null {
  const { sweep, crossover } = result;
  const [first] = sweep ?? [];
  if (sweep === null || first === undefined) return null;
  if (crossover === null || crossover === undefined)
    return `one mode at ${sweep.length} values of ${first.field}; the table says what each brought`;
  const { measured, measured_note: why, predicted, meetings } = crossover;
  const [a, b] = crossover.modes.map((name) => inWords(result, name)) as [string, string];
  const isRate = crossover.field === 'arrivals.rate';
  const where = (at: number): string =>
    isRate ? `one message per client every ${formatMs(1000 / at)}` : formatValue(at, valueUnit(first.unit));
  if (measured === null) {
    const theory = predicted === null ? '' : `; by theory they meet at ${where(predicted)}`;
    return `${a} and ${b} do not meet: ${why ?? 'nobody knows why'}${theory}`;
  }
  const theory = predicted === null ? '' : ` (predicted ${formatMs(1000 / predicted)})`;
  const before = sweep
    .flatMap((point) => ({ point, at: placeOf(point) ?? Number.POSITIVE_INFINITY }))
    .filter(({ at }) => at < measured)
    .toSorted((one, other) => other.at - one.at)[0]?.point;
  const of = (name: string): number =>
    before?.modes.find((mode) => mode.name === name)?.requests_per_s ?? Number.NaN;
  const fewerBelow = !(of(crossover.modes[0]) > of(crossover.modes[1]));
  const again = meetings > 1 ? `, and again ${meetings - 1} more time${meetings === 2 ? '' : 's'}` : '';
  const [quiet, busy] = fewerBelow ? ['fewer requests', 'more'] : ['more requests', 'fewer'];
  if (isRate)
    return `they meet at ${where(measured)}${theory}${again}: quieter than that ${a} needs ${quiet}, busier it needs ${busy}`;
  return `${a} and ${b} make as many requests at ${crossover.field} ${where(measured)}${again}: below that ${a} needs ${quiet}, above it ${busy}`;
}

function valueUnit(unit: NonNullable<Result['sweep']>[number]['unit']): string {
  return unit === null || unit === 'number' ? 'ratio' : unit;
}

function inWords(result: Result, name: string): string {
  const modes = modesOf(result.sweep ?? []);
  const mode = modes.find((one) => one.name === name);
  const alone = modes.filter(({ kind }) => kind === mode?.kind).length === 1;
  return alone && mode !== undefined ? `${mode.kind} polling` : `mode "${name}"`;
}

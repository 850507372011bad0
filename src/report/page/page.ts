import type { Result } from '../../measure/result.ts';
import type { Drawing } from '../chart/drawing.ts';
import { chartStyle } from '../chart/style.ts';
import { dataBlock } from '../html/data-block.ts';
import { figureMarkup } from '../html/figure.ts';
import { html, type Markup } from '../html/markup.ts';
import { drawPage } from '../html/page.ts';
import { calculatorMarkup } from './calculator/form.ts';
import { calculatorScript } from './calculator/script.ts';
import { copyOf } from './copy.ts';
import { costMarkup } from './cost.ts';
import { environmentMarkup } from './environment.ts';
import { headMarkup, titleOf } from './head.ts';
import { percentilesMarkup } from './percentiles.ts';
import { pointsMarkup } from './points.ts';
import { qualityMarkup } from './quality.ts';
import { readingMarkup } from './reading.ts';
import { benchStyle } from './style.ts';
import { tilesMarkup } from './tiles.ts';
import { verdictsMarkup } from './verdicts.ts';

/** Of a page of a shipped scenario; the copy of the result in it has what charts and tables leave. */
const mostBytes = 295_000;

/**
 * `index.html` of a run: one self-contained page, the answer first; a pure function of the result and its charts. A
 * section without anything in it is left out. The calculator is its only script, and without it the page says the same.
 */
export function drawBenchPage(result: Result, drawings: readonly Drawing[]): string {
  const calculator = calculatorMarkup(result);
  const files = drawings.map(({ id }) => chartFile(id));
  const parts = {
    title: `${titleOf(result)}: pollmark`,
    style: `${chartStyle}${benchStyle}`,
    header: headMarkup(result),
    main: html`${(result.sweep ?? []).length > 0 ? sweepMain(result, drawings, calculator) : runMain(result, drawings, calculator)}
${environmentMarkup(result, files)}`,
    ...(calculator !== null && { script: calculatorScript() }),
  };
  const bare = drawPage({ ...parts, footer: readingMarkup(result, true) });
  const { copy, whole } = copyOf(result, mostBytes - Buffer.byteLength(bare));
  return drawPage({ ...parts, footer: readingMarkup(result, whole), data: dataBlock('result', copy) });
}

/** Where a chart lies beside the page, by its id. */
export function chartFile(id: string): string {
  return `charts/${id}.svg`;
}

function runMain(result: Result, drawings: readonly Drawing[], calculator: Markup | null): Markup {
  const chart = (id: string, heading: string, first = false): Markup | null =>
    chartMarkup(drawings, id, heading, first);
  return html`${verdictsMarkup(result)}${tilesMarkup(result)}
${chart('ladder', 'One client of each mode')}
${chart('delivery-cdf', 'When messages arrive', true)}
${percentilesMarkup(result)}
${chart('timeline', 'Over time')}
${chart('lanes', 'Who was connected')}
${chart('recovery', 'After each fault')}
${costMarkup(result)}
${chart('crossover', 'When long polling is cheaper')}
${calculator}
${chart('repetitions', 'Repetitions')}
${qualityMarkup(result)}`;
}

/** Each point has a page of its own; the numbers of one of them would only confuse. */
function sweepMain(result: Result, drawings: readonly Drawing[], calculator: Markup | null): Markup {
  return html`${verdictsMarkup(result)}
${chartMarkup(drawings, 'crossover', 'Requests')}
${pointsMarkup(result)}
${calculator}`;
}

function chartMarkup(
  drawings: readonly Drawing[],
  id: string,
  heading: string,
  first = false,
): Markup | null {
  const drawing = drawings.find((one) => one.id === id);
  if (drawing === undefined) return null;
  return html`<section aria-labelledby="${`section-${id}`}" class="${`${id}${first ? ' first' : ''}`}"><h2 id="${`section-${id}`}">${heading}</h2>
${figureMarkup(drawing)}</section>`;
}

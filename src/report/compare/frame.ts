import { html, type Markup } from '../html/markup.ts';

/** Of a chart, in its own units. */
export const box = { width: 480, height: 280, left: 66, right: 18, top: 14, bottom: 46 } as const;

/** A coordinate to a tenth: the same numbers give the same bytes. */
export function place(value: number): number {
  return Math.round(value * 10) / 10;
}

interface Tick {
  readonly at: number;
  readonly text: string;
}

interface Axes {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  readonly xTitle: string;
  readonly yTitle: string;
}

/** One `<svg>` with its axes, and on them what is drawn. */
export function frame(id: string, title: string, description: string, axes: Axes, drawn: Markup): string {
  const { width, height, left, right, top, bottom } = box;
  const [foot, end] = [height - bottom, width - right];
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${axes.y.map(
  ({ at, text }) =>
    html`<line x1="${left}" x2="${end}" y1="${place(at)}" y2="${place(at)}" class="grid"/><text x="${left - 8}" y="${place(at + 4)}" class="axis end">${text}</text>`,
)}
${axes.x.map(
  ({ at, text }) =>
    html`<line x1="${place(at)}" x2="${place(at)}" y1="${top}" y2="${foot}" class="grid"/><text x="${place(at)}" y="${foot + 17}" class="axis mid">${text}</text>`,
)}
${drawn}
<text x="${place((left + end) / 2)}" y="${height - 8}" class="axis mid">${axes.xTitle}</text>
<text x="${left}" y="${top - 4}" class="axis">${axes.yTitle}</text>
</svg>`.text;
}

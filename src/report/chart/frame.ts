import type { Markup } from '../html/markup.ts';
import type { Look } from './look.ts';
import { type Box, fitted, spread } from './place.ts';
import type { Scale } from './scale.ts';
import { svg } from './svg.ts';

/** Width of every chart, and of what lies around what is drawn: labels of the series stand at the right. */
export const width = 760;
export const margin = { left: 58, right: 168, top: 26, bottom: 40 } as const;
export const plotLeft = margin.left;
export const plotRight = width - margin.right;

/** A whole chart, of that height. */
export function wholeSvg(
  { id, title, description }: { readonly id: string; readonly title: string; readonly description: string },
  height: number,
  body: readonly Markup[],
): string {
  return svg`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-desc" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.ceil(height)}"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${body}</svg>`
    .text;
}

/** The grid alone, of an axis whose ticks are told elsewhere. */
export function verticals(scale: Scale, box: Box): Markup {
  const grid = scale.ticks.map(({ at }) => `M${Math.round(at * 10) / 10},${box.top}V${box.bottom}`).join('');
  return svg`<path class="grid" d="${grid}"/>`;
}

/** Ticks below a box with their grid, and the axis' name where there is one. */
export function bottomAxis(scale: Scale, box: Box, name: string | null): Markup {
  const texts = scale.ticks.map(({ at, text }) => {
    // At the right edge labels of the series begin.
    const isLast = at > box.right - 16;
    return svg`<text class="soft ${isLast ? 'end' : 'middle'}" x="${isLast ? box.right + 5 : at}" y="${box.bottom + 16}">${text}</text>`;
  });
  const title =
    name === null
      ? null
      : svg`<text class="soft middle" x="${(box.left + box.right) / 2}" y="${box.bottom + 33}">${name}</text>`;
  return svg`${verticals(scale, box)}<path class="axis" d="M${box.left},${box.bottom}H${box.right}"/>${texts}${title}`;
}

/** Ticks to the left of a box with their grid, and the name above it, where there is one. */
export function leftAxis(scale: Scale, box: Box, name: string | null): Markup {
  const grid = scale.ticks.map(({ at }) => `M${box.left},${Math.round(at * 10) / 10}H${box.right}`).join('');
  const texts = scale.ticks.map(
    ({ at, text }) => svg`<text class="soft end" x="${box.left - 7}" y="${at + 4}">${text}</text>`,
  );
  const title =
    name === null
      ? null
      : svg`<text class="soft" x="${Math.max(4, box.left - 50)}" y="${box.top - 11}">${name}</text>`;
  return svg`<path class="grid" d="${grid}"/>${texts}${title}`;
}

/** A label beside the drawing, for the series that ends at a height. */
export interface SideLabel {
  readonly at: number;
  readonly look: Look;
  readonly text: string;
  /** A second line, smaller. */
  readonly more?: string;
}

const swatch = 26;

/** Names of the series at the right of a box, each with a piece of its line: as high as it ends, if there is room. */
export function sideLabels(labels: readonly SideLabel[], box: Box): Markup[] {
  const gap = labels.some(({ more }) => more !== undefined) ? 31 : 18;
  const places = spread(
    labels.map(({ at }) => at),
    gap,
    box.top + 4,
    box.bottom - gap + 14,
  );
  const left = box.right + 10;
  const room = width - left - swatch - 8;
  return labels.map(({ look, text, more }, i) => {
    const y = places[i]!;
    const second =
      more === undefined
        ? null
        : svg`<text class="soft small" x="${left}" y="${y + 18}">${fitted(more, room + swatch + 6, 0.88)}</text>`;
    return svg`<path class="line ${look.colour}" stroke-dasharray="${look.dash}" d="M${left},${y}h${swatch}"/>${look.mark(left + swatch / 2, y)}<text class="${look.colour} strong" x="${left + swatch + 6}" y="${y + 4}">${fitted(text, room)}</text>${second}`;
  });
}

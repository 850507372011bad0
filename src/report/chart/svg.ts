import { html, Markup } from '../html/markup.ts';

type Hole = Markup | string | number | null | readonly Hole[];

/** To a tenth of a unit: finer nobody sees, and the same result gives the same bytes. Never `-0`. */
export function rounded(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`a chart cannot draw ${value}`);
  return Math.round(value * 10) / 10 + 0;
}

/** Characters that may not stand in XML, even escaped. */
const forbidden = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu;

function filled(hole: Hole): Markup | string | (Markup | string)[] {
  if (hole === null) return '';
  if (hole instanceof Markup) return hole;
  if (typeof hole === 'number') return String(rounded(hole));
  if (typeof hole === 'string') return hole.replace(forbidden, '\ufffd');
  return hole.flatMap(filled);
}

/** A piece of SVG from a template, as `html` is: text is escaped, and numbers are rounded. */
export function svg(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  return html(parts, ...holes.map(filled));
}

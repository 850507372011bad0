import { html, type Markup } from '../html/markup.ts';
import { formatNumber, formatValue, none } from '../numbers.ts';

/** A number as a person reads it, which a program finds exactly. */
export function numberMarkup(value: number | null, unit: string): Markup {
  const text = formatValue(value, unit);
  return text === none
    ? html`<span class="none">${none}</span>`
    : html`<data value="${value}">${text}</data>`;
}

/** `÷ 565` or `× 0.70`: what is made of the other's; null where there is nothing to divide by. */
export function ratioText(mine: number | null, its: number | null): string | null {
  if (mine === null || its === null || mine <= 0 || its <= 0) return null;
  const ratio = mine / its;
  return ratio < 0.1 ? `÷ ${formatNumber(its / mine)}` : `× ${formatNumber(ratio)}`;
}

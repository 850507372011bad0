import type { ConformanceConstants } from '../../conformance/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { formatCount, formatShare } from '../numbers.ts';

type Curve = ConformanceConstants['loss_curve'];

const width = 360;
const height = 150;
const left = 44;
const right = 18;
const top = 14;
const bottom = 38;

/** Share of messages lost, by the time between two publishes: a small chart and its table. Null without a curve. */
export function lossCurveMarkup(curve: Curve): Markup | null {
  if (curve.length === 0) return null;
  const points = curve
    .toSorted((a, b) => a.spacing_ms - b.spacing_ms)
    .map(({ spacing_ms, sent, lost }) => ({ spacing_ms, sent, lost, share: sent === 0 ? 0 : lost / sent }));
  // Spacings are chosen, few, and far apart: each has its own place, at equal distances.
  const x = (i: number): number =>
    points.length === 1
      ? (left + width - right) / 2
      : left + (i * (width - left - right)) / (points.length - 1);
  const y = (share: number): number => top + (1 - share) * (height - top - bottom);
  const at = (value: number): string => value.toFixed(1);
  const path = points.map(({ share }, i) => `${i === 0 ? 'M' : 'L'}${at(x(i))} ${at(y(share))}`).join('');
  const lostAny = points.filter(({ lost }) => lost > 0);
  const finding =
    lostAny.length === 0
      ? 'A client that asks again at once lost nothing, however fast the messages came.'
      : `A client that asks again at once lost ${lostAny
          .map(
            ({ lost, sent, spacing_ms }) =>
              `${formatCount(lost)} of ${formatCount(sent)} at ${spacing_ms} ms`,
          )
          .join(', ')}.`;
  const grid = [0, 0.5, 1].map(
    (share) =>
      html`<line x1="${left}" x2="${width - right}" y1="${at(y(share))}" y2="${at(y(share))}" class="grid"/><text x="${left - 8}" y="${at(y(share) + 4)}" class="axis end">${share * 100} %</text>`,
  );
  const marks = points.map(
    ({ spacing_ms, share }, i) =>
      html`<circle cx="${at(x(i))}" cy="${at(y(share))}" r="4" class="dot"/><text x="${at(x(i))}" y="${height - 19}" class="axis mid">${spacing_ms}</text>`,
  );
  return html`<figure class="loss">
<figcaption>${finding}</figcaption>
<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="loss-title loss-desc">
<title id="loss-title">Loss by spacing of publishes</title>
<desc id="loss-desc">${finding}</desc>
${grid}
<path d="${path}" class="curve"/>
${marks}
<text x="${at((left + width - right) / 2)}" y="${height - 4}" class="axis mid">ms between two publishes</text>
</svg>
<details><summary>Table</summary>
<table><thead><tr><th class="n">spacing</th><th class="n">sent</th><th class="n">lost</th><th class="n">share</th></tr></thead>
<tbody>${points.map(
    ({ spacing_ms, sent, lost, share }) =>
      html`<tr><td class="n">${spacing_ms} ms</td><td class="n">${formatCount(sent)}</td><td class="n">${formatCount(lost)}</td><td class="n">${formatShare(share)}</td></tr>`,
  )}</tbody></table></details>
</figure>`;
}

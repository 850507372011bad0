import type { ConformanceRow } from '../../conformance/result.ts';
import { html, type Markup } from '../html/markup.ts';

type Duty = ConformanceRow['duties'][number];

const authorities: Readonly<Record<string, string>> = {
  SEED: 'the article',
  PRACTICE: 'practice of deployed systems',
  CLAIM: "the target's own claim",
};

/** Where an RFC's section can be read. */
export function rfcAddress(rfc: string, section: string | null): string {
  return `https://www.rfc-editor.org/rfc/rfc${rfc}${section === null ? '' : `#section-${section}`}`;
}

/** An authority in words; the sections of an RFC as links that a reader may follow. */
function authorityMarkup(authority: string): Markup {
  const rfc = /^RFC (\d+)\b/.exec(authority)?.[1];
  if (rfc === undefined) return html`${authorities[authority] ?? authority}`;
  // The number of the RFC, then each of its sections, is one link.
  const parts = authority.split(/(RFC \d+(?: §[\d.]*\d)?|§[\d.]*\d)/);
  let current = rfc;
  return html`${parts.map((part) => {
    const found = /^(?:RFC (\d+))?(?: ?§([\d.]+))?$/.exec(part);
    if (part === '' || found === null) return part;
    current = found[1] ?? current;
    return html`<a href="${rfcAddress(current, found[2] ?? null)}" rel="noreferrer">${part}</a>`;
  })}`;
}

/** `MUST: RFC 9112 §6.3` for each duty, with what the profile must claim for it to bind. */
export function dutiesMarkup(duties: readonly Duty[]): Markup {
  return html`<ul class="duties">${duties.map(
    ({ level, authority, whenClaimed }) =>
      html`<li><b>${level}</b> ${authorityMarkup(authority)}${
        whenClaimed === undefined ? null : html`, once the profile claims <code>${whenClaimed}</code>`
      }</li>`,
  )}</ul>`;
}

/** The same in one line of text. */
export function dutiesText(duties: readonly Duty[]): string {
  return duties
    .map(
      ({ level, authority, whenClaimed }) =>
        `${level} ${authority}${whenClaimed === undefined ? '' : ` (${whenClaimed})`}`,
    )
    .join('; ');
}

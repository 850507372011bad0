/** A piece of HTML that is safe as it stands. Made by `html` only. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Hole = Markup | string | number | null | undefined | false | readonly Hole[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** U+0000 and lone surrogates cannot stand in a page; everything that could be read as markup is escaped. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char]!).replace(/\0|\p{Surrogate}/gu, '\ufffd');
}

/**
 * HTML from a template. Whatever is filled in is text and is escaped, in attributes too (which must stand in
 * double quotes); only other markup stays as it is. Lists are joined; null, undefined and false are nothing.
 */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  return new Markup(parts.map((part, i) => (i === 0 ? part : filled(holes[i - 1]!) + part)).join(''));
}

function filled(hole: Hole): string {
  if (hole === null || hole === undefined || hole === false) return '';
  if (hole instanceof Markup) return hole.text;
  if (typeof hole === 'string' || typeof hole === 'number') return escapeHtml(String(hole));
  return hole.map(filled).join('');
}

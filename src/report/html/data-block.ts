import { html, Markup } from './markup.ts';

/** A value as JSON in a page, for programs: the browser runs nothing of it, and nothing in it can end it. */
export function dataBlock(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (char) => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
  return html`<script type="application/json" id="${id}">${new Markup(json)}</script>`;
}

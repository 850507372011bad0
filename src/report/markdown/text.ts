/** So long a text from a target is shown in a document. */
const longest = 240;

/** A text as one line of markdown in which nothing is markup. */
export function cellText(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const short = line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  return short
    .replace(/[\\`*_[\]<>|#~]/g, (char) => `\\${char}`)
    .replace(/@(?=\w)/g, '@\u2060')
    .replaceAll('&', '&amp;');
}

/** A name in a fixed-width font, on one line. */
export function codeText(text: string): string {
  return `\`${text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|')}\``;
}

/**
 * A table whose cells are markdown already.
 * @param centred numbers of columns
 */
export function tableText(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  centred: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(heads),
    line(heads.map((_, i) => (centred.includes(i) ? ':-:' : '---'))),
    ...rows.map(line),
    '',
  ].join('\n');
}

import { harmless } from '../plain-text.ts';

/** So long a text from a target is shown in a document, unless somebody asks for more. */
const longest = 240;

/** Spaces, line ends, control characters, and what changes the direction of writing or cannot be seen. */
const unseen = /[\s\p{Cc}\p{Cf}\p{Surrogate}]+/gu;

/**
 * A text as one line of markdown in which nothing is markup.
 * @param most characters of the text; the rest is cut, with a sign that it was
 */
export function cellText(text: string, most = longest): string {
  const line = text.replace(unseen, ' ').trim();
  const short = line.length > most ? `${line.slice(0, most - 1)}…`.replace(/\p{Surrogate}/gu, '') : line;
  return short
    .replace(/[\\`*_[\]<>|#~$]/g, (char) => `\\${char}`)
    .replace(/@(?=\w)/g, '@\u2060')
    .replaceAll('&', '&amp;');
}

/** A name in a fixed-width font, on one line; nothing for an empty one. */
export function codeText(text: string): string {
  const line = text.replace(unseen, ' ').trim();
  if (line === '') return '';
  const short =
    line.length > longest ? `${line.slice(0, longest - 1)}…`.replace(/\p{Surrogate}/gu, '') : line;
  const safe = harmless(short)
    .replaceAll('`', "'")
    // An odd number of backslashes would take the one that is to protect the pipe.
    .replace(/\\+(?=\|)/g, (run) => (run.length % 2 === 0 ? run : `${run}\\`))
    .replaceAll('|', '\\|');
  return `\`${safe}\``;
}

/** A command to copy, in a block of its own; on one line, so that nothing in it can end the block, or steer who prints it. */
export function shellText(command: string, indent = ''): string {
  const line = harmless(command.replace(unseen, ' ')).replaceAll('```', "'''");
  return `${indent}\`\`\`sh\n${indent}${line}\n${indent}\`\`\``;
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

/** Lines that are shown only to who asks for them. @param title our own words */
export function foldedText(title: string, lines: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${lines.join('\n')}\n\n</details>\n`;
}

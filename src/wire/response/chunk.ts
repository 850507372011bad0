import type { Field } from './message.ts';
import { quoted, type Violations } from './violations.ts';

const tchar = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const text = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
const extensions = new RegExp(`^(?:;${tchar}+(?:=(?:${tchar}+|${text}))?)*$`);

/** The size that a chunk announces (RFC 9112 section 7.1); undefined when there is none to be read. */
export function readChunkSize(line: string, violations: Violations): number | undefined {
  const [, before = '', digits = '', after = ''] = /^([ \t]*)([0-9A-Fa-f]+)(.*)$/s.exec(line) ?? [];
  // Thirteen digits are beyond what a number holds exactly, and beyond any limit.
  if (digits === '' || digits.replace(/^0+/, '').length > 12 || !/^[ \t]*(;|$)/.test(after)) {
    violations.add(`the chunk size is ${quoted(line)}`, '9112 §7.1');
    return undefined;
  }
  if (before !== '') violations.add('white space around a chunk size', '9112 §7.1');
  if (!extensions.test(after)) {
    const loose = after.replace(/[ \t]*([;=])[ \t]*/g, '$1').trimEnd();
    if (extensions.test(loose)) violations.add('white space around a chunk size', '9112 §7.1');
    else violations.add(`the chunk extension is ${quoted(after)}`, '9112 §7.1.1');
  }
  return Number.parseInt(digits, 16);
}

/** Fields that must be known before the content, so that a trailer is too late (RFC 9110 section 6.5.1). */
const early = new Set([
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'trailer',
  'host',
  'set-cookie',
  'cache-control',
]);

export function checkTrailers(trailers: readonly Field[], violations: Violations): void {
  for (const [name] of trailers) {
    if (early.has(name.toLowerCase())) violations.add(`${quoted(name)} in the trailer`, '9110 §6.5.1');
  }
}

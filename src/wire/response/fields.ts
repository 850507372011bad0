import type { Field, StatusLine } from './message.ts';
import { quoted, type Violations } from './violations.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const spaces = /^[ \t]+|[ \t]+$/g;

/**
 * Reads a status line (RFC 9112 section 4), also a slightly wrong one. Undefined when no client could make an
 * answer of it.
 */
export function readStatusLine(line: string, violations: Violations): StatusLine | undefined {
  const parts = /^(HTTP)\/(\d+)\.?(\d*)([ \t]+)(\d+)(?:([ \t])(.*))?$/is.exec(line);
  if (parts === null) {
    violations.add(`the status line is ${quoted(line)}`, '9112 §4');
    return undefined;
  }
  const [, name, major, minor, gap, code = '', after, reason = ''] = parts;
  const version = `${major}.${minor === '' ? '0' : minor}`;
  if (name !== 'HTTP' || minor!.length !== 1 || major !== '1') {
    violations.add(`the version is ${quoted(line.slice(0, line.search(/[ \t]/)))}`, '9112 §2.3');
  }
  if (gap !== ' ' || after === '\t') {
    violations.add('the parts of the status line are not one space apart', '9112 §4');
  }
  if (after === undefined) violations.add('no space after the status code', '9112 §4');
  if (code.length !== 3) {
    violations.add(`the status code is ${quoted(code)}`, '9112 §4');
    return undefined;
  }
  if (code < '100' || code > '599') {
    violations.add(`the status code is ${code}`, '9110 §15');
  }
  if (/[^\t\x20-\x7e\x80-\xff]/.test(reason)) {
    violations.add('a control character in the reason phrase', '9112 §4');
  }
  return { version, status: Number(code), reason };
}

/** The fields of one header or trailer section, line by line. */
export class FieldSection {
  readonly fields: Field[] = [];
  readonly #violations: Violations;

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** @param line without its end, and not empty */
  add(line: string): void {
    const violations = this.#violations;
    if (line.startsWith(' ') || line.startsWith('\t')) return this.#fold(line);
    const colon = line.indexOf(':');
    if (colon < 0) return violations.add(`a header line has no colon: ${quoted(line)}`, '9112 §5');
    let name = line.slice(0, colon);
    if (/[ \t]$/.test(name)) {
      violations.add(`space between the name and the colon: ${quoted(name)}`, '9112 §5.1');
      name = name.trimEnd();
    }
    if (!token.test(name)) violations.add(`the field name is ${quoted(name)}`, '9110 §5.1');
    const value = line.slice(colon + 1).replace(spaces, '');
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      violations.add(`a control character in the value of ${quoted(name)}`, '9110 §5.5');
    }
    this.fields.push([name, value]);
  }

  #fold(line: string): void {
    const last = this.fields.pop();
    if (last === undefined) {
      return this.#violations.add('white space before the first header line', '9112 §2.2');
    }
    this.#violations.add('a header field is folded over lines', '9112 §5.2');
    this.fields.push([last[0], `${last[1]} ${line.replace(spaces, '')}`]);
  }
}

/** The values of all fields of this name, in order. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** The members of a list that may be spread over several fields (RFC 9110 section 5.6.1), in lower case. */
export function membersOf(fields: readonly Field[], name: string): string[] {
  return valuesOf(fields, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.replace(spaces, '').toLowerCase())
    .filter((member) => member !== '');
}

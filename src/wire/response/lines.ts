import type { Violations } from './violations.ts';

/** One character a byte. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  }
  return text;
}

/** Cuts lines out of bytes that come in any pieces. */
export class Lines {
  #begun = '';

  /** Bytes of a line whose end has not come. */
  get pending(): number {
    return this.#begun.length;
  }

  /**
   * Takes the rest of a line: how many bytes that was, and the line without its end, or undefined when its end
   * is not among these bytes. A lone LF ends a line too (RFC 9112 section 2.2 lets a recipient do so).
   */
  take(bytes: Uint8Array, from: number): { taken: number; line: string | undefined } {
    const end = bytes.indexOf(10, from);
    if (end < 0) {
      this.#begun += latin1(bytes.subarray(from));
      return { taken: bytes.length - from, line: undefined };
    }
    const line = this.#begun + latin1(bytes.subarray(from, end));
    this.#begun = '';
    return { taken: end + 1 - from, line };
  }
}

/** Takes the CR off a line's end, and says what is wrong with its ends. */
export function bare(line: string, violations: Violations): string {
  let text = line;
  if (text.endsWith('\r')) text = text.slice(0, -1);
  else violations.add('a line ends with LF alone', '9112 §2.2');
  if (text.includes('\r')) {
    violations.add('a line has a CR in it', '9112 §2.2');
    text = text.replaceAll('\r', ' ');
  }
  return text;
}

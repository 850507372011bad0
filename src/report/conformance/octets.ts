/** Bytes kept as a text, one character (U+0000 to U+00FF) a byte. */
type Latin1 = string;

function bytesOf(text: Latin1): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
}

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * What bytes say, for a reader: read as UTF-8, CR LF as the line end that it is, and every other character
 * that cannot be seen as its sign or its code. The hexadecimal form beside it is the exact one.
 */
export function readable(bytes: Latin1): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(bytes));
  return text
    .split('\r\n')
    .map((line) => line.replace(invisible, (char) => visible(char)))
    .join('\n');
}

function visible(char: string): string {
  const code = char.codePointAt(0)!;
  if (char === '\n') return '␊\n';
  if (char === '\t') return '␉';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** Sixteen bytes a line: offset, hexadecimal, and ASCII beside it. */
export function hexDump(bytes: Latin1): string {
  const all = bytesOf(bytes);
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += 16) {
    const part = all.subarray(at, at + 16);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ');
    const right = hex.slice(8).join(' ');
    const plain = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${left.padEnd(23)}  ${right.padEnd(23)}  ${plain.join('')}`,
    );
  }
  return lines.join('\n');
}

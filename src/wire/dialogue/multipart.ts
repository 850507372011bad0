import { type Answer, headerOf } from './view.ts';

/**
 * The bodies of the parts of a multipart answer (RFC 2046, section 5.1.1), exactly; undefined when the answer
 * is of another type, or its parts cannot be made out.
 */
export function partsOf(answer: Answer): Uint8Array[] | undefined {
  const type = headerOf(answer, 'content-type') ?? '';
  const boundary = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (boundary === null) return undefined;
  // One character a byte, so that positions and contents are those of the bytes.
  const body = `\r\n${Buffer.from(bodyBytes(answer)).toString('latin1')}`;
  const pieces = body.split(`\r\n--${boundary[1] ?? boundary[2]}`);
  const last = pieces.findIndex((piece, i) => i > 0 && piece.startsWith('--'));
  if (last < 0) return undefined;
  return pieces.slice(1, last).map((piece) => {
    const afterLine = piece.slice(piece.indexOf('\r\n') + 2);
    // A part without headers begins with the empty line itself.
    const content = afterLine.startsWith('\r\n')
      ? afterLine.slice(2)
      : afterLine.slice(afterLine.indexOf('\r\n\r\n') + 4);
    return new Uint8Array(Buffer.from(content, 'latin1'));
  });
}

/** The bytes of an answer; where they were not kept, those of its text. */
export function bodyBytes({ bytes, text }: Answer): Uint8Array {
  return bytes ?? new TextEncoder().encode(text);
}

import { NotApplicable } from '../verify.ts';

/** A request's head and body. @throws NotApplicable when it has no body */
export function bodyOf(request: Uint8Array): { head: string; body: Buffer } {
  const bytes = Buffer.from(request);
  const at = bytes.indexOf('\r\n\r\n') + 4;
  const body = bytes.subarray(at);
  if (body.length === 0) throw new NotApplicable('a publish has no body here');
  return { head: bytes.toString('latin1', 0, at), body };
}

/** The same head for a body in chunks (RFC 9112, section 7.1). */
export function chunkedHead(head: string): string {
  return head.replace(/^content-length:[^\r]*\r\n/im, 'Transfer-Encoding: chunked\r\n');
}

/** The same head with another length announced. */
export function headFor(head: string, length: number): string {
  return head.replace(/^(content-length:)[^\r]*\r\n/im, `$1 ${length}\r\n`);
}

/** `W/"…"` or `"…"` (RFC 9110 section 8.8.3); one character a byte. */
export function isEntityTag(value: string): boolean {
  return /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(value);
}

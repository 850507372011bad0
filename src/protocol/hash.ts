/**
 * 32 bits that depend on every character of `text`: FNV-1a, then an avalanche, so that texts which
 * differ in their last character only give unrelated numbers. Not for secrets.
 */
export function hash32(text: string, basis = 0x811c9dc5): number {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 64 bits of the same, as a short word of `0-9a-z`: two names of one server practically never look alike. */
export function fingerprint(text: string): string {
  return hash32(text).toString(36) + hash32(text, 0x9e3779b9).toString(36).padStart(7, '0');
}

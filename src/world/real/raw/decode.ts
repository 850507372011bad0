import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const decoders: Readonly<Record<string, (bytes: Uint8Array, options: object) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  identity: (bytes) => Buffer.from(bytes),
};

/**
 * Undoes the content codings of an answer, the last one first (RFC 9110 section 8.4). What nobody here can
 * undo, or what is broken or grows beyond `most` bytes, stays as it is, with what is wrong about it.
 */
export function decodeContent(
  bytes: Uint8Array,
  codings: readonly string[],
  most: number,
): { bytes: Uint8Array; problem?: string } {
  if (bytes.length === 0) return { bytes };
  let decoded = bytes;
  for (const coding of codings.toReversed()) {
    const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
    if (decoder === undefined) {
      return { bytes, problem: `an unknown content coding: ${JSON.stringify(coding)} (RFC 9110 §8.4)` };
    }
    try {
      decoded = decoder(decoded, { maxOutputLength: most });
    } catch {
      return { bytes, problem: `the content cannot be read as ${coding} (RFC 9110 §8.4)` };
    }
  }
  return { bytes: decoded };
}

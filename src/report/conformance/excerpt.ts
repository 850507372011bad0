import type { TranscriptLine } from '../../conformance/result.ts';

/** A transcript as far as there is room for it. */
export interface Excerpt {
  readonly lines: readonly ExcerptLine[];
  /** Entries that are left out, after how many of `lines`. */
  readonly gap: { readonly after: number; readonly entries: number } | null;
}

export interface ExcerptLine {
  readonly atMs: number;
  readonly connection: number;
  readonly direction: TranscriptLine['direction'];
  /** Beginning, and end when the middle is left out. */
  readonly parts: readonly string[];
  /** Bytes between the parts, or missing from the one part. */
  readonly elided: number;
}

/** An entry costs so much besides its bytes. */
const entryCost = 48;
const mostEntries = 80;

/**
 * So much of a transcript as fits into about `room` bytes: its first and its last entries, each entry with
 * its beginning and its end. What is left out is counted.
 */
export function excerpt(transcript: readonly TranscriptLine[], room: number): Excerpt {
  const most = Math.max(4, Math.min(mostEntries, Math.floor(room / (2 * entryCost))));
  const all = transcript.length <= most;
  const head = all ? transcript.length : Math.ceil(most / 2);
  const tail = all ? 0 : most - head;
  const kept = [...transcript.slice(0, head), ...transcript.slice(transcript.length - tail)];
  const each = fairShare(
    kept.map(({ bytes }) => bytes.length),
    room - kept.length * entryCost,
  );
  return {
    lines: kept.map((line) => shortened(line, each)),
    gap: all ? null : { after: head, entries: transcript.length - kept.length },
  };
}

/** The size to which the large ones are cut so that all of them fit; at least 64. */
function fairShare(sizes: readonly number[], room: number): number {
  const ascending = sizes.toSorted((a, b) => a - b);
  let left = room;
  for (const [i, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - i));
    if (size > share) return Math.max(64, share);
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

function shortened(line: TranscriptLine, most: number): ExcerptLine {
  const { at_ms: atMs, connection, direction, bytes, elided = 0 } = line;
  const common = { atMs, connection, direction };
  if (bytes.length <= most) return { ...common, parts: [bytes], elided };
  const head = Math.ceil((most * 3) / 4);
  const tail = most - head;
  return {
    ...common,
    parts: [bytes.slice(0, head), bytes.slice(bytes.length - tail)],
    elided: elided + bytes.length - most,
  };
}

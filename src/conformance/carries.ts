import type { Probe } from './probe/probe.ts';
import type { Publication } from './probe/publication.ts';
import { inWords, type Received, type Reply } from './probe/reply.ts';
import { Unclear, Violation } from './verify.ts';

/** At most so many texts are quoted in a report. */
const quoted = 5;

/** Texts as a report shows them. */
export function quote(texts: readonly string[]): string {
  const short = texts
    .slice(0, quoted)
    .map((text) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text));
  return texts.length > quoted
    ? `${short.join(', ')} and ${texts.length - quoted} more`
    : short.join(', ') || 'none';
}

/** Who publishes when so much of a hold is over races with its end, which is a row of its own. */
const nearlyOver = 0.9;

/**
 * @throws Violation unless the answer brings just these messages of ours, in this order; Unclear when it is the
 * end of a hold that was as good as over when they were published, because we were that slow
 */
export function carries(probe: Probe, reply: Reply, expected: readonly Publication[]): void {
  const wanted = expected.map(({ text }) => text);
  const got = probe.ours(reply.messages).map(({ text }) => text);
  if (wanted.length === got.length && wanted.every((text, i) => text === got[i])) return;
  if (tooLate(probe, reply, expected)) {
    throw new Unclear(`the hold was over before anything could be published: ${inWords(reply)}`);
  }
  throw new Violation(
    `an answer with ${wanted.length === 1 ? 'the message' : `${wanted.length} messages`} ${quote(wanted)}`,
    `${inWords(reply)}: ${quote(got)}`,
  );
}

function tooLate(
  { constants: { hold } }: Probe,
  { reading, at, tookMs }: Reply,
  expected: readonly Publication[],
): boolean {
  if (hold === undefined || reading.outcome.kind !== 'empty') return false;
  const end = at - tookMs + nearlyOver * hold.ms;
  return at >= end && expected.every(({ sentAt }) => sentAt >= end);
}

/** How often each of these has come; foreign messages are left out. */
export interface Tally {
  readonly missing: readonly Publication[];
  /** Texts that came more than once. */
  readonly doubled: readonly string[];
  /** Whether the first receptions stand in the order of `expected`. */
  readonly ordered: boolean;
}

/** Holds what came against what was published. */
export function tally(expected: readonly Publication[], got: readonly Received[]): Tally {
  const rank = new Map(expected.map(({ text }, i) => [text, i]));
  const seen = new Set<string>();
  const doubled: string[] = [];
  let last = -1;
  let ordered = true;
  for (const { text } of got) {
    const at = rank.get(text);
    if (at === undefined) continue;
    if (seen.has(text)) {
      doubled.push(text);
      continue;
    }
    seen.add(text);
    if (at < last) ordered = false;
    last = at;
  }
  return { missing: expected.filter(({ text }) => !seen.has(text)), doubled, ordered };
}

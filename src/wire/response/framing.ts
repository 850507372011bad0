import { membersOf, valuesOf } from './fields.ts';
import type { ExpectedResponse, Field, Framing, StatusLine } from './message.ts';
import { quoted, type Violations } from './violations.ts';

/** How the content ends, and its length where that is said. */
export interface Frame {
  readonly framing: Framing;
  readonly length: number;
}

/** Whether an answer with this status to this method never has content (RFC 9112 section 6.3, 1 and 2). */
function isBare(status: number, method: string): boolean {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return true;
  return method === 'CONNECT' && status < 300;
}

/** Applies RFC 9112 section 6.3 to a head, in its order, and says where the head breaks the rules. */
export function frameOf(
  { status, version }: StatusLine,
  fields: readonly Field[],
  expected: ExpectedResponse,
  violations: Violations,
): Frame {
  const codings = valuesOf(fields, 'transfer-encoding');
  const lengths = valuesOf(fields, 'content-length');
  const length = lengthOf(lengths, violations);
  if (status < 200 || status === 204) {
    if (codings.length > 0) violations.add(`Transfer-Encoding in a ${status}`, '9112 §6.1');
    if (lengths.length > 0) violations.add(`Content-Length in a ${status}`, '9110 §8.6');
  }
  if (codings.length > 0) {
    if (lengths.length > 0) {
      violations.add('both Content-Length and Transfer-Encoding', '9112 §6.2');
    }
    if (expected.version === '1.0') {
      violations.add('Transfer-Encoding in the answer to an HTTP/1.0 request', '9112 §6.1');
    } else if (version === '1.0') violations.add('Transfer-Encoding in an HTTP/1.0 answer', '9112 §6.1');
  }
  const chunked = codings.length > 0 && endsChunked(membersOf(fields, 'transfer-encoding'), violations);
  if (isBare(status, expected.method)) return { framing: 'none', length: 0 };
  if (chunked) return { framing: 'chunked', length: 0 };
  if (codings.length > 0 || length === undefined) return { framing: 'close', length: 0 };
  if (status === 205 && length > 0) violations.add('content in a 205', '9110 §15.3.6');
  return { framing: 'length', length };
}

/** Of several lengths the first readable one; undefined when there is none. */
function lengthOf(values: readonly string[], violations: Violations): number | undefined {
  const members = values.flatMap((value) => value.split(',')).map((member) => member.trim());
  for (const member of members) {
    if (!/^\d+$/.test(member)) violations.add(`Content-Length is ${quoted(member)}`, '9110 §8.6');
  }
  const lengths = members.filter((member) => /^\d+$/.test(member)).map(Number);
  if (new Set(lengths).size > 1) {
    violations.add(`Content-Lengths that differ: ${lengths.slice(0, 3).join(', ')}`, '9112 §6.3');
  } else if (lengths.length > 1) violations.add('Content-Length more than once', '9110 §8.6');
  return lengths[0];
}

function endsChunked(codings: readonly string[], violations: Violations): boolean {
  const others = codings.filter((coding) => coding !== 'chunked');
  const times = codings.length - others.length;
  if (times > 1) violations.add('chunked more than once', '9112 §6.1');
  if (others.length > 0 || times === 0) {
    violations.add(`a transfer coding that was not asked for: ${quoted(others.join(', '))}`, '9112 §7.4');
  }
  return codings.at(-1) === 'chunked';
}

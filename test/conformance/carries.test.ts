import { describe, expect, it } from 'vitest';
import { carries } from '../../src/conformance/carries.ts';
import type { Probe } from '../../src/conformance/probe/probe.ts';
import type { Publication } from '../../src/conformance/probe/publication.ts';
import type { Reply } from '../../src/conformance/probe/reply.ts';
import { Unclear, Violation } from '../../src/conformance/verify.ts';
import { constants } from './fake.ts';

const holdMs = 2000;
const probe = {
  constants: { ...constants, hold: { ms: holdMs, from: 'profile' } },
  ours: (messages: Reply['messages']) => messages,
} as unknown as Probe;

/** An answer to a poll that was sent at 0. */
function answered(texts: readonly string[], at: number): Reply {
  const messages = texts.map((text) => ({ text, bytes: new Uint8Array(), id: undefined, at }));
  const outcome = { kind: texts.length > 0 ? 'messages' : 'empty', messages: texts };
  return { raw: { status: 200 }, reading: { outcome }, messages, at, tookMs: at } as unknown as Reply;
}

const publishedAt = (text: string, sentAt: number): Publication => ({ text, sentAt }) as Publication;

/** What is thrown. */
function thrown(reply: Reply, message: Publication): unknown {
  try {
    carries(probe, reply, [message]);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an answer that should carry a message', () => {
  it('is right when it does', () => {
    expect(thrown(answered(['a'], holdMs), publishedAt('a', 1990))).toBeUndefined();
  });

  it('is wrong when it carries another, at whatever time', () => {
    expect(thrown(answered(['b'], holdMs), publishedAt('a', 1990))).toBeInstanceOf(Violation);
  });

  it('says nothing when it ends a hold that was as good as over when the message was published', () => {
    expect(thrown(answered([], holdMs), publishedAt('a', 1990))).toBeInstanceOf(Unclear);
    expect(thrown(answered([], holdMs), publishedAt('a', 2400))).toBeInstanceOf(Unclear);
  });

  it('is wrong when it ends a hold during which the message was published', () => {
    expect(thrown(answered([], holdMs), publishedAt('a', 1500))).toBeInstanceOf(Violation);
  });

  it('is wrong when it comes before the hold is over, however late the message', () => {
    expect(thrown(answered([], 100), publishedAt('a', 1990))).toBeInstanceOf(Violation);
  });
});

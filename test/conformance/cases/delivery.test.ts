import { describe, expect, it } from 'vitest';
import { burst, pastRetention, remembered } from '../../../src/conformance/cases/burst.ts';
import { Follower } from '../../../src/conformance/cases/delivery/follower.ts';
import { resetOf } from '../../../src/conformance/cases/delivery/reset.ts';
import type { Client } from '../../../src/conformance/probe/client.ts';
import type { Held } from '../../../src/conformance/probe/held.ts';
import { Pace } from '../../../src/conformance/probe/pace.ts';
import type { Probe } from '../../../src/conformance/probe/probe.ts';
import type { Publication } from '../../../src/conformance/probe/publication.ts';
import type { Reply } from '../../../src/conformance/probe/reply.ts';
import { monotonicClock } from '../../../src/world/real/clock.ts';
import { constants, profileWith } from '../fake.ts';

type Outcome = Reply['reading']['outcome'];

/** A probe without a target: it publishes as it is told, and takes every message for one of its own. */
function probeWith(
  publish: (words: string) => Promise<unknown>,
  profile = profileWith(),
  budgetMs = 250,
): Probe {
  const clock = monotonicClock();
  const paced = { ...constants, deliveryBudget: { ms: budgetMs, from: 'profile' as const } };
  const pace = new Pace(clock, paced);
  const ours = (messages: Reply['messages']) => [...messages];
  return { profile, clock, pace, budgetMs, publish, ours } as unknown as Probe;
}

function replyWith(texts: readonly string[], more: Partial<Reply['reading']> = {}): Reply {
  const messages = texts.map((text) => ({ text, bytes: new Uint8Array(), id: undefined, at: 0 }));
  const kind = texts.length > 0 ? 'messages' : 'empty';
  const outcome = { kind, messages: texts, cursor: undefined, behind: false } as Outcome;
  const reading = { outcome, session: 'open' as const, followUps: [], ids: [], ...more };
  const raw = { status: 200, bytes: new Uint8Array() } as unknown as Reply['raw'];
  return { raw, reading, messages, place: undefined, tookMs: 100, at: 0 };
}

/** A client that is given these answers one after the other, and then waits for ever. */
function clientWith(answers: readonly Reply[]): { client: Client; first: Held } {
  const left = [...answers];
  const ask = (): Held => {
    const next = left.shift();
    return { ended: next === undefined ? new Promise(() => {}) : Promise.resolve(next) } as unknown as Held;
  };
  const first = ask();
  return { client: { regular: false, ask: () => Promise.resolve(ask()) } as unknown as Client, first };
}

const published = (...texts: string[]): Publication[] => texts.map((text) => ({ text }) as Publication);

describe('a burst', () => {
  async function widest(profile = profileWith()): Promise<{ most: number; words: string[] }> {
    let out = 0;
    let most = 0;
    const probe = probeWith(async (words) => {
      most = Math.max(most, ++out);
      // The earlier it was sent, the later it is acknowledged.
      for (let turn = Number(/\d+$/.exec(words)); turn < 40; turn++) await Promise.resolve();
      out--;
      return { text: words };
    }, profile);
    const messages = await burst(probe, 40, { words: 'number' });
    return { most, words: messages.map(({ text }) => text) };
  }

  it('is as wide as allowed, and is told in the order of sending', async () => {
    const { most, words } = await widest();
    expect(most).toBe(16);
    expect(words).toEqual(Array.from({ length: 40 }, (_, i) => `number ${i + 1}`));
  });

  it('is one by one in a session', async () => {
    const profile = profileWith();
    const { most } = await widest({ ...profile, publish: { ...profile.publish, as: 'session' } });
    expect(most).toBe(1);
  });

  it('begins nothing after its time', async () => {
    const probe = probeWith(async (words) => ({ text: words }));
    const messages = await burst(probe, 1000, { spacingMs: 10, atMostMs: 35, atOnce: 1 });
    expect(messages.length).toBeGreaterThanOrEqual(1);
    expect(messages.length).toBeLessThanOrEqual(5);
    expect(messages).not.toContain(undefined);
  });

  it('is no longer than what is remembered, where that is what is not asked', () => {
    const kept = (count: number) => ({ profile: profileWith({ retention: { count } }) });
    expect(remembered(kept(50), 300)).toBe(50);
    expect(remembered(kept(1000), 300)).toBe(300);
    expect(remembered({ profile: profileWith() }, 300)).toBe(300);
  });

  it('goes far enough past what is remembered, unless that is too much for anybody', () => {
    const past = (count: number) => pastRetention({ profile: profileWith({ retention: { count } }) });
    expect(past(1)).toBeGreaterThan(1 + 16);
    expect(past(10_000)).toBeGreaterThan(10_000 + 16);
    expect(past(20_000)).toBeUndefined();
    expect(pastRetention({ profile: profileWith({ retention: false }) })).toBe(5000);
  });
});

describe('a follower', () => {
  const never = () => Promise.reject(new Error('nothing is published here'));

  it('keeps what came, and says what did not within the budget', async () => {
    const probe = probeWith(never, profileWith(), 40);
    const { client, first } = clientWith([replyWith(['a', 'b']), replyWith([]), replyWith(['d'])]);
    const follower = Follower.from(probe, client, first);
    const { missing } = await follower.caughtUp(published('a', 'b', 'c', 'd'));
    expect(missing.map(({ text }) => text)).toEqual(['c']);
    expect(follower.received.map(({ text }) => text)).toEqual(['a', 'b', 'd']);
    expect(follower.replies).toHaveLength(2);
  });

  it('does not call lost what it could not ask for', async () => {
    const probe = probeWith(never);
    const gone = clientWith([replyWith(['a']), replyWith([], { session: 'gone' })]);
    const follower = Follower.from(probe, gone.client, gone.first);
    await expect(follower.caughtUp(published('a', 'b'))).rejects.toThrow('ends the channel');
    const cut = clientWith([{ cut: 'rst', at: 0, violations: [] } as unknown as Reply]);
    await expect(Follower.from(probe, cut.client, cut.first).caughtUp(published('a'))).rejects.toThrow(
      'could not go on asking',
    );
  });
});

describe('an answer that tells that messages are missing', () => {
  const told = (outcome: object, session: Reply['reading']['session'] = 'open') =>
    resetOf(replyWith([], { outcome: outcome as Outcome, session })) !== undefined;

  it("is a mark, a refusal by the client's fault, or the end of the session", () => {
    expect(told({ kind: 'messages', messages: [], cursor: undefined, behind: true })).toBe(true);
    expect(told({ kind: 'refused', status: 410 })).toBe(true);
    expect(told({ kind: 'refused', status: 200 }, 'lost')).toBe(true);
    expect(told({ kind: 'refused', status: 200 }, 'gone')).toBe(true);
  });

  it('is not an answer like any other, nor a failure of the server', () => {
    expect(told({ kind: 'empty', cursor: undefined, behind: false })).toBe(false);
    expect(told({ kind: 'refused', status: 500 })).toBe(false);
    expect(told({ kind: 'refused', status: 200 })).toBe(false);
  });
});

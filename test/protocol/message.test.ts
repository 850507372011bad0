import { describe, expect, it } from 'vitest';
import { instantOf } from '../../src/protocol/event.ts';
import { fingerprint, hash32 } from '../../src/protocol/hash.ts';
import { isName } from '../../src/protocol/message.ts';

describe('the name of a channel or a client', () => {
  it('is 1 to 128 of the unreserved characters of a URL, and nothing else', () => {
    for (const good of ['a', 'main', 'A-Z.0_9~', '-', 'x'.repeat(128)]) expect(isName(good), good).toBe(true);
    for (const bad of ['', 'x'.repeat(129), 'a b', 'a/b', 'a%20b', 'ä', 'main\n', '\u0000', '🙂'])
      expect(isName(bad), JSON.stringify(bad)).toBe(false);
  });
});

describe('the hash', () => {
  it('depends on every character and on the basis', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', 'main', 'maim', 'nain'];
    expect(new Set(texts.map((text) => hash32(text))).size).toBe(texts.length);
    expect(hash32('main')).not.toBe(hash32('main', 1));
  });

  it('gives 100,000 names as many fingerprints, each a short word of one alphabet', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++) seen.add(fingerprint(`room-${i}`));
    expect(seen.size).toBe(100_000);
    for (const mark of seen) if (!/^[0-9a-z]{8,14}$/.test(mark)) expect.fail(mark);
  });
});

describe('the instant of an event', () => {
  it('is the intended one for a publish, and when it happened for everything else', () => {
    expect(instantOf({ kind: 'delivered', at: 7, client: 0, poll: 1, message: 0 })).toBe(7);
    const times = { intendedAt: 3, sentAt: 4, acknowledgedAt: 5 };
    expect(instantOf({ kind: 'published', message: 0, channel: 0, status: 200, ...times })).toBe(3);
  });
});

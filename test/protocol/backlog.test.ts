import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backlog } from '../../src/protocol/backlog.ts';
import type { Message } from '../../src/protocol/message.ts';

const message = (seq: number, at: number, bytes = 1): Message => ({
  id: `m${seq}`,
  seq,
  at,
  body: new Uint8Array(bytes),
});
const seqs = (messages: readonly Message[]): number[] => messages.map(({ seq }) => seq);
const all = [100, 1_000_000] as const;

describe('backlog', () => {
  it('keeps the newest messages and says who has missed some', () => {
    const backlog = new Backlog({ count: 2, ageMs: 1000 });
    for (const seq of [1, 2, 3]) backlog.add(0, message(seq, 0));

    expect(backlog.after(1, ...all)).toEqual({
      messages: [message(2, 0), message(3, 0)],
      end: 3,
      behind: false,
    });
    expect(backlog.after(0, ...all).behind).toBe(true);
    expect(backlog.after(3, ...all)).toEqual({ messages: [], end: 3, behind: false });
    expect(backlog.dropped).toBe(1);
  });

  it('forgets what is older than the limit, and not what is just as old', () => {
    const backlog = new Backlog({ count: 10, ageMs: 1000 });
    backlog.add(0, message(1, 0));
    backlog.add(500, message(2, 500));
    backlog.prune(1000);
    expect(backlog.start).toBe(0);
    backlog.prune(1001);
    expect(backlog.start).toBe(1);
    backlog.prune(9000);
    expect(backlog.after(0, ...all)).toEqual({ messages: [], end: 2, behind: true });
  });

  it('lets go of what it has forgotten, however little that is', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const backlog = new Backlog({ count: 2, ageMs: 1000 });
    const held = [1, 2, 3, 4].map((seq) => {
      const one = message(seq, 0);
      backlog.add(0, one);
      return new WeakRef(one);
    });
    // What a weak reference has shown lives on until the turn is over.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(held.map((one) => one.deref()?.seq)).toEqual([undefined, undefined, 3, 4]);
  });

  it('hands out a message that is larger than the limit alone, never nothing', () => {
    const backlog = new Backlog({ count: 10, ageMs: 1000 });
    for (const [i, bytes] of [5, 500, 5].entries()) backlog.add(0, message(i + 1, 0, bytes));
    expect(seqs(backlog.after(0, 100, 10).messages)).toEqual([1]);
    expect(seqs(backlog.after(1, 100, 10).messages)).toEqual([2]);
    expect(backlog.after(1, 100, 10).end).toBe(2);
  });

  it('takes no message out of turn', () => {
    const backlog = new Backlog({ count: 10, ageMs: 1000 });
    expect(() => backlog.add(0, message(2, 0))).toThrow('seq 2 after 0');
  });

  it('agrees with a plain array, whatever is added, pruned and asked', () => {
    const step = fc.record({
      dt: fc.nat(40),
      adds: fc.nat(3),
      bytes: fc.nat(20),
      back: fc.nat(12),
      max: fc.integer({ min: 1, max: 6 }),
      maxBytes: fc.nat(60),
    });
    fc.assert(
      fc.property(
        fc.nat(6),
        fc.nat(120),
        fc.array(step, { maxLength: 60, size: 'max' }),
        (count, ageMs, steps) => {
          const backlog = new Backlog({ count, ageMs });
          const added: Message[] = [];
          let now = 0;
          for (const { dt, adds, bytes, back, max, maxBytes } of steps) {
            now += dt;
            for (let i = 0; i < adds; i++) {
              added.push(message(added.length + 1, now, bytes));
              backlog.add(now, added.at(-1)!);
            }
            backlog.prune(now);
            const newest = added.length;
            const kept = added.filter(({ seq, at }) => seq > newest - count && at >= now - ageMs);
            const place = Math.max(0, newest - back);
            const after = kept.filter(({ seq }) => seq > place).slice(0, max);
            while (after.length > 1 && bytesOf(after) > maxBytes) after.pop();

            const start = newest - kept.length;
            const stretch = backlog.after(place, max, maxBytes);
            expect(seqs(stretch.messages)).toEqual(seqs(after));
            expect(stretch.behind).toBe(place < start);
            expect(stretch.end).toBe(after.at(-1)?.seq ?? newest);
            expect([backlog.size, backlog.start, backlog.newest]).toEqual([kept.length, start, newest]);
            expect(backlog.dropped).toBe(start);
          }
        },
      ),
    );
  });

  it('still stands right after its array was cut off at the front', () => {
    const backlog = new Backlog({ count: 100, ageMs: 1e9 });
    for (let seq = 1; seq <= 5000; seq++) {
      backlog.add(seq, message(seq, seq));
      expect(backlog.size).toBe(Math.min(seq, 100));
      expect(backlog.after(backlog.start, 1, 100).end).toBe(backlog.start + 1);
      expect(seqs(backlog.after(seq - 1, 1, 100).messages)).toEqual([seq]);
    }
  });
});

function bytesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

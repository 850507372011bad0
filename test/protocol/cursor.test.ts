import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorCodec } from '../../src/protocol/cursor.ts';

const alphabet = 'ABCXYZabcxyz0189._~-';
const word = (max: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: max })
    .map((characters) => characters.join(''));
const life = fc
  .array(fc.constantFrom(...'0123456789abcz'), { minLength: 1, maxLength: 40 })
  .map((characters) => characters.join(''));
const seq = fc.oneof(fc.nat(100), fc.maxSafeNat());

describe('cursor', () => {
  it('is read back as the place that was written, for any channel, life and position', () => {
    fc.assert(
      fc.property(word(128), life, seq, (channel, lifeMark, at) => {
        const codec = new CursorCodec(channel, lifeMark);
        expect(codec.read(codec.write(at))).toEqual({ kind: 'here', seq: at });
      }),
    );
  });

  it('is a word that needs no escaping in a URL or a header', () => {
    fc.assert(
      fc.property(word(128), life, seq, (channel, lifeMark, at) => {
        expect(new CursorCodec(channel, lifeMark).write(at)).toMatch(/^[0-9a-z-]{1,120}$/);
      }),
    );
  });

  it('is never read as a place when one character is changed, dropped, doubled or moved', () => {
    const damage = fc.record({
      at: fc.nat(),
      how: fc.constantFrom('change', 'drop', 'double', 'swap'),
      character: fc.constantFrom(...alphabet),
    });
    fc.assert(
      fc.property(word(20), life, seq, damage, (channel, lifeMark, position, { at, how, character }) => {
        const codec = new CursorCodec(channel, lifeMark);
        const cursor = codec.write(position);
        const i = at % cursor.length;
        const here = cursor[i]!;
        const middle = {
          change: character + cursor.slice(i + 1),
          drop: cursor.slice(i + 1),
          double: here + cursor.slice(i),
          swap: (cursor[i + 1] ?? '') + here + cursor.slice(i + 2),
        };
        const damaged = cursor.slice(0, i) + middle[how];
        fc.pre(damaged !== cursor);
        expect(codec.read(damaged)).toEqual({ kind: 'malformed' });
      }),
      { numRuns: 500 },
    );
  });

  it('is malformed when it is cut short, wherever', () => {
    const codec = new CursorCodec('main', 'abc');
    const cursor = codec.write(123_456);
    for (let length = 0; length < cursor.length; length++) {
      expect(codec.read(cursor.slice(0, length)), `${length} characters`).toEqual({ kind: 'malformed' });
    }
  });

  it('tells a cursor of another channel from one of an earlier life', () => {
    fc.assert(
      fc.property(word(128), word(128), life, life, seq, (channel, other, lifeMark, earlier, at) => {
        fc.pre(channel !== other && lifeMark !== earlier);
        const codec = new CursorCodec(channel, lifeMark);
        expect(codec.read(new CursorCodec(other, lifeMark).write(at)).kind).toBe('other-channel');
        expect(codec.read(new CursorCodec(other, earlier).write(at)).kind).toBe('other-channel');
        expect(codec.read(new CursorCodec(channel, earlier).write(at)).kind).toBe('earlier-life');
      }),
    );
  });

  it('takes no mark of a life that it could not read back', () => {
    for (const bad of ['', 'Abc', 'a-b', 'a'.repeat(41)])
      expect(() => new CursorCodec('main', bad)).toThrow('mark');
  });
});

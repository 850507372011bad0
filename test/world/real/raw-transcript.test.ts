import { describe, expect, it } from 'vitest';
import { Transcript } from '../../../src/world/real/raw/transcript.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Everything that the transcript says, as one text. */
function said(transcript: Transcript): string {
  return transcript
    .entries()
    .map((entry) => entry.bytes)
    .join('');
}

describe('a transcript', () => {
  it('keeps both directions and remarks, each with its instant, one character a byte', () => {
    const transcript = new Transcript();
    expect([transcript.nextConnection(), transcript.nextConnection()]).toEqual([1, 2]);
    transcript.add(1, '>', bytes('GET / HTTP/1.1\r\n'), 1.5);
    transcript.add(2, '<', bytes('\0\xff'), 2.5);
    transcript.note(1, 'the server ends', 3);
    expect(transcript.entries()).toEqual([
      { at_ms: 1.5, connection: 1, direction: '>', bytes: 'GET / HTTP/1.1\r\n' },
      { at_ms: 2.5, connection: 2, direction: '<', bytes: '\0\xff' },
      { at_ms: 3, connection: 1, direction: '-', bytes: 'the server ends' },
    ]);
  });

  it('leaves the middle of something big out, and says how much that is', () => {
    const transcript = new Transcript();
    transcript.add(1, '>', bytes('a'.repeat(3072) + 'b'.repeat(5000) + 'c'.repeat(1024)), 1);
    transcript.add(1, '>', bytes('d'.repeat(4096)), 2);
    const [big, fits] = transcript.entries();
    expect(big).toMatchObject({ elided: 5000, bytes: 'a'.repeat(3072) + 'c'.repeat(1024) });
    expect(fits).not.toHaveProperty('elided');
    expect(fits!.bytes).toBe('d'.repeat(4096));
  });

  it.each([
    [1, 100_000],
    [1000, 3000],
    [100_000, 200],
  ])('stays within 64 KiB: pieces of %i bytes, %i times; the first and the last are there', (size, times) => {
    const transcript = new Transcript();
    for (let i = 0; i < times; i++) transcript.add(1, '<', Buffer.alloc(size, 120), i);
    const entries = transcript.entries();
    expect(said(transcript).length).toBeLessThanOrEqual(65_536);
    expect(entries.length).toBeLessThanOrEqual(65_536 / 32);
    expect(entries[0]!.at_ms).toBe(0);
    expect(entries.at(-1)!.at_ms).toBe(times - 1);
    const remark = entries.find(({ direction }) => direction === '-')!;
    expect(remark.bytes).toBe(`${times - (entries.length - 1)} entries left out`);
    const instants = entries.map(({ at_ms }) => at_ms);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  });
});

describe('credentials in a transcript', () => {
  const request =
    'GET / HTTP/1.1\r\nAuthorization: Bearer abc\r\nX-A: 1\r\ncookie:s=def; t=ghi\r\nPROXY-Authorization : jkl\r\n\r\n';
  const answer = 'HTTP/1.1 200 OK\r\nSet-Cookie: s=mno\r\nX-B: Cookie: fine\r\n\r\n';

  it('are asterisks, as many, and nothing else is', () => {
    const transcript = new Transcript();
    transcript.add(1, '>', bytes(request), 1);
    transcript.add(1, '<', bytes(answer), 2);
    expect(said(transcript)).toBe(
      'GET / HTTP/1.1\r\nAuthorization: **********\r\nX-A: 1\r\ncookie:************\r\nPROXY-Authorization : ***\r\n\r\n' +
        'HTTP/1.1 200 OK\r\nSet-Cookie: *****\r\nX-B: Cookie: fine\r\n\r\n',
    );
  });

  it('are so when the bytes come one by one, and others come in between', () => {
    const transcript = new Transcript(['word of power']);
    for (const byte of bytes(request)) {
      transcript.add(1, '>', Buffer.of(byte), 1);
      transcript.add(2, '<', Buffer.of(120), 1);
    }
    for (const byte of bytes('the word of power')) transcript.add(1, '<', Buffer.of(byte), 2);
    const own = transcript.entries().filter(({ connection }) => connection === 1);
    const text = own.map((entry) => entry.bytes).join('');
    expect(text).not.toMatch(/abc|def|ghi|jkl|word of/);
    expect(text).toContain('\r\nX-A: 1\r\n');
    expect(text.endsWith(`the ${'*'.repeat(13)}`)).toBe(true);
  });

  it.each([
    'as it is: p/w "ä"',
    'in a URL: p%2Fw%20%22%C3%A4%22',
    'in JSON: {"a":"p/w \\"ä\\""}',
  ])('are so wherever a given value stands, %s', (text) => {
    const transcript = new Transcript(['p/w "ä"', 'x']);
    transcript.add(1, '>', Buffer.from(text, 'utf8'), 1);
    transcript.note(1, `xx ${Buffer.from('p/w "ä"').toString('latin1')}`, 1);
    expect(said(transcript)).not.toMatch(/p\/w|p%2F/);
    expect(said(transcript)).toMatch(/\*{8}.*xx \*{8}$/s);
  });

  it('are so at the edges of what is left out', () => {
    const transcript = new Transcript(['secret-value']);
    const before = 'a'.repeat(3066);
    const after = 'b'.repeat(1018);
    transcript.add(1, '>', bytes(`${before}secret-value${'m'.repeat(9000)}secret-value${after}`), 1);
    transcript.add(1, '>', bytes(`${'a'.repeat(3060)}\r\nCookie: ${'k'.repeat(9000)}\r\n${after}`), 2);
    expect(/secret|value|kk/.exec(said(transcript))).toBeNull();
    expect(said(transcript)).toMatch(/a\*{6}\*{6}b.*\r\nCookie: \*+\r\nb/s);
  });
});

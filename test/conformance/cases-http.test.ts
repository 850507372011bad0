import { describe, expect, it } from 'vitest';
import { isEntityTag } from '../../src/conformance/cases/http/entity-tag.ts';
import { reuseOf } from '../../src/conformance/cases/http/freshness.ts';
import { ambiguous, ambiguousLengths } from '../../src/conformance/cases/http/lengths.ts';
import { malformations, partsOf } from '../../src/conformance/cases/http/malformations.ts';
import { encodeRequest } from '../../src/wire/request.ts';

describe('an entity tag', () => {
  it.each(['"a"', '""', 'W/"a"', '"a!#~\xff"'])('is %s', (value) => {
    expect(isEntityTag(value)).toBe(true);
  });
  it.each([
    '0',
    'a',
    '"a',
    'a"',
    '"a"b"',
    '"a b"',
    'w/"a"',
    'W/a',
    "'a'",
    '"\x7f"',
    '',
  ])('is not %s', (value) => {
    expect(isEntityTag(value)).toBe(false);
  });
});

describe('what a cache may do', () => {
  const reuse = (...rawHeaders: [string, string][]) => reuseOf({ rawHeaders });
  it('is forbidden by no-store and by no-cache, in any case and among others', () => {
    expect(reuse(['Cache-Control', 'No-Store'])).toBe('forbidden');
    expect(reuse(['cache-control', 'no-cache, must-revalidate'])).toBe('forbidden');
    expect(reuse(['Cache-Control', 'max-age=60'], ['Cache-Control', 'private, no-store'])).toBe('forbidden');
  });
  it('is allowed where nothing is said, or something else', () => {
    expect(reuse()).toBe('allowed');
    expect(reuse(['Cache-Control', 'must-revalidate'])).toBe('allowed');
    expect(reuse(['Cache-Control', 'no-cache="set-cookie"'])).toBe('allowed');
    expect(reuse(['Cache-Control', 'x-no-store'])).toBe('allowed');
    expect(reuse(['Cache-Control', 'max-age=1'])).toBe('allowed');
    expect(reuse(['Cache-Control', 'max-age=0, s-maxage=5'])).toBe('allowed');
  });
  it('is stale at once by an age of 0, or by an Expires that lies in the past', () => {
    const date: [string, string] = ['Date', 'Sun, 06 Nov 1994 08:49:37 GMT'];
    expect(reuse(['Cache-Control', 'max-age=0'])).toBe('stale at once');
    expect(reuse(['Cache-Control', 'max-age="0"'])).toBe('stale at once');
    expect(reuse(date, ['Expires', '0'])).toBe('stale at once');
    expect(reuse(date, ['Expires', date[1]])).toBe('stale at once');
    expect(reuse(date, ['Expires', 'Sun, 06 Nov 1994 08:49:38 GMT'])).toBe('allowed');
    expect(reuse(date, ['Expires', '0'], ['Cache-Control', 'max-age=9'])).toBe('allowed');
  });
});

const plain = { method: 'GET', path: '/x?y=1', headers: { 'X-Key': 'k' }, body: undefined };

describe('malformed requests', () => {
  const parts = partsOf(encodeRequest('http://127.0.0.1:8080', plain));
  it('are made of the parts of a good one', () => {
    expect(parts).toEqual({ target: '/x?y=1', host: '127.0.0.1:8080', more: ['X-Key: k'] });
  });
  it('are twenty-five, all different, and end where a server can see it', () => {
    const written = malformations.map(({ write }) => write(parts));
    expect(written).toHaveLength(25);
    expect(new Set(written).size).toBe(25);
    for (const text of written) expect(text.endsWith('\r\n\r\n')).toBe(true);
  });
  it('are not the good one', () => {
    const good = Buffer.from(encodeRequest('http://127.0.0.1:8080', plain)).toString('latin1');
    for (const { write } of malformations) expect(write(parts)).not.toBe(good);
  });
});

describe('requests of ambiguous length', () => {
  const publish = { method: 'POST', path: '/p', headers: { 'content-length': '9', A: 'b' }, body: 'message' };
  it.each(ambiguousLengths.map((each) => [each.what, each] as const))('%s', (_what, length) => {
    const request = ambiguous(publish, length, 'message');
    const extra = length.also === undefined ? [] : [length.also];
    const text = Buffer.from(encodeRequest('http://127.0.0.1', request, { extra })).toString('latin1');
    const [head, body] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
    expect(head).toContain('\r\nA: b');
    expect(head).not.toContain('content-length: 9');
    const lengths = /^content-length: (.*)$/gim;
    const said = [...head.matchAll(lengths)].map((match) => match[1]);
    const coded = /^transfer-encoding:/im.test(head);
    // Exactly one good length, or chunks that can be read to their end, would be no ambiguity.
    const readable = !coded && said.length === 1 && said[0] === String(body.length);
    const chunks =
      coded && said.length === 0 && /chunked$/im.test(head) && body.startsWith('7\r\nmessage\r\n0\r\n');
    expect(readable || chunks).toBe(false);
    expect(body).toContain('message');
  });
});

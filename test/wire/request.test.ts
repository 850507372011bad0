import { describe, expect, it } from 'vitest';
import { encodeRequest, type HttpRequest, withHeaders } from '../../src/wire/request.ts';

const get: HttpRequest = { method: 'GET', path: '/a?b=c', headers: { Accept: 'x' }, body: undefined };
const text = (...given: Parameters<typeof encodeRequest>): string =>
  Buffer.from(encodeRequest(...given)).toString('latin1');

describe('a request on the wire', () => {
  it('has its host first, and no length where there is no body', () => {
    expect(text('http://127.0.0.1:8080', get)).toBe(
      'GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: x\r\n\r\n',
    );
    expect(text('https://example.org', { ...get, base: 'http://[::1]:9' })).toContain('Host: [::1]:9\r\n');
    expect(text('https://example.org:443', get)).toContain('Host: example.org\r\n');
  });

  it('has the length of its body in bytes, exactly as it is', () => {
    expect(text('http://h', { ...get, method: 'PUT', body: 'é' })).toMatch(
      /Content-Length: 2\r\n\r\n\xc3\xa9$/,
    );
    const bytes = new Uint8Array([0, 13, 10, 255]);
    expect(text('http://h', { ...get, method: 'POST', body: bytes }).slice(-25)).toBe(
      'Content-Length: 4\r\n\r\n\u0000\r\n\u00ff',
    );
    expect(text('http://h', { ...get, method: 'POST' })).toContain('Content-Length: 0\r\n');
    expect(text('http://h', { ...get, method: 'DELETE' })).not.toContain('Content-Length');
  });

  it('may be of another version, ask for the end, and say things twice or not at all', () => {
    const extra = [
      ['Accept', 'y'],
      ['X', ''],
    ] as const;
    expect(text('http://h', get, { version: '1.0', close: true, extra })).toBe(
      'GET /a?b=c HTTP/1.0\r\nHost: h\r\nAccept: x\r\nConnection: close\r\nAccept: y\r\nX: \r\n\r\n',
    );
    const own = { host: 'other', 'content-length': '9', connection: 'keep-alive' };
    expect(text('http://h', { ...get, headers: own, body: 'x' }, { close: true })).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: other\r\ncontent-length: 9\r\nconnection: keep-alive\r\n\r\nx',
    );
  });
});

describe('headers for every request', () => {
  it('give way to what a request says itself, in whatever case', () => {
    expect(withHeaders(get, { accept: 'all', 'X-Mine': '1' }).headers).toEqual({
      Accept: 'x',
      'X-Mine': '1',
    });
    expect(withHeaders(get, {})).toBe(get);
  });
});

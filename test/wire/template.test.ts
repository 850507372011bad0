import { describe, expect, it } from 'vitest';
import { fill, fillBody, fillHeaders, fillUrl, variablesOf } from '../../src/wire/template.ts';

describe('a URL template', () => {
  it('percent-encodes what it fills in, in the path and in the query', () => {
    expect(fillUrl('/c/{channel}?m={message}', { channel: 'a/b', message: 'x&y=z é' })).toBe(
      '/c/a%2Fb?m=x%26y%3Dz%20%C3%A9',
    );
  });

  it('leaves out a query item whose variable is unset, wherever it stands', () => {
    const url = '/poll?channel={channel}&cursor={cursor}&wait={wait}';
    expect(fillUrl(url, { channel: 'c', wait: '25' })).toBe('/poll?channel=c&wait=25');
    expect(fillUrl(url, { cursor: 'k' })).toBe('/poll?cursor=k');
    expect(fillUrl(url, {})).toBe('/poll');
  });

  it('knows the form that brings its own ampersand', () => {
    expect(fillUrl('/kv?wait=10s{&index=next}', { next: '7' })).toBe('/kv?wait=10s&index=7');
    expect(fillUrl('/kv?wait=10s{&index=next}', {})).toBe('/kv?wait=10s');
  });

  it('refuses a path with an unset variable', () => {
    expect(() => fillUrl('/c/{channel}', {})).toThrow('unset');
  });

  it('keeps an empty value, which is set', () => {
    expect(fillUrl('/poll?cursor={cursor}', { cursor: '' })).toBe('/poll?cursor=');
  });
});

describe('headers and bodies', () => {
  it('leave out a header whose variable is unset', () => {
    expect(fillHeaders({ 'If-None-Match': '{etag}', Accept: '*/*' }, {})).toEqual({ Accept: '*/*' });
  });

  it('put text in as it stands, and escape it where the template asks for JSON', () => {
    expect(fillBody('{message}', { message: 'say "hi"' })).toBe('say "hi"');
    expect(fillBody('{"data":{message|json}}', { message: 'say "hi"' })).toBe('{"data":"say \\"hi\\""}');
    expect(fillBody({ data: '{message}', n: 1 }, { message: 'say "hi"' })).toBe(
      '{"data":"say \\"hi\\"","n":1}',
    );
  });

  it('never take what they filled in for a template', () => {
    expect(fill('{a}', { a: '{b}', b: 'x' })).toBe('{b}');
    expect(fillUrl('/?a={a}', { a: '&b={b}' })).toBe('/?a=%26b%3D%7Bb%7D');
  });

  it('tell which variables they name', () => {
    expect(variablesOf('/x/{channel}?c={cursor}{&i=index}{message|json}')).toEqual([
      'channel',
      'cursor',
      'index',
      'message',
    ]);
  });
});

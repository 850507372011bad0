import { describe, expect, it } from 'vitest';
import type { PollEndedEvent } from '../../../../src/protocol/event.ts';
import { until } from '../raw.ts';
import { news, Play, text } from './play.ts';

describe('what is on record of a poll that failed', () => {
  type Kind = Pick<PollEndedEvent, 'end' | 'status' | 'reason' | 'messages'>;
  const part = (head: string): string => `HTTP/1.1 200 OK\r\n${head}\r\n\r\n{"texts":["${text(0)}"`;
  const cases: [string, { bytes: string; end?: 'fin' | 'reset' }, Kind][] = [
    ['reset while held', { bytes: '', end: 'reset' }, none('broken', 'ECONNRESET')],
    ['closed while held', { bytes: '', end: 'fin' }, none('broken', 'closed')],
    ['cut', { bytes: part('Content-Length: 500'), end: 'fin' }, none('broken', 'truncated')],
    ['cut in its headers', { bytes: 'HTTP/1.1 200 OK\r\nConte', end: 'fin' }, none('broken', 'truncated')],
    [
      'cut in a chunk',
      { bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"texts":[', end: 'fin' },
      none('broken', 'truncated'),
    ],
    [
      'reset in its middle',
      { bytes: part('Content-Length: 500'), end: 'reset' },
      none('broken', 'ECONNRESET'),
    ],
    ['half open', { bytes: part('Content-Length: 500') }, none('timeout', 'timeout')],
    ['silent', { bytes: '' }, none('timeout', 'timeout')],
  ];
  function none(end: Kind['end'], reason: string): Kind {
    return { end, status: null, reason, messages: 0 };
  }

  it.each(cases)('an answer that is %s', async (_, { bytes, end }, expected) => {
    await using play = await Play.start(
      ({ say, socket }, n) => {
        if (n === 0) return say(news(1));
        if (n > 1) return n === 2 ? say(news(2, text(1))) : undefined;
        if (bytes !== '') say(bytes);
        // A reset may overtake the bytes before it.
        if (end !== undefined)
          setTimeout(() => (end === 'fin' ? socket.end() : socket.resetAndDestroy()), 20);
      },
      { requestTimeoutMs: 300 },
    );
    await until(() => play.handed.length === 1);
    expect(play.ends().slice(0, 3)).toMatchObject([
      { end: 'empty', status: 200 },
      expected,
      { end: 'messages', status: 200, messages: 1 },
    ]);
    // What had come of it was given to nobody, and the connection was not used again.
    expect(play.handed[0]!.token.message).toBe(1);
    expect(play.server.heard.slice(0, 3).map(({ connection }) => connection)).toEqual([0, 0, 1]);
    await until(() => !play.server.open.has(play.server.heard[0]!.socket));
  });

  it('a connection that is refused', async () => {
    await using play = await Play.start(() => {}, { origin: 'http://127.0.0.1:1' });
    await until(() => play.ends().length >= 2);
    expect(play.ends()[0]).toMatchObject({ ...none('broken', 'ECONNREFUSED'), bytesIn: 0, bytesOut: 0 });
    expect(play.count('connected')).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { Cut } from '../../../src/world/real/raw/answer.ts';
import { until } from './raw.ts';
import { get, ok, talk, whole } from './raw-talk.ts';

describe('the ending of a connection', () => {
  it('is fin when the server ends it with nothing unanswered', async () => {
    await using talked = await talk((heard) => heard.socket.end(ok));
    const exchange = talked.connection.request(get, 'GET');
    expect(whole(await exchange.answer).text).toBe('hello');
    expect(await talked.connection.closed).toBe('fin');
    expect([talked.connection.ending(), talked.connection.isClosed]).toEqual(['fin', true]);
    await until(() => talked.server.open.size === 0);
    // Whoever asks on it then is told.
    expect(await talked.connection.request(get, 'GET').answer).toMatchObject({ cut: 'fin' });
    expect(talked.transcript.entries().at(-1)!.bytes).toMatch(/not sent: the connection is closed/);
    expect(talked.connection.ending()).toBe('fin');
  });

  it('is fin also after a close-delimited answer, which thereby is complete', async () => {
    await using talked = await talk((heard) => heard.socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    expect(whole(await talked.connection.request(get, 'GET').answer)).toMatchObject({
      text: 'hello',
      framing: 'close',
      violations: [],
    });
    expect(talked.connection.ending()).toBe('fin');
  });

  it('is rst-after-complete when the reset follows the answer, which counts', async () => {
    await using talked = await talk((heard) => {
      heard.say(ok);
      // The answer must be on its way before the reset can overtake it in the server's own buffers.
      setImmediate(() => heard.socket.resetAndDestroy());
    });
    expect(whole(await talked.connection.request(get, 'GET').answer).text).toBe('hello');
    expect(await talked.connection.closed).toBe('rst');
    expect(talked.connection.ending()).toBe('rst-after-complete');
  });

  it('is rst-before-complete when the answer is cut by a reset', async () => {
    await using talked = await talk((heard) => {
      heard.say('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel');
      setImmediate(() => heard.socket.resetAndDestroy());
    });
    const cut = await talked.connection.request(get, 'GET').answer;
    expect(cut).toMatchObject({ cut: 'rst', status: 200 });
    expect((cut as Cut).violations).toEqual([expect.stringContaining('in the middle of the content')]);
    expect(talked.connection.ending()).toBe('rst-before-complete');
  });

  it('is closed-early, and no fault, when the server leaves an answer after this side has ended its half', async () => {
    await using talked = await talk((heard) => {
      heard.say('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel');
      heard.socket.once('end', () => heard.socket.end());
    });
    const exchange = talked.connection.request(get, 'GET');
    await until(() => exchange.state === 'body');
    talked.connection.fin();
    expect(await exchange.answer).toMatchObject({ cut: 'fin', status: 200, violations: [] });
    expect(talked.connection.violations).toEqual([]);
    expect(talked.connection.ending()).toBe('closed-early');
  });

  it('is closed-early when the server ends it with something unanswered', async () => {
    await using talked = await talk((heard) => heard.socket.end());
    const exchange = talked.connection.request(get, 'GET');
    const cut = await exchange.answer;
    expect(cut).toMatchObject({ cut: 'fin', violations: [] });
    expect(cut).not.toHaveProperty('status');
    expect([exchange.state, talked.connection.ending()]).toEqual(['cut', 'closed-early']);
  });

  it('is left-hanging when this side gives up waiting', async () => {
    let trouble = '';
    await using talked = await talk((heard) => {
      heard.socket.on('error', ({ message }) => {
        trouble = message;
      });
    });
    const exchange = talked.connection.request(get, 'GET');
    await until(() => talked.server.heard.length === 1);
    talked.connection.reset();
    expect(await exchange.answer).toMatchObject({ cut: 'closed', violations: [] });
    expect(await talked.connection.closed).toBe('rst');
    expect(talked.connection.ending()).toBe('left-hanging');
    await until(() => talked.server.open.size === 0);
    expect(trouble).toContain('ECONNRESET');
  });

  it('is that of the server also when this side has ended its half before', async () => {
    let ended = false;
    await using talked = await talk((heard) => {
      heard.socket.on('end', () => {
        ended = true;
        heard.socket.end(ok);
      });
    });
    const exchange = talked.connection.request(get, 'GET');
    talked.connection.fin();
    expect(whole(await exchange.answer).text).toBe('hello');
    expect(await talked.connection.closed).toBe('fin');
    expect([ended, talked.connection.ending()]).toEqual([true, 'fin']);
  });
});

import { describe, expect, it } from 'vitest';
import { Bench } from '../raw.ts';

const plain = 'text/plain;charset=utf-8';

describe.each(['article', 'buffered'] as const)('the article face, %s semantics', (semantics) => {
  it('holds a subscribe until a message comes, and gives it to everybody, the publisher too', async () => {
    await using bench = await Bench.start({ semantics });
    const one = await bench.hold('/subscribe?random=0.123', 1);
    const two = await bench.hold('/subscribe?random=1&random=2&_&%zz', 2);
    const published = await bench.publish('hello');
    expect([published.status, published.text]).toEqual([200, 'ok']);
    expect(published.headers.get('content-type')).toBe(plain);
    expect(published.headers.get('poll-message-id')).toBeTruthy();
    expect(published.headers.get('poll-cursor')).toBeTruthy();
    for (const client of [one, two]) {
      const answer = await client.answer();
      expect([answer.status, answer.text]).toEqual([200, 'hello']);
      expect(answer.headers.get('content-type')).toBe(plain);
      expect(answer.headers.get('cache-control')).toBe('no-cache, must-revalidate');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.has('date')).toBe(true);
      expect(answer.headers.has('poll-cursor')).toBe(semantics === 'buffered');
      expect(answer.headers.has('poll-published')).toBe(semantics === 'buffered');
    }
  });

  it('keeps every byte of a message', async () => {
    await using bench = await Bench.start({ semantics });
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const text = new TextEncoder().encode(
      '\u{feff}👩‍👩‍👧 e\u0301\u00e9\u2028 \r\n\r\nHTTP/1.1 200 OK\r\n\r\n\ufeff',
    );
    for (const body of [all, text, new Uint8Array(1024 * 1024).fill(7)]) {
      const client = await bench.hold('/subscribe', 1);
      expect((await bench.publish(body)).status).toBe(200);
      expect((await client.answer()).body.equals(body)).toBe(true);
    }
  });

  it('loses what comes in the gap for a client without a cursor, and forgets one that vanished', async () => {
    await using bench = await Bench.start({ semantics });
    const client = await bench.hold('/subscribe', 1);
    client.close();
    await bench.held(0);
    await bench.publish('nobody heard this');
    const again = await bench.hold('/subscribe', 1);
    await bench.publish('second');
    expect((await again.answer()).text).toBe('second');
  });

  it('stays subscribed when the request carried a body', async () => {
    await using bench = await Bench.start({ semantics });
    const client = await bench.client();
    client.ask('GET', '/subscribe', { body: 'abc' });
    await bench.held(1);
    await bench.publish('m');
    expect((await client.answer()).text).toBe('m');
    // A large one fills the buffers if nobody reads it, and then the end of the connection is not noticed.
    const large = (await bench.client()).ask('GET', '/subscribe', { body: 'x'.repeat(1 << 20) });
    await bench.held(1);
    large.close();
    await bench.held(0);
  });

  it('is live again after every delivery, on one connection', async () => {
    await using bench = await Bench.start({ semantics });
    const client = await bench.client();
    for (let i = 0; i < 50; i++) {
      client.ask('GET', '/subscribe');
      await bench.held(1);
      await bench.publish(`m${i}`);
      expect((await client.answer()).text).toBe(`m${i}`);
    }
  });
});

describe('the article face, article semantics', () => {
  it('ignores channel and cursor, accepts an empty message, and knows no poll face', async () => {
    await using bench = await Bench.start({ semantics: 'article' });
    const client = await bench.hold('/subscribe?channel=&cursor=what&channel=x', 1);
    expect((await bench.publish('', '?channel=!!')).status).toBe(200);
    const answer = await client.answer();
    expect([answer.status, answer.text]).toEqual([200, '']);
    // Nothing is kept.
    expect(bench.server.handler.counts()).toMatchObject({ published: 1, dropped: 1 });
    for (const url of ['/poll', '/presence', '/poll?wait=1']) {
      expect((await bench.ask('GET', url)).status).toBe(404);
      expect((await bench.ask('OPTIONS', url)).status).toBe(404);
    }
  });

  it('holds without limit', async () => {
    await using bench = await Bench.start({ semantics: 'article', holdMs: 1 });
    const client = await bench.hold('/subscribe', 1);
    // Any timer of a millisecond has rung long before three more requests were answered.
    for (let i = 0; i < 3; i++) await bench.ask('GET', '/healthz');
    expect(bench.server.handler.counts().held).toBe(1);
    client.close();
  });
});

describe('the article face, buffered semantics', () => {
  it('gives one message per answer after a cursor, and loses nothing', async () => {
    await using bench = await Bench.start();
    let cursor = await bench.cursor();
    const wanted = ['a', 'b', 'c'];
    for (const body of wanted) await bench.publish(body);
    const got: string[] = [];
    for (const _ of wanted) {
      const answer = await bench.ask('GET', `/subscribe?cursor=${cursor}`);
      got.push(answer.text);
      cursor = answer.headers.get('poll-cursor')!;
      expect(Math.abs(Number(answer.headers.get('poll-published')) - Date.now())).toBeLessThan(60_000);
      expect(answer.headers.has('poll-behind')).toBe(false);
    }
    expect(got).toEqual(wanted);
    expect((await bench.ask('GET', '/subscribe?cursor=oldest')).text).toBe('a');
  });

  it('ends a hold after --hold with 204 and a cursor, from which it goes on', async () => {
    await using bench = await Bench.start({ holdMs: 60 });
    const before = performance.now();
    const answer = await bench.ask('GET', '/subscribe?cursor=now');
    expect(performance.now() - before).toBeGreaterThanOrEqual(60);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('cache-control')).toBe('no-cache, must-revalidate');
    await bench.publish('in the gap');
    const next = await bench.ask('GET', `/subscribe?cursor=${answer.headers.get('poll-cursor')}`);
    expect(next.text).toBe('in the gap');
  });

  it('tells a cursor that fell behind, with the oldest message kept or with 204', async () => {
    await using bench = await Bench.start({ backlog: 2 });
    const old = await bench.cursor();
    for (const body of ['a', 'b', 'c']) await bench.publish(body);
    const answer = await bench.ask('GET', `/subscribe?cursor=${old}`);
    expect([answer.status, answer.text, answer.headers.get('poll-behind')]).toEqual([200, 'b', 'true']);
    const next = await bench.ask('GET', `/subscribe?cursor=${answer.headers.get('poll-cursor')}`);
    expect([next.text, next.headers.get('poll-behind')]).toEqual(['c', undefined]);

    await using forgetful = await Bench.start({ backlog: 0 });
    const lost = await forgetful.cursor();
    await forgetful.publish('x');
    const none = await forgetful.ask('GET', `/subscribe?cursor=${lost}`);
    expect([none.status, none.headers.get('poll-behind')]).toEqual([204, 'true']);
    expect(none.headers.get('poll-cursor')).toBeTruthy();
  });

  it('keeps channels apart, and judges its parameters', async () => {
    await using bench = await Bench.start();
    const client = await bench.hold('/subscribe?channel=blue', 1);
    await bench.publish('for red', '?channel=red');
    expect(client.unread).toBe('');
    await bench.publish('for blue', '?channel=blue');
    expect((await client.answer()).text).toBe('for blue');
    const foreign = await bench.cursor('&channel=red');
    for (const query of ['channel=', 'channel=a&channel=a', 'channel=%zz', 'channel=a%20b', 'channel=a/b']) {
      const answer = await bench.ask('GET', `/subscribe?${query}`);
      expect([query, answer.status, answer.headers.get('content-type')]).toEqual([query, 400, plain]);
      expect(answer.text).toMatch(/^channel: .*\n$/);
      expect((await bench.publish('x', `?${query}`)).status).toBe(400);
    }
    for (const query of ['cursor=', 'cursor=place', 'cursor=x', `cursor=${foreign}`, 'cursor=%00']) {
      const answer = await bench.ask('GET', `/subscribe?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
      expect(answer.text).toMatch(/^cursor: /);
    }
  });
});

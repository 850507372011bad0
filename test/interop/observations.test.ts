import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeTarget } from './describe-target.ts';
import { dataOf, FayeClient } from './faye-client.ts';
import { ask, fetched, keptConnections, type PlainAnswer } from './plain.ts';
import type { Target } from './starters/target.ts';
import { starters } from './targets.ts';

/** What was seen goes into the log with its number; only its kind is asserted. */
function observed(text: string): void {
  console.log(`observed: ${text}`);
}

/** Long enough for a request that was written to be in the server's hands: whole other exchanges have passed. */
async function overtakenBy(target: Target, path: string): Promise<void> {
  for (let i = 0; i < 5; i++) await fetched(target, path);
}

describeTarget('nchan', (target) => {
  it('skips messages without a sign when its buffer overflows', async () => {
    const publish = async (text: string): Promise<void> => {
      const { status } = await fetched(target(), '/small/pub/overflow', { method: 'POST', body: text });
      expect([201, 202]).toContain(status);
    };
    await publish('0');
    const first = await fetched(target(), '/small/sub/overflow');
    expect(first.text).toBe('0');
    for (let i = 1; i <= 150; i++) await publish(String(i));
    const next = await fetched(target(), '/small/sub/overflow', {
      headers: {
        'If-Modified-Since': String(first.headers['last-modified']),
        'If-None-Match': String(first.headers['etag']),
      },
    });
    const skipped = Number(next.text) - 1;
    observed(`nchan: 100 kept, 150 published since; the next answer skips ${skipped} messages`);
    expect(next.status).toBe(200);
    expect(skipped).toBeGreaterThan(0);
    // A sign would be a header that an ordinary answer has not got.
    expect(Object.keys(next.headers).sort()).toEqual(Object.keys(first.headers).sort());
  });
});

describeTarget('faye', (target) => {
  it('never answers the older one of two polls of a client', async () => {
    const client = await FayeClient.subscribed(target(), '/orphan');
    const older = client.connect();
    await older.written;
    await overtakenBy(target(), '/nowhere');
    const newer = client.connect();
    await newer.written;
    await overtakenBy(target(), '/nowhere');
    await FayeClient.publish(target(), '/orphan', 'one');
    expect(dataOf((await newer.answer).text)).toEqual(['one']);
    // A whole hold more: by its end the older poll is far beyond its own.
    const later = await client.connect().answer;
    expect(dataOf(later.text)).toEqual([]);
    observed(`faye: the older poll is ${older.isAnswered ? 'answered' : 'unanswered after its hold'}`);
    expect(older.isAnswered).toBe(false);
    older.abort();
  });

  it('loses what is published right after a poll was aborted, mostly', async () => {
    const times = 20;
    let lost = 0;
    for (let i = 0; i < times; i++) {
      const channel = `/abort-${i}`;
      const client = await FayeClient.subscribed(target(), channel);
      const poll = client.connect();
      await poll.written;
      await overtakenBy(target(), '/nowhere');
      poll.abort();
      await FayeClient.publish(target(), channel, 'gone?');
      const { text } = await client.connect(0).answer;
      if (!dataOf(text).includes('gone?')) lost++;
    }
    observed(`faye: ${lost} of ${times} messages published right after an abort are lost`);
    expect(lost).toBeGreaterThan(0);
  });
});

describeTarget('engineio', (target) => {
  const url = '/engine.io/?EIO=4&transport=polling&channel=abort';

  it('ends a session whose poll is aborted', async () => {
    const { text } = await fetched(target(), url);
    const { sid } = JSON.parse(text.slice(1)) as { sid: string };
    const poll = ask(target(), `${url}&sid=${sid}`);
    await poll.written;
    await overtakenBy(target(), '/nowhere');
    poll.abort();
    await overtakenBy(target(), '/nowhere');
    const { status, text: body } = await fetched(target(), `${url}&sid=${sid}`);
    observed(`engine.io: the poll after an aborted one gets ${status} ${body}`);
    expect([status, body]).toEqual([400, expect.stringContaining('Session ID unknown')]);
  });
});

describeTarget('sockjs', (target) => {
  const xhr = (session: string) => ask(target(), `/sock/room/${session}/xhr`, { method: 'POST' });
  const send = (session: string, text: string): Promise<PlainAnswer> =>
    fetched(target(), `/sock/room/${session}/xhr_send`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([text]),
    });

  it('refuses the second poll of a session, in a 200, and goes on with the first', async () => {
    expect((await xhr('twice').answer).text).toBe('o\n');
    const first = xhr('twice');
    await first.written;
    await overtakenBy(target(), '/nowhere');
    const second = await xhr('twice').answer;
    observed(`sockjs: the second poll gets ${second.status} ${second.text.trim()}`);
    expect(second.status).toBe(200);
    expect(second.text).toMatch(/^c\[2010,/);
    expect((await send('twice', 'still here')).status).toBe(204);
    expect((await first.answer).text).toBe('a["still here"]\n');
  });

  it('forgets a session whose poll is aborted, and what was published to it', async () => {
    for (const session of ['stays', 'aborts']) expect((await xhr(session).answer).text).toBe('o\n');
    const poll = xhr('aborts');
    await poll.written;
    await overtakenBy(target(), '/nowhere');
    poll.abort();
    await overtakenBy(target(), '/nowhere');
    expect((await send('stays', 'gone?')).status).toBe(204);
    const { text } = await xhr('aborts').answer;
    observed(`sockjs: the poll after an aborted one gets ${text.trim()}; the message is gone`);
    expect(text).toBe('o\n');
  });
});

describeTarget('seed', (target) => {
  it('loses what is published between an answer and the next request, the more the faster', async () => {
    const total = 300;
    const lost: Record<string, number> = {};
    for (const spacingMs of [0, 1, 5, 20])
      lost[`${spacingMs} ms`] = total - (await received(spacingMs, total));
    observed(`seed: of ${total} messages are lost, by spacing, ${JSON.stringify(lost)}`);
    expect(lost['0 ms']).toBeGreaterThan(0);
  });

  /** How many messages reach a client that asks again at once, up to the last one. */
  async function received(spacingMs: number, total: number): Promise<number> {
    const [reading, writing] = [keptConnections(1), keptConnections(32)];
    const publish = (text: string) =>
      fetched(target(), '/publish', { method: 'POST', body: text, agent: writing });
    let count = 0;
    let poll = ask(target(), '/subscribe', { agent: reading });
    await poll.written;
    await overtakenBy(target(), '/');
    const reader = (async () => {
      for (;;) {
        const { text } = await poll.answer;
        if (text === 'end') return;
        count++;
        poll = ask(target(), '/subscribe', { agent: reading });
      }
    })();
    const acknowledgements: Promise<PlainAnswer>[] = [];
    const start = performance.now();
    for (let i = 0; i < total; i++) {
      // An open loop: the schedule does not wait for the server.
      const wait = start + i * spacingMs - performance.now();
      if (wait > 0) await pause(wait);
      acknowledgements.push(publish(String(i)));
    }
    for (const { text } of await Promise.all(acknowledgements)) expect(text).toBe('ok');
    // Said again until it is heard, for it may itself fall into the gap.
    let isOver = false;
    void reader.then(() => {
      isOver = true;
    });
    while (!isOver) await publish('end');
    for (const agent of [reading, writing]) agent.destroy();
    return count;
  }
});

// Each ends a server of its own. That it is missing has been said above.
const missing = starters.seed.missing();
it.skipIf(missing !== undefined).each([
  ['GET', '/%00'],
  ['HEAD', '/'],
])('seed: %s %s ends its process', async (method, path) => {
  const target = await starters.seed.start();
  try {
    // The answer may still come: it is what node-static does after it that nothing catches.
    await fetched(target, path, { method }).catch(() => {});
    const { code, signal } = await target.exited;
    observed(`seed: ${method} ${path} ends the process with ${signal ?? `exit code ${code}`}`);
    expect(code).toBe(1);
    await expect(fetched(target, '/')).rejects.toThrow('ECONNREFUSED');
  } finally {
    await target.stop();
  }
});

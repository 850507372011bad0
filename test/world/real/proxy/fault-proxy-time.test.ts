import { describe, expect, it } from 'vitest';
import type { ProxyFault } from '../../../../src/world/proxy-fault.ts';
import { until } from '../raw.ts';
import type { Side } from './observer.ts';
import { always, Scene } from './scene.ts';

const echo = (side: Side): void => void side.socket.on('data', (bytes) => side.socket.write(bytes));

/** Answers everything with the same bytes. */
const saying =
  (text: string) =>
  (side: Side): void =>
    void side.socket.on('data', () => side.say(text));

const latency = (oneWayMs: number, jitterMs = 0): ProxyFault => ({
  ...always,
  kind: 'add-latency',
  oneWayMs,
  jitterMs,
});

/** Runs until the faults have begun. */
async function under(faults: ProxyFault[], onSide?: (side: Side) => void): Promise<Scene> {
  const scene = await Scene.open(faults, { ...(onSide !== undefined && { onSide }) });
  await scene.begin(...faults.map((_, i) => `${i} began`));
  return scene;
}

describe('add-latency', () => {
  it('delays the opening, every chunk each way, and the end, none less than asked', async () => {
    await using scene = await under([latency(60)], echo);
    const opened = performance.now();
    const [client, server] = await scene.pair();
    expect(performance.now() - opened).toBeGreaterThanOrEqual(59);
    for (let i = 0; i < 3; i++) {
      const before = [client.bytes, performance.now()] as const;
      client.say('abc');
      await until(() => client.bytes === before[0] + 3);
      expect(client.chunks.at(-1)!.at - before[1]).toBeGreaterThanOrEqual(119);
      // The server heard it half way.
      expect(server.chunks.at(-1)!.at - before[1]).toBeGreaterThanOrEqual(59);
      expect(client.chunks.at(-1)!.at - server.chunks.at(-1)!.at).toBeGreaterThanOrEqual(59);
    }
    const leaves = performance.now();
    client.socket.end();
    await until(() => server.ending !== null);
    expect([server.ending, server.endedAt - leaves >= 59]).toEqual(['fin', true]);
    const resets = performance.now();
    server.socket.resetAndDestroy();
    await until(() => client.ending !== null);
    expect(client.endedAt - resets).toBeGreaterThanOrEqual(59);
    await until(() => client.closed);
  });

  it('delays a reset of the client likewise', async () => {
    await using scene = await under([latency(60)]);
    const [client, server] = await scene.pair();
    client.say('last words');
    const leaves = performance.now();
    // A reset that is read with the bytes would be all that is seen.
    await until(() => performance.now() > leaves + 20);
    client.socket.resetAndDestroy();
    await until(() => server.closed);
    expect([server.ending, server.text]).toEqual(['reset', 'last words']);
    expect(server.endedAt - leaves).toBeGreaterThanOrEqual(79);
  });

  it('keeps the order under jitter, which spreads what it should', async () => {
    await using scene = await under([latency(30, 25)]);
    const [client, server] = await scene.pair();
    const sent: number[] = [];
    for (let i = 0; i < 100; i++) {
      sent.push(performance.now());
      client.say(`${i},`);
      await until(() => performance.now() > sent.at(-1)! + 3);
    }
    const whole = Array.from({ length: 100 }, (_, i) => `${i},`).join('');
    await until(() => server.text.length >= whole.length);
    expect(server.text).toBe(whole);
    // What is asked for at least, and the jitter on top; a busy machine may add anything from above.
    let seen = 0;
    const delays: number[] = [];
    for (const { at, bytes } of server.chunks) {
      for (const _ of bytes.toString().match(/,/g)!) delays.push(at - sent[seen++]!);
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(29.9);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(10);
  });

  it('tells its own error, counted from what was asked', async () => {
    await using scene = await under([latency(200)], echo);
    const client = await scene.client();
    for (let i = 1; i <= 4; i++) {
      client.say('x');
      await until(() => client.bytes === i);
    }
    const { error } = await scene.close();
    expect(error!.chunks).toBe(8);
    // A watchdog, not a claim; and it is no delay that was asked for.
    expect(error!.p50Ms).toBeLessThan(199);
    expect(error!.p99Ms).toBeGreaterThanOrEqual(error!.p50Ms);
  });

  it('holds nothing back for longer than asked when it is over, and order is kept then too', async () => {
    await using scene = await Scene.open([{ ...latency(400), forMs: 100 }]);
    const [client, server] = await scene.pair();
    await scene.begin('0 began');
    const began = performance.now();
    client.say('a');
    await scene.heard('0 ended');
    client.say('b');
    await until(() => server.bytes === 2);
    expect([server.text, server.chunks[0]!.at - began >= 399]).toEqual(['ab', true]);
    client.say('c');
    const before = performance.now();
    await until(() => server.bytes === 3);
    // A watchdog: it would be 400.
    expect(performance.now() - before).toBeLessThan(399);
  });
});

describe('slow-bytes', () => {
  it('lets so many through in a second, in small pieces; the way up is as fast as ever', async () => {
    await using scene = await under([{ ...always, kind: 'slow-bytes', bytesPerS: 1000 }], (side) => {
      side.socket.on('data', () => side.bytes === 100_000 && side.say('y'.repeat(500)));
    });
    const client = await scene.client();
    const began = performance.now();
    client.say('x'.repeat(100_000));
    await until(() => client.bytes === 500);
    // Twenty bytes may go at once.
    expect(performance.now() - began).toBeGreaterThanOrEqual(475);
    expect(Math.max(...client.chunks.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(500);
    let bytes = 0;
    for (const chunk of client.chunks) {
      bytes += chunk.bytes.length;
      expect(bytes).toBeLessThanOrEqual(chunk.at - began + 21);
    }
  });

  it('gives the rest at once when it is over', async () => {
    const slow: ProxyFault = { kind: 'slow-bytes', atMs: 0, forMs: 800, bytesPerS: 50 };
    await using scene = await under([slow], saying('y'.repeat(10_000)));
    const client = (await scene.client()).say('go');
    await until(() => client.bytes > 0);
    expect(client.bytes).toBeLessThan(100);
    await until(() => client.bytes === 10_000);
  });
});

describe('truncate', () => {
  it.each([
    [0.5, 'abcdefghij', 'abcde'],
    [0, 'abcdefghij', 'a'],
    [1, 'abcdefghij', 'abcdefghi'],
  ])('passes %s of the first piece on, ends, and resets upstream', async (keep, text, kept) => {
    const fault: ProxyFault = { ...always, kind: 'truncate', keep, chance: 1 };
    await using scene = await under([fault], saying(text));
    const [client, server] = await scene.pair();
    client.say('go');
    await until(() => client.ending !== null && server.ending !== null);
    expect([client.text, client.ending, server.ending]).toEqual([kept, 'fin', 'reset']);
    client.socket.end();
    await until(() => client.closed);
  });

  it('hits by chance', async () => {
    const fault: ProxyFault = { ...always, kind: 'truncate', keep: 0.5, chance: 0.5 };
    await using scene = await under([fault], saying('ab'));
    let cut = 0;
    for (let i = 0; i < 40; i++) {
      const client = (await scene.client()).say('go');
      await until(() => client.ending !== null || client.text === 'ab');
      if (client.text === 'a') cut++;
    }
    expect(cut).toBeGreaterThan(4);
    expect(cut).toBeLessThan(36);
  });
});

describe('cut-idle', () => {
  it.each([
    ['reset', 'reset'],
    ['close', 'fin'],
  ] as const)('by %s cuts who waits for too long, and nobody else', async (how, ending) => {
    const onSide = (side: Side): void =>
      void side.socket.on('data', (bytes) => bytes[0] === 97 && side.say('answer'));
    await using scene = await Scene.open([{ ...always, kind: 'cut-idle', idleMs: 150, how }], { onSide });
    const [before, answered, quiet] = [await scene.pair(), await scene.pair(), await scene.pair()];
    before[0].say('waits');
    answered[0].say('a');
    await until(() => before[1].bytes === 5 && answered[0].bytes > 0);
    const start = performance.now();
    await scene.begin('0 began');
    const during = await scene.pair();
    const asked = performance.now();
    during[0].say('waits');
    await until(() => [...before, ...during].every((side) => side.ending !== null));
    expect([...before, ...during].map((side) => side.ending)).toEqual(Array(4).fill(ending));
    expect(before[0].endedAt - start).toBeGreaterThanOrEqual(149);
    expect(during[0].endedAt - asked).toBeGreaterThanOrEqual(149);
    expect([answered[0].ending, quiet[0].ending]).toEqual([null, null]);
    for (const side of [...before, ...during]) side.socket.destroy();
  });
});

import { describe, expect, it } from 'vitest';
import type { ProxyFault } from '../../../../src/world/proxy-fault.ts';
import { quietPort } from '../../../../src/world/real/quiet-port.ts';
import { until } from '../raw.ts';
import type { Side } from './observer.ts';
import { always, clock, Scene, wait } from './scene.ts';

/** Says back what it hears. */
const echo = (side: Side): void => void side.socket.on('data', (bytes) => side.socket.write(bytes));

const restart: ProxyFault = { kind: 'proxy-restart', atMs: 0, forMs: 600 };
const refuse: ProxyFault = { kind: 'refuse', atMs: 0, forMs: 600 };
const halfOpen: ProxyFault = { kind: 'half-open', atMs: 0, forMs: 800 };

/** Both kinds of lane must be as if they were not there. */
const kinds = [
  ['a lane of bytes', [{ ...refuse, atMs: 1e6 }]],
  ['a lane that follows HTTP', [{ ...always, kind: 'proxy-502', chance: 1, atMs: 1e6 }]],
] as const satisfies readonly (readonly [string, readonly ProxyFault[]])[];

describe.each(kinds)('%s, while nothing is wrong', (_, faults) => {
  it('passes bytes on as they are, also those that are no HTTP', async () => {
    await using scene = await Scene.open(faults, { onSide: echo });
    const client = await scene.client();
    const text = `\x16\x03\x01\x00\xff\r\n\r\n${'\x00\xfe'.repeat(40_000)}`;
    client.say(text);
    await until(() => client.bytes >= text.length);
    expect(client.text === text).toBe(true);
  });

  it('passes an end on as an end, and the other half lives on', async () => {
    await using scene = await Scene.open(faults);
    const [client, server] = await scene.pair();
    client.say('GET / HTTP/1.1\r\nHost: x\r\n\r\n').socket.end();
    await until(() => server.ending !== null);
    expect([server.ending, server.text]).toEqual(['fin', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n']);
    server.say('HTTP/1.1 200 OK\r\n\r\nto the close').socket.end();
    await until(() => client.ending !== null);
    expect([client.ending, client.text]).toEqual(['fin', 'HTTP/1.1 200 OK\r\n\r\nto the close']);
    await until(() => client.closed && server.closed);
  });

  it.each(['client', 'server'] as const)('passes a reset of the %s on as a reset', async (who) => {
    await using scene = await Scene.open(faults);
    const [client, server] = await scene.pair();
    client.say('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => server.text !== '');
    const [one, other] = who === 'client' ? [client, server] : [server, client];
    one.socket.resetAndDestroy();
    await until(() => other.closed);
    expect(other.ending).toBe('reset');
  });

  it('resets the client of a server that is not there', async () => {
    const way = { host: '127.0.0.1', port: await quietPort() };
    await using scene = await Scene.open(faults, { way });
    const client = await scene.client();
    await until(() => client.closed);
    expect(client.ending).toBe('reset');
  });

  it('keeps back-pressure: who is not read is not asked for more', async () => {
    await using scene = await Scene.open(faults);
    const [client, server] = await scene.pair();
    client.say('GET / HTTP/1.1\r\nHost: x\r\n\r\n').socket.pause();
    await until(() => server.text !== '');
    const length = 48 * 2 ** 20;
    server.say(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
    server.socket.write(Buffer.alloc(length, 7));
    let last = -1;
    // It comes to a stop by itself.
    while (server.socket.writableLength !== last) {
      last = server.socket.writableLength;
      await wait(200);
    }
    expect(server.socket.writableLength).toBeGreaterThan(2 ** 20);
    client.socket.resume();
    await until(() => client.bytes > length);
  });
});

describe('proxy-restart', () => {
  it('resets both sides of every connection, is not there, and listens on the same port again', async () => {
    await using scene = await Scene.open([restart], { onSide: echo });
    const pairs = [await scene.pair(), await scene.pair()];
    const at = clock.now();
    await scene.begin('0 began');
    await until(() => pairs.flat().every((side) => side.closed));
    expect(pairs.flat().map((side) => side.ending)).toEqual(Array(4).fill('reset'));
    expect((await scene.client()).ending).toBe('refused');
    await scene.heard('0 ended');
    const back = (await scene.client()).say('hello');
    await until(() => back.text === 'hello');
    expect(scene.told[1]!.at - at).toBeGreaterThanOrEqual(600);
  });

  it('is back at once under many knocks, and none of them reaches itself', async () => {
    await using scene = await Scene.open([restart], { onSide: echo });
    scene.proxy.begin(clock.now());
    await scene.heard('0 began');
    let knocks = 0;
    while (scene.told.length < 2) {
      const round = await Promise.all(Array.from({ length: 20 }, () => scene.client()));
      knocks += round.length;
      for (const { socket } of round) expect(socket.localPort).not.toBe(scene.ports[0]);
    }
    expect(knocks).toBeGreaterThan(20);
    expect((await scene.client()).ending).toBeNull();
  });
});

describe('refuse', () => {
  it('lets nobody in, and leaves alone who is', async () => {
    await using scene = await Scene.open([refuse], { onSide: echo });
    const inside = await scene.client();
    await scene.begin('0 began');
    expect((await scene.client()).ending).toBe('refused');
    inside.say('hello');
    await until(() => inside.text === 'hello');
    await scene.heard('0 ended');
    const later = (await scene.client()).say('again');
    await until(() => later.text === 'again');
    expect(inside.ending).toBeNull();
  });

  it('is over only when all faults that shut the door are', async () => {
    const longer = { ...refuse, forMs: 1500 };
    await using scene = await Scene.open([refuse, longer], { onSide: echo });
    await scene.begin('0 ended');
    expect((await scene.client()).ending).toBe('refused');
    await scene.heard('1 ended');
    expect((await scene.client()).ending).toBeNull();
  });
});

describe('connection-reset', () => {
  it('at one instant resets what is open, on both sides, and nothing later', async () => {
    const fault: ProxyFault = { kind: 'connection-reset', atMs: 0, forMs: 0, chance: 1 };
    await using scene = await Scene.open([fault], { onSide: echo });
    const [client, server] = await scene.pair();
    await scene.begin('0 began', '0 ended');
    await until(() => client.closed && server.closed);
    expect([client.ending, server.ending]).toEqual(['reset', 'reset']);
    const later = (await scene.client()).say('fine');
    await until(() => later.text === 'fine');
  });

  it('in its time resets answers that begin by chance, which the seed decides', async () => {
    const fates = async (seed: string): Promise<string> => {
      await using scene = await Scene.open([{ ...always, kind: 'connection-reset', chance: 0.5 }], {
        onSide: echo,
        seed,
      });
      await scene.begin('0 began');
      let seen = '';
      for (let i = 0; i < 24; i++) {
        const client = (await scene.client()).say('a');
        await until(() => client.ending !== null || client.text !== '');
        seen += client.ending === 'reset' ? 'x' : '.';
      }
      return seen;
    };
    const [one, again, other] = [await fates('a'), await fates('a'), await fates('b')];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
    expect(one).toMatch(/x.*\.|\..*x/);
  });
});

describe('half-open', () => {
  it('is silent for ever, though the far side ends or is reset, also for who comes meanwhile', async () => {
    await using scene = await Scene.open([halfOpen], { onSide: echo });
    const [ended, gone, left] = [await scene.pair(), await scene.pair(), await scene.pair()];
    await scene.begin('0 began');
    const late = await scene.client();
    const servers = scene.far.sides.length;
    ended[1].say('unheard').socket.end();
    gone[1].socket.resetAndDestroy();
    left[0].socket.resetAndDestroy();
    late.say('anybody?');
    ended[0].say('unheard');
    await scene.heard('0 ended');
    // Silence has no event; what would break it is done within milliseconds.
    await wait(100);
    expect([ended[0].text, ended[0].ending, ended[1].text]).toEqual(['', null, '']);
    expect([gone[0].ending, left[1].ending, late.text, late.ending]).toEqual([null, null, '', null]);
    expect(scene.far.sides.length).toBe(servers);
    const after = (await scene.client()).say('fine');
    await until(() => after.text === 'fine');
    const done = await scene.close();
    expect(done.open).toBe(0);
    await until(() => [ended[0], gone[0], left[1], late].every((side) => side.ending !== null));
  });
});

describe('several lanes', () => {
  it('meet each its own faults', async () => {
    const lanes = [[0], []];
    await using scene = await Scene.open([restart], { onSide: echo, lanes });
    const [hit, spared] = [await scene.client(0), await scene.client(1)];
    expect(new Set(scene.ports).size).toBe(2);
    await scene.begin('0 began');
    await until(() => hit.closed);
    expect((await scene.client(0)).ending).toBe('refused');
    spared.say('hello');
    await until(() => spared.text === 'hello');
    expect((await scene.client(1)).ending).toBeNull();
  });
});

describe('a proxy that is full', () => {
  it('says so, with the number, once', async () => {
    await using scene = await Scene.open([], { onSide: echo, lanes: [[]], most: 5 });
    for (let i = 0; i < 4; i++) await scene.client();
    await until(() => scene.failures.length > 0);
    await until(() => scene.clients[3]!.closed);
    const text = "the fault proxy would need more than its 5 sockets (two for each client's connection)";
    expect(scene.failures).toEqual([`EMFILE: ${text}`]);
  });
});

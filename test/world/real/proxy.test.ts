import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../src/world/real/clock.ts';
import { type RelayBehaviour, startRelay } from '../../../src/world/real/proxy.ts';
import { type Cut, isCut, type RawAnswer } from '../../../src/world/real/raw/answer.ts';
import { RawConnection } from '../../../src/world/real/raw/connection.ts';
import { Transcript } from '../../../src/world/real/raw/transcript.ts';
import { until } from './raw.ts';
import { answer, type Heard, type Script, ScriptServer } from './script.ts';

const clock = monotonicClock();
const get = (path = '/a', more = ''): string => `GET ${path} HTTP/1.1\r\nHost: relay\r\n${more}\r\n`;

/** A relay before a server that says what the script says, and clients of the relay. */
async function between(behaviour: RelayBehaviour, script: Script) {
  const server = await ScriptServer.start(script);
  const relay = await startRelay({ origin: server.origin, tls: {} }, behaviour);
  const transcript = new Transcript();
  const clients: RawConnection[] = [];
  return {
    server,
    relay,
    async client(): Promise<RawConnection> {
      const client = await RawConnection.open({ origin: relay.origin, tls: {} }, { clock, transcript });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.reset();
      await relay.close();
      expect(relay.upstreamOpen).toBe(0);
      await server[Symbol.asyncDispose]();
    },
  };
}

function whole(given: RawAnswer | Cut | undefined): RawAnswer {
  if (given === undefined || isCut(given)) throw new Error(`no answer: ${JSON.stringify(given)}`);
  return given;
}

/** The sizes of the chunks of a chunked answer. */
function chunkSizes(wire: string): number[] {
  const sizes: number[] = [];
  for (let at = wire.indexOf('\r\n\r\n') + 4; at < wire.length; ) {
    const size = Number.parseInt(wire.slice(at), 16);
    sizes.push(size);
    at += size.toString(16).length + 2 + size + 2;
  }
  return sizes;
}

const kinds: RelayBehaviour[] = [
  { kind: 'pass' },
  { kind: 'rechunk', bytes: 3 },
  { kind: 'buffer' },
  { kind: 'timeout', afterMs: 30_000 },
  { kind: 'shared' },
];

describe('any relay', () => {
  it.each(kinds)('$kind: passes requests and answers on whole', async (behaviour) => {
    await using scene = await between(behaviour, (heard) => {
      const status = heard.target === '/gone' ? '410 Gone for Good' : '200 OK';
      heard.say(
        answer(heard.method === 'HEAD' ? '' : `<${heard.body}>`, `HTTP/1.1 ${status}`, ['X-A: 1', 'X-A: 2']),
      );
    });
    const client = await scene.client();
    const post = 'POST /b?c=%20 HTTP/1.1\r\nHost: relay\r\nX-Token: t\r\nContent-Length: 5\r\n\r\nh\xe4llo';
    const posted = whole(await client.request(Buffer.from(post, 'latin1'), 'POST').answer);
    expect([posted.status, posted.text]).toEqual([200, '<hällo>']);
    expect(posted.headers['x-a']).toEqual(['1', '2']);
    expect(posted.headers).not.toHaveProperty('date');
    expect(scene.server.heard[0]).toMatchObject({ method: 'POST', target: '/b?c=%20', body: 'h\xe4llo' });
    expect(scene.server.heard[0]!.headers.get('x-token')).toBe('t');
    const gone = whole(await client.request(get('/gone'), 'GET').answer);
    expect([gone.status, gone.reason, gone.text]).toEqual([410, 'Gone for Good', '<>']);
    const head = whole(await client.request(get().replace('GET', 'HEAD'), 'HEAD').answer);
    expect([head.status, head.framing]).toEqual([200, 'none']);
    expect(client.violations).toEqual([]);
    expect(client.ending()).toBe('kept-alive');
  });

  it.each(kinds)('$kind: lets the server know when the client goes', async (behaviour) => {
    await using scene = await between(behaviour, () => {});
    const client = await scene.client();
    const held = client.request(get(), 'GET');
    await until(() => scene.server.heard.length === 1);
    expect(scene.relay.upstreamOpen).toBe(1);
    client.reset();
    await until(() => scene.server.open.size === 0);
    await until(() => scene.relay.upstreamOpen === 0);
    expect(await held.answer).toMatchObject({ cut: 'closed' });
  });

  it.each(kinds)('$kind: an answer that is cut stays cut', async (behaviour) => {
    await using scene = await between(behaviour, (heard) =>
      heard.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'),
    );
    const got = await (await scene.client()).request(get(), 'GET').answer;
    if (behaviour.kind === 'buffer') expect(got).toMatchObject({ status: 502 });
    else expect(got).toMatchObject({ cut: 'fin', status: 200 });
  });

  it.each(kinds)('$kind: tells nobody anything once it is stalled', async (behaviour) => {
    await using scene = await between(behaviour, (heard) => {
      if (heard.target !== '/held') heard.say(answer('ok'));
    });
    const [held, gone] = [await scene.client(), await scene.client()];
    const exchange = held.request(get('/held'), 'GET');
    await until(() => scene.server.heard.length === 1);
    const open = scene.relay.upstreamOpen;
    scene.relay.stall();
    scene.server.heard[0]!.say(answer('too late'));
    gone.request(get(), 'GET');
    gone.reset();
    held.fin();
    const late = await scene.client();
    const unheard = late.request(get(), 'GET');
    expect(await exchange.within(150)).toBeUndefined();
    expect([exchange.state, held.isClosed, unheard.state]).toEqual(['silent', false, 'silent']);
    expect(scene.server.heard).toHaveLength(1);
    expect([scene.server.open.size, scene.relay.upstreamOpen]).toEqual([open, open]);
    await scene.relay.close();
    await held.closed;
    await until(() => scene.server.open.size === 0);
  });

  it.each(kinds)('$kind: ends at once on close, and listens no more', async (behaviour) => {
    await using scene = await between(behaviour, () => {});
    const client = await scene.client();
    const exchange = client.request(get(), 'GET');
    await until(() => scene.server.heard.length === 1);
    await scene.relay.close();
    expect(isCut((await exchange.answer) as Cut)).toBe(true);
    await until(() => scene.server.open.size === 0);
    await expect(scene.client()).rejects.toThrow('connection refused');
  });
});

describe('a passing relay', () => {
  it('is transparent to the byte, also for what is no HTTP, and to ends of one side', async () => {
    let heard = '';
    const server = createServer({ allowHalfOpen: true }, (far) => {
      far.setEncoding('latin1').on('data', (piece: string) => {
        heard += piece;
      });
      far.on('end', () => far.end('after your end'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const relay = await startRelay({ origin, tls: {} }, { kind: 'pass' });
    const socket = connect({ port: Number(new URL(relay.origin).port), allowHalfOpen: true });
    socket.end(Buffer.from('\0\xff\r\n', 'latin1'));
    const [bytes] = await once(socket, 'data');
    expect([heard, String(bytes)]).toEqual(['\0\xff\r\n', 'after your end']);
    await once(socket, 'close');
    await until(() => relay.upstreamOpen === 0);
    await relay.close();
    server.close();
  });

  it('does not tell of a reset after it is stalled, even one that it notices itself', async () => {
    await using scene = await between({ kind: 'pass' }, () => {});
    const client = await scene.client();
    await until(() => scene.server.open.size === 1);
    const [far] = scene.server.open;
    far!.pause();
    client.write(new Uint8Array(48 * 2 ** 20));
    // Until nothing moves any more, the relay has bytes that it cannot get rid of.
    for (let before = -1; before !== client.unsentBytes || before === 0; ) {
      before = client.unsentBytes;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    scene.relay.stall();
    far!.resetAndDestroy();
    await until(() => scene.relay.upstreamOpen === 0);
    const exchange = client.expect('GET');
    expect(await exchange.within(100)).toBeUndefined();
    expect(client.isClosed).toBe(false);
  });

  it('passes a reset on', async () => {
    await using scene = await between({ kind: 'pass' }, (heard) => heard.socket.resetAndDestroy());
    const client = await scene.client();
    expect(await client.request(get(), 'GET').answer).toMatchObject({ cut: 'rst' });
    expect(client.ending()).toBe('rst-before-complete');
  });

  it('resets a client whose target cannot be reached', async () => {
    const server = await ScriptServer.start(() => {});
    const { origin } = server;
    await server[Symbol.asyncDispose]();
    const relay = await startRelay({ origin, tls: {} }, { kind: 'pass' });
    const client = await RawConnection.open(
      { origin: relay.origin, tls: {} },
      { clock, transcript: new Transcript() },
    );
    expect(await client.closed).toBe('rst');
    await relay.close();
  });
});

describe('a relay that cuts answers into chunks', () => {
  it.each([1, 7, 1000])('of %i', async (bytes) => {
    const body = 'ä\r\n0\r\n\r\n'.repeat(50);
    await using scene = await between({ kind: 'rechunk', bytes }, (heard) => {
      const all = answer(body);
      heard.say(all.subarray(0, 100));
      setImmediate(() => heard.say(all.subarray(100)));
    });
    const transcript = new Transcript();
    const client = await RawConnection.open({ origin: scene.relay.origin, tls: {} }, { clock, transcript });
    const got = whole(await client.request(get(), 'GET').answer);
    client.reset();
    expect([got.text, got.framing, got.violations]).toEqual([body, 'chunked', []]);
    const wire = transcript
      .entries()
      .filter(({ direction }) => direction === '<')
      .map((entry) => entry.bytes)
      .join('');
    const length = Buffer.byteLength(body);
    const full = Array.from({ length: Math.floor(length / bytes) }, () => bytes);
    expect(chunkSizes(wire)).toEqual([...full, ...(length % bytes > 0 ? [length % bytes] : []), 0]);
  });

  it('passes on what has come before the rest has', async () => {
    let heard: Heard | undefined;
    await using scene = await between({ kind: 'rechunk', bytes: 2 }, (it) => {
      heard = it;
      it.say('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n');
    });
    const exchange = (await scene.client()).request(get(), 'GET');
    await until(() => exchange.state === 'body');
    const head = exchange.bytesSoFar;
    heard!.say('abc');
    await until(() => exchange.bytesSoFar > head);
    heard!.say('def');
    expect(whole(await exchange.answer).text).toBe('abcdef');
  });
});

describe('a buffering relay', () => {
  it('shows nothing of an answer before it is whole', async () => {
    let heard: Heard | undefined;
    await using scene = await between({ kind: 'buffer' }, (it) => {
      heard = it;
      it.say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    });
    const exchange = (await scene.client()).request(get(), 'GET');
    await until(() => heard !== undefined);
    expect(await exchange.within(100)).toBeUndefined();
    expect(exchange.state).toBe('silent');
    heard!.say('0\r\n\r\n');
    expect(whole(await exchange.answer)).toMatchObject({ text: 'abc', framing: 'length', violations: [] });
  });
});

describe('an impatient relay', () => {
  it('answers 504 when its time is over, and leaves the target', async () => {
    await using scene = await between({ kind: 'timeout', afterMs: 100 }, (heard) => {
      if (heard.target === '/quick') heard.say(answer('ok'));
    });
    const client = await scene.client();
    const exchange = client.request(get(), 'GET');
    const got = whole(await exchange.answer);
    expect(got).toMatchObject({ status: 504, text: '', violations: [] });
    expect(got.at - exchange.sentAt).toBeGreaterThan(98);
    await until(() => scene.server.open.size === 0);
    expect(scene.relay.upstreamOpen).toBe(0);
    expect(whole(await client.request(get('/quick'), 'GET').answer).text).toBe('ok');
  });
});

describe('a relay with one upstream connection', () => {
  it('sends the requests of all over it, in turn', async () => {
    await using scene = await between({ kind: 'shared' }, (heard) => {
      if (heard.target !== '/0') heard.say(answer(heard.target));
    });
    const clients = [];
    for (let i = 0; i < 4; i++) clients.push(await scene.client());
    const first = clients[0]!.request(get('/0'), 'GET');
    await until(() => scene.server.heard.length === 1);
    const others = [];
    for (let i = 1; i < 4; i++) others.push(clients[i]!.request(get(`/${i}`), 'GET'));
    expect(await others[0]!.within(100)).toBeUndefined();
    expect(scene.server.heard).toHaveLength(1);
    scene.server.heard[0]!.say(answer('/0'));
    expect(whole(await first.answer).text).toBe('/0');
    for (const [i, other] of others.entries()) expect(whole(await other.answer).text).toBe(`/${i + 1}`);
    expect([scene.server.connections, scene.relay.upstreamOpen]).toEqual([1, 1]);
  });

  it('asks anew when the target closed the connection just then', async () => {
    await using scene = await between({ kind: 'shared' }, (heard, n) => {
      if (n === 1) heard.socket.resetAndDestroy();
      else heard.say(answer(`${n}`));
    });
    const client = await scene.client();
    expect(whole(await client.request(get(), 'GET').answer).text).toBe('0');
    expect(whole(await client.request(get(), 'GET').answer).text).toBe('2');
    expect(scene.server.connections).toBe(2);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../src/world/real/clock.ts';
import { type RelayBehaviour, startRelay } from '../../../src/world/real/proxy.ts';
import { RawConnection } from '../../../src/world/real/raw/connection.ts';
import { Transcript } from '../../../src/world/real/raw/transcript.ts';
import { until } from './raw.ts';
import { answer, ScriptServer } from './script.ts';

const clock = monotonicClock();
const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const folder = mkdtempSync(join(tmpdir(), 'pollmark-tls-'));
const open = new Set<Socket>();
let server: Server;
let ca = '';
let origin = '';
/** What the server does with each request; set by each test. */
let script: (stream: TLSSocket) => void = () => {};
let tcpOf: (stream: TLSSocket) => Socket;

beforeAll(async () => {
  const subject = ['-subj', '/CN=pollmark test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-nodes', '-days', '2', ...files, ...subject], {
    stdio: 'ignore',
  });
  ca = readFileSync(join(folder, 'cert.pem'), 'utf8');
  const key = readFileSync(join(folder, 'key.pem'));
  const byPort = new Map<number, Socket>();
  server = createServer({ key, cert: ca }, (stream) => {
    stream.on('error', () => {}).on('data', () => script(stream));
  });
  server.on('connection', (tcp: Socket) => {
    open.add(tcp);
    byPort.set(tcp.remotePort!, tcp);
    tcp.on('error', () => {}).on('close', () => open.delete(tcp));
  });
  server.on('tlsClientError', () => {});
  tcpOf = (stream) => byPort.get(stream.remotePort!)!;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => until(() => open.size === 0));
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const dial = (at = origin): Promise<RawConnection> =>
  RawConnection.open({ origin: at, tls: { ca } }, { clock, transcript: new Transcript() });

describe('a raw connection over TLS', () => {
  it('can be reset at any moment: the process lives on', async () => {
    script = (stream) => stream.write(answer('hello'));
    for (const write of [
      () => {},
      (connection: RawConnection) => connection.write(get),
      (connection: RawConnection) => connection.write(Buffer.alloc(2 ** 22)),
      (connection: RawConnection) => connection.fin(),
    ]) {
      const connection = await dial();
      write(connection);
      connection.reset();
      expect(connection.isClosed).toBe(true);
    }
    const connection = await dial();
    await connection.request(get, 'GET').answer;
    connection.reset();
    await until(() => open.size === 0);
  });

  it('tells when the kernel has taken what was written, a little of it or much', async () => {
    script = () => {};
    const connection = await dial();
    for (const bytes of ['P', 'O', Buffer.alloc(2 ** 20, 'x')]) {
      connection.write(bytes);
      await connection.flushed();
      expect(connection.unsentBytes).toBe(0);
    }
    connection.write(Buffer.alloc(2 ** 20, 'x'));
    const flushed = connection.flushed();
    connection.reset();
    await flushed;
  });

  it('speaks, and is dropped without a trace', async () => {
    script = (stream) => stream.write(answer('hello'));
    const connection = await dial();
    const exchange = connection.request(get, 'GET');
    expect(await exchange.answer).toMatchObject({ status: 200, text: 'hello', violations: [] });
    expect(connection.localPort).toBeGreaterThan(0);
    expect(connection.ending()).toBe('kept-alive');
    connection.reset();
    expect([connection.isClosed, connection.ending()]).toEqual([true, 'kept-alive']);
  });

  it('sees the server end it', async () => {
    script = (stream) => stream.end(answer('hello'));
    const connection = await dial();
    expect(await connection.request(get, 'GET').answer).toMatchObject({ status: 200 });
    expect(await connection.closed).toBe('fin');
    expect(connection.ending()).toBe('fin');
  });

  it('sees the server reset it', async () => {
    script = (stream) => tcpOf(stream).resetAndDestroy();
    const connection = await dial();
    expect(await connection.request(get, 'GET').answer).toMatchObject({ cut: 'rst' });
    expect(connection.ending()).toBe('rst-before-complete');
  });

  it('ends its half', async () => {
    let heard = false;
    script = (stream) => {
      stream.on('end', () => {
        heard = true;
        stream.end(answer('hello'));
      });
    };
    const connection = await dial();
    const exchange = connection.request(get, 'GET');
    connection.fin();
    expect(await exchange.answer).toMatchObject({ status: 200, text: 'hello' });
    expect(await connection.closed).toBe('fin');
    expect(heard).toBe(true);
  });

  it('stops reading', async () => {
    script = (stream) => stream.write(answer('hello'));
    const connection = await dial();
    connection.pause();
    const exchange = connection.request(get, 'GET');
    expect(await exchange.within(100)).toBeUndefined();
    expect(exchange.state).toBe('silent');
    connection.resume();
    expect(await exchange.answer).toMatchObject({ status: 200 });
    connection.reset();
  });

  it('says in plain words why it cannot be made', async () => {
    const options = { clock, transcript: new Transcript() };
    const opened = RawConnection.open({ origin, tls: {} }, options);
    await expect(opened).rejects.toThrow(new Error('its certificate is self-signed'));
    const plain = await ScriptServer.start((heard) => heard.say(answer('plain')));
    const wrong = RawConnection.open({ origin: plain.origin.replace('http', 'https'), tls: { ca } }, options);
    await until(() => plain.open.size > 0);
    for (const socket of plain.open) socket.write('220 hello\r\n');
    await expect(wrong).rejects.toThrow(new Error('it does not speak TLS'));
    await plain[Symbol.asyncDispose]();
  });

  it('need not trust anybody when told so', async () => {
    script = (stream) => stream.write(answer('hello'));
    const connection = await RawConnection.open(
      { origin, tls: { insecure: true } },
      { clock, transcript: new Transcript() },
    );
    expect(await connection.request(get, 'GET').answer).toMatchObject({ status: 200 });
    connection.reset();
  });
});

describe('a relay before an https target', () => {
  const kinds: RelayBehaviour[] = [
    { kind: 'pass' },
    { kind: 'rechunk', bytes: 2 },
    { kind: 'buffer' },
    { kind: 'timeout', afterMs: 30_000 },
    { kind: 'shared' },
  ];

  it.each(kinds)('$kind', async (behaviour) => {
    script = (stream) => stream.write(answer('hello'));
    const relay = await startRelay({ origin, tls: { ca } }, behaviour);
    expect(new URL(relay.origin).protocol).toBe(behaviour.kind === 'pass' ? 'https:' : 'http:');
    const connection = await dial(relay.origin);
    expect(await connection.request(get, 'GET').answer).toMatchObject({ status: 200, text: 'hello' });
    connection.reset();
    await relay.close();
  });

  it('answers 502 when it does not trust the target', async () => {
    const relay = await startRelay({ origin, tls: {} }, { kind: 'buffer' });
    const connection = await dial(relay.origin);
    expect(await connection.request(get, 'GET').answer).toMatchObject({ status: 502 });
    connection.reset();
    await relay.close();
  });
});

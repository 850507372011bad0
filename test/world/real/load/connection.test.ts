import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Connections } from '../../../../src/world/real/load/connection.ts';
import { exchange } from '../../../../src/world/real/load/exchange.ts';
import { until } from '../raw.ts';
import { answer, type Script, ScriptServer } from '../script.ts';

class Bench implements AsyncDisposable {
  readonly server: ScriptServer;
  readonly connections: Connections;
  opened = 0;
  closed = 0;

  private constructor(server: ScriptServer, keepAliveMs: number) {
    this.server = server;
    this.connections = new Connections(
      { keepAliveMs, tls: {} },
      { opened: () => void this.opened++, closed: () => void this.closed++ },
    );
  }

  static async start(script: Script, keepAliveMs = 60_000): Promise<Bench> {
    return new Bench(await ScriptServer.start(script), keepAliveMs);
  }

  /** The text of the answer, or why there was none. */
  ask(body?: string, origin = this.server.origin): Promise<string> {
    return new Promise((resolve) => {
      exchange(
        this.connections.route,
        origin,
        { method: body === undefined ? 'GET' : 'POST', path: '/x', headers: { a: 'b' }, body },
        { ended: ({ text }) => resolve(text), broke: (reason) => resolve(`broke: ${reason}`) },
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connections.reset();
    await this.server[Symbol.asyncDispose]();
  }
}

describe('the connections of a client', () => {
  it('can be asked again by whoever hears that there is none, then and there', async () => {
    const bench = await Bench.start(({ say }) => say(answer('a')));
    const { origin } = bench.server;
    await bench[Symbol.asyncDispose]();
    const reasons: string[] = [];
    await new Promise<void>((resolve) => {
      const again = (): void => {
        exchange(
          bench.connections.route,
          origin,
          { method: 'GET', path: '/x', headers: {}, body: undefined },
          {
            ended: () => resolve(),
            broke: (reason) => {
              reasons.push(reason);
              if (reasons.length < 50) again();
              else resolve();
            },
          },
        );
      };
      again();
    });
    expect(reasons).toEqual(Array.from({ length: 50 }, () => 'ECONNREFUSED'));
  });

  it('are one, kept and used again', async () => {
    await using bench = await Bench.start(({ say }) => say(answer('a')));
    for (let i = 0; i < 5; i++) expect(await bench.ask()).toBe('a');
    expect([bench.opened, bench.closed, bench.server.connections]).toEqual([1, 0, 1]);
  });

  it('are one for each origin', async () => {
    await using bench = await Bench.start(({ say }) => say(answer('a')));
    await using other = await ScriptServer.start(({ say }) => say(answer('other')));
    expect([await bench.ask(), await bench.ask(undefined, other.origin), await bench.ask()]).toEqual([
      'a',
      'other',
      'a',
    ]);
    expect([bench.opened, bench.server.connections, other.connections]).toEqual([2, 1, 1]);
    bench.connections.reset();
    await until(() => bench.closed === 2);
  });

  it('are counted when the server closes them, and made anew', async () => {
    await using bench = await Bench.start(({ say, socket }) => {
      say(answer('a', undefined, ['Connection: close']));
      socket.end();
    });
    for (let i = 1; i <= 3; i++) {
      expect(await bench.ask()).toBe('a');
      await until(() => bench.closed === i);
      expect(bench.opened).toBe(i);
    }
  });

  it('end when they were idle for as long as they are kept', async () => {
    await using bench = await Bench.start(({ say }) => say(answer('a')), 50);
    await bench.ask();
    await until(() => bench.closed === 1 && bench.server.open.size === 0);
    expect(await bench.ask()).toBe('a');
    expect([bench.opened, bench.server.connections]).toEqual([2, 2]);
  });

  it('that cannot be made are not counted', async () => {
    await using bench = await Bench.start(() => {});
    expect(await bench.ask(undefined, 'http://127.0.0.1:1')).toBe('broke: ECONNREFUSED');
    expect([bench.opened, bench.closed]).toEqual([0, 0]);
    expect(bench.connections.takeBytes()).toEqual({ bytesIn: 0, bytesOut: 0 });
  });
});

describe('the bytes of a client', () => {
  it('are what the server saw and sent, to the byte, and each is taken once', async () => {
    await using bench = await Bench.start(({ say, target }, n) => {
      if (n === 1) say('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      if (n === 2) say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n\r\n');
      else say(answer(`${target}${'ü'.repeat(50_000)}`));
    });
    const { server, connections } = bench;
    let [lastIn, lastOut] = [0, 0];
    for (let i = 0; i < 4; i++) {
      await bench.ask(i === 3 ? 'ä'.repeat(30_000) : undefined);
      expect(connections.takeBytes()).toEqual({
        bytesIn: server.bytesOut - lastOut,
        bytesOut: server.bytesIn - lastIn,
      });
      [lastIn, lastOut] = [server.bytesIn, server.bytesOut];
    }
    expect(connections.takeBytes()).toEqual({ bytesIn: 0, bytesOut: 0 });
  });

  it('of connections that are gone count too', async () => {
    await using bench = await Bench.start(({ say, socket }, n) => {
      say(answer(`${n}`, undefined, ['Connection: close']));
      socket.end();
    });
    for (let i = 0; i < 3; i++) await bench.ask();
    await until(() => bench.closed === 3);
    expect(bench.connections.takeBytes()).toEqual({
      bytesIn: bench.server.bytesOut,
      bytesOut: bench.server.bytesIn,
    });
  });

  it('of an answer that broke off are those that came', async () => {
    await using bench = await Bench.start(({ say, socket }) => {
      say('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
      socket.end();
    });
    expect(await bench.ask()).toBe('broke: truncated');
    await until(() => bench.closed === 1);
    const { bytesIn, bytesOut } = bench.connections.takeBytes();
    expect([bytesIn, bytesOut]).toEqual([bench.server.bytesOut, bench.server.bytesIn]);
  });
});

describe.skipIf(process.platform !== 'linux')('reset', () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;

  it('leaves no socket: neither one that is held nor one that is idle', async () => {
    await using bench = await Bench.start(({ say }, n) => n === 0 && say(answer('a')));
    await using other = await ScriptServer.start(() => {});
    const before = descriptors();
    await bench.ask();
    void bench.ask(undefined, other.origin);
    await until(() => other.heard.length === 1);
    expect(bench.opened).toBe(2);
    bench.connections.reset();
    await until(() => bench.server.open.size + other.open.size === 0 && descriptors() <= before);
    expect(bench.closed).toBe(2);
  });

  it('ends a connection that is still being made', async () => {
    await using bench = await Bench.start(() => {});
    const before = descriptors();
    void bench.ask();
    bench.connections.reset();
    await until(() => bench.server.open.size === 0 && descriptors() <= before);
    expect(bench.closed).toBe(bench.opened);
  });

  it('may be followed by the next request', async () => {
    await using bench = await Bench.start(({ say }, n) => n > 0 && say(answer('again')));
    void bench.ask();
    await until(() => bench.server.heard.length === 1);
    bench.connections.reset();
    expect(await bench.ask()).toBe('again');
    expect(bench.server.connections).toBe(2);
    await until(() => bench.closed === 1);
  });
});

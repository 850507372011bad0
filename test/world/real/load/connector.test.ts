import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connections } from '../../../../src/world/real/load/connection.ts';
import { withoutSelf } from '../../../../src/world/real/load/connector.ts';
import { exchange } from '../../../../src/world/real/load/exchange.ts';
import { until } from '../raw.ts';
import { answer, ScriptServer } from '../script.ts';
import { news, Play, text } from './play.ts';

const nobody = { opened() {}, closed() {} };

function ask(connections: Connections, origin: string): Promise<string> {
  return new Promise((resolve) => {
    const request = { method: 'GET', path: '/x', headers: {}, body: undefined };
    exchange(connections.route, origin, request, {
      ended: ({ text: said }) => resolve(said),
      broke: (reason) => resolve(`broke: ${reason}`),
    });
  });
}

describe('a detour', () => {
  it('is taken to the target alone; what is said there names the target', async () => {
    await using stand = await ScriptServer.start(({ say }) => say(answer('stand-in')));
    await using other = await ScriptServer.start(({ say }) => say(answer('other')));
    const detour = { origin: 'http://pollmark.invalid:81', host: '127.0.0.1', port: stand.port };
    const connections = new Connections({ keepAliveMs: 1000, tls: {}, detour }, nobody);
    expect(await ask(connections, 'http://pollmark.invalid:81')).toBe('stand-in');
    expect(await ask(connections, 'http://pollmark.invalid:81/')).toBe('stand-in');
    expect(stand.heard[0]!.headers.get('host')).toBe('pollmark.invalid:81');
    expect(await ask(connections, other.origin)).toBe('other');
    expect(await ask(connections, 'http://pollmark.invalid:82')).toMatch(/^broke: (ENOTFOUND|EAI_AGAIN)$/);
    connections.reset();
  });

  it('is not taken by a redirection to another origin', async () => {
    await using other = await ScriptServer.start(({ say }) => say(answer('other')));
    await using stand = await ScriptServer.start(({ say }, n) =>
      say(answer('', 'HTTP/1.1 302 Found', [`Location: ${n === 0 ? '/y' : `${other.origin}/z`}`])),
    );
    const detour = { origin: 'http://pollmark.invalid', host: '127.0.0.1', port: stand.port };
    const connections = new Connections({ keepAliveMs: 1000, tls: {}, detour }, nobody);
    expect(await ask(connections, 'http://pollmark.invalid')).toBe('other');
    expect(stand.heard.map(({ target }) => target)).toEqual(['/x', '/y']);
    connections.reset();
  });

  it('is what all polls of a client take', async () => {
    await using stand = await ScriptServer.start(({ say }, n) => say(news(n + 1, text(n))));
    await using play = await Play.start(() => {}, { dial: { host: '127.0.0.1', port: stand.port } });
    await until(() => play.handed.length >= 3);
    play.stop();
    expect(play.server.connections).toBe(0);
    expect(stand.heard[0]!.headers.get('host')).toBe(`127.0.0.1:${play.server.port}`);
  });
});

describe('a detour over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pollmark-detour-'));
  let server: Server;
  let ca = '';
  const names: (string | false)[] = [];

  beforeAll(async () => {
    // For a name and an address that lead nowhere.
    const subjects = 'subjectAltName=DNS:shop.invalid,IP:192.0.2.7';
    const subject = ['-subj', '/CN=pollmark test', '-addext', subjects];
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-nodes', '-days', '2', ...files, ...subject], {
      stdio: 'ignore',
    });
    ca = readFileSync(join(folder, 'cert.pem'), 'utf8');
    server = createServer({ key: readFileSync(join(folder, 'key.pem')), cert: ca }, (stream: TLSSocket) => {
      names.push((stream as TLSSocket & { servername: string | false }).servername);
      stream.on('error', () => {}).on('data', () => stream.write(answer('secret')));
    });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['https://shop.invalid', 'secret', 'shop.invalid'],
    ['https://192.0.2.7:444', 'secret', false],
    ['https://other.invalid', 'broke: ERR_TLS_CERT_ALTNAME_INVALID', undefined],
    ['https://192.0.2.8', 'broke: ERR_TLS_CERT_ALTNAME_INVALID', undefined],
  ])('checks the certificate for %s', async (origin, said, name) => {
    const { port } = server.address() as AddressInfo;
    const detour = { origin, host: '127.0.0.1', port };
    const connections = new Connections({ keepAliveMs: 1000, tls: { ca }, detour }, nobody);
    names.length = 0;
    expect(await ask(connections, origin)).toBe(said);
    if (name !== undefined) expect(names).toEqual([name]);
    connections.reset();
  });
});

describe('a connection with oneself', () => {
  it('is refused, and the port is free at once', async () => {
    await using passing = await ScriptServer.start(() => {});
    const { port } = passing;
    await passing[Symbol.asyncDispose]();
    const build = withoutSelf((_, callback) => {
      const socket = connect({ port, host: '127.0.0.1', localPort: port, localAddress: '127.0.0.1' });
      socket.on('error', () => {}).on('connect', () => callback(null, socket));
    });
    const wanted = { hostname: '127.0.0.1', protocol: 'http:', port: String(port) };
    const outcome = await new Promise<unknown[]>((resolve) =>
      build(wanted, (...said: unknown[]) => resolve(said)),
    );
    expect(outcome).toMatchObject([{ code: 'ECONNREFUSED' }, null]);
  });

  it('is no connection with another port of the same address', async () => {
    await using there = await ScriptServer.start(({ say }) => say(answer('there')));
    const connections = new Connections({ keepAliveMs: 1000, tls: {} }, nobody);
    expect(await ask(connections, there.origin)).toBe('there');
    connections.reset();
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProxyFault } from '../../../../src/world/proxy-fault.ts';
import type { FaultProxySpec, ProxyOrder, ProxyReport } from '../../../../src/world/real/proxy/fault.ts';
import { Child } from '../../../../src/world/real/stage/child.ts';
import { until } from '../raw.ts';
import { FarSide, Side } from './observer.ts';
import { always, clock } from './scene.ts';

const children: Child<ProxyOrder, ProxyReport>[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.end()));
});

async function start(port: number, faults: readonly ProxyFault[], more: Partial<FaultProxySpec> = {}) {
  const child = new Child<ProxyOrder, ProxyReport>('the fault proxy', 'proxy/fault-proxy-process');
  children.push(child);
  const reports: ProxyReport[] = [];
  child.listen((report) => void reports.push(report));
  await child.next('ready');
  const spec: FaultProxySpec = {
    clock: `${clock.originNs}`,
    way: { host: '127.0.0.1', port },
    secure: false,
    lanes: [faults.map((_, i) => i), []],
    faults,
    seed: 'a',
    ...more,
  };
  const listening = child.next('listening');
  child.send({ type: 'proxy', spec });
  return { child, reports, listening };
}

const echo = (side: Side): void => void side.socket.on('data', (bytes) => side.socket.write(bytes));

describe('the process of the fault proxy', () => {
  it('obeys: ports in the order of the lanes, faults at their instants, and a last word', async () => {
    await using far = await FarSide.start(echo);
    const faults: ProxyFault[] = [
      { atMs: 100, forMs: 0, kind: 'connection-reset', chance: 1 },
      { atMs: 200, forMs: 50, kind: 'refuse' },
      { ...always, kind: 'half-open', atMs: 400 },
    ];
    const { child, reports, listening } = await start(far.port, faults);
    const { ports } = await listening;
    expect(ports).toHaveLength(2);
    const [hit, spared] = [await Side.open(ports[0]!), await Side.open(ports[1]!)];
    process.kill(child.pid, 'SIGINT');
    const at = clock.now() + 20;
    child.send({ type: 'begin', at });
    await until(() => reports.filter(({ type }) => type === 'fault').length === 5);
    expect(hit.ending).toBe('reset');
    const told = reports.flatMap((report) => (report.type === 'fault' ? [report] : []));
    expect(told.map(({ fault, phase }) => `${fault} ${phase}`)).toEqual([
      '0 began',
      '0 ended',
      '1 began',
      '1 ended',
      '2 began',
    ]);
    const due = [100, 100, 200, 250, 400];
    for (const [i, report] of told.entries()) expect(report.at).toBeGreaterThanOrEqual(at + due[i]!);
    spared.say('hello');
    await until(() => spared.text === 'hello');
    const done = child.next('done');
    child.send({ type: 'stop' });
    expect(await done).toMatchObject({ failure: null, open: 0, error: { chunks: 2 } });
    await until(() => spared.ending !== null && far.sides.every(({ ending }) => ending !== null));
    await child.end();
    expect(await child.ended).toMatchObject({ code: 0, signal: null });
    spared.socket.destroy();
  });

  it('says failed for a fault that cannot be, and ends', async () => {
    const faults: ProxyFault[] = [{ ...always, kind: 'proxy-504', afterMs: 1, chance: 1 }];
    const { child, listening } = await start(9, faults, { secure: true });
    await expect(listening).rejects.toThrow('proxy-504 speaks HTTP, and cannot be put into TLS');
    expect(await child.ended).toMatchObject({ code: 1 });
  });

  it('passes TLS, and does to it what needs no reading', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollmark-proxy-'));
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=x'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...files], { stdio: 'ignore' });
    const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, `${name}.pem`)));
    rmSync(folder, { recursive: true });
    const server = createTls({ key: key!, cert: cert! }, (stream) => {
      stream.on('error', () => {}).on('data', (bytes) => stream.write(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const latency: ProxyFault = { ...always, kind: 'add-latency', oneWayMs: 30, jitterMs: 0 };
    const reset: ProxyFault = { atMs: 600, forMs: 0, kind: 'connection-reset', chance: 1 };
    const way = (server.address() as AddressInfo).port;
    const { child, listening } = await start(way, [latency, reset], { secure: true });
    const { ports } = await listening;
    child.send({ type: 'begin', at: clock.now() });
    await child.next('fault');
    const client = connectTls({ port: ports[0]!, host: '127.0.0.1', rejectUnauthorized: false });
    const broke = new Promise<string>((resolve) => client.on('error', ({ message }) => resolve(message)));
    await new Promise((resolve) => client.once('secureConnect', resolve));
    const asked = performance.now();
    client.write('secret');
    const got = await new Promise((resolve) => client.once('data', (bytes) => resolve(`${bytes}`)));
    expect([got, performance.now() - asked >= 59]).toEqual(['secret', true]);
    expect(await broke).toContain('ECONNRESET');
    server.close();
  });
});

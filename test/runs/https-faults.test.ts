import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownServer } from '../interop/starters/own-server.ts';
import type { Target } from '../interop/starters/target.ts';
import { due, pollmark, printed, result } from './pollmark.ts';
import { makeCertificate, type TlsFront, tlsFront } from './tls-front.ts';

const retry = 'requestTimeout: 2s, retry: { policy: full-jitter, base: 50ms, cap: 200ms }';
const scenario = (faults: string): string => `version: 1
name: disturbed
duration: 9s
cooldown: 3s
clients: { count: 6 }
modes:
  - { name: regular, kind: regular, every: 300ms, ${retry} }
  - { name: long, kind: long, hold: 1s, ${retry} }
order: together
arrivals: { process: fixed, rate: 4/s }
faults:
${faults}`;
const ofTcp = `  - { kind: connection-reset, at: 600ms }
  - { kind: half-open, at: 1600ms, clients: 50% }
  - { kind: refuse, at: 4600ms, for: 700ms }
  - { kind: add-latency, at: 5400ms, for: 700ms, oneWay: 30ms, jitter: 10ms }
  - { kind: truncate, at: 6200ms, for: 700ms, chance: 50% }
  - { kind: slow-bytes, at: 7s, for: 500ms, bytesPerS: 20KiB }
`;

const folder = mkdtempSync(join(tmpdir(), 'https-faults-'));
const server = ownServer({ name: 'reference', profile: 'reference', options: [], configuration: 'our own' });
let target: Target;
let front: TlsFront;
let runs = 0;

beforeAll(async () => {
  writeFileSync(join(folder, 'tcp.yaml'), scenario(ofTcp));
  writeFileSync(join(folder, 'http.yaml'), scenario('  - { kind: proxy-502, at: 1s, for: 1s }\n'));
  // A name only: what stands in between is dialled by its address, for which this certificate does not speak.
  makeCertificate(folder, 'DNS:localhost');
  target = await server.start();
  front = await tlsFront(target.origin, folder);
});
afterAll(async () => {
  await front.stop();
  await target.stop();
  rmSync(folder, { recursive: true });
});

function bench(name: 'tcp' | 'http', host: string, ...trust: string[]) {
  const url = front.url.replace('127.0.0.1', host);
  const wish = ['--json', '--no-events', '--no-progress', '-o', `${name}-${runs++}`];
  return pollmark(['bench', '-S', `./${name}.yaml`, '-t', url, '-p', 'reference', ...trust, ...wish], {
    cwd: folder,
  });
}

describe('faults below TLS', () => {
  it.each([
    ['by a certificate of the target’s name', 'localhost', ['--ca', 'cert.pem']],
    ['unchecked', '127.0.0.1', ['--insecure']],
  ])('cost nobody a message, trusted %s', async (_, host, trust) => {
    const { code, out, err } = await bench('tcp', host, ...trust);
    expect(code, err).not.toBe(1);
    const run = result(printed(out));
    expect(code, err).toBe(due(0, [run]));
    for (const { name, repetitions } of run.modes) {
      const { messages, faults, errors, proxy_error_ms } = repetitions[0]!;
      const what = `${name}: ${JSON.stringify({ messages, errors })}`;
      expect(messages, what).toMatchObject({ published: 36, expected: 216, refused: 0 });
      expect([messages.lost, messages.undelivered, messages.duplicates], what).toEqual([0, 0, 0]);
      expect(faults.map((fault) => [fault.kind, fault.clients, fault.never_back])).toEqual([
        ['connection-reset', 6, 0],
        ['half-open', 3, 0],
        ['refuse', 6, 0],
        ['add-latency', 6, 0],
        ['truncate', 6, 0],
        ['slow-bytes', 6, 0],
      ]);
      expect(faults[1]!.hit, what).toBe(3);
      expect(faults[4]!.hit, what).toBeGreaterThan(0);
      expect(proxy_error_ms!.chunks).toBeGreaterThan(0);
    }
  });

  it('make no certificate good that is not: another name is refused at once', async () => {
    const { code, err } = await bench('tcp', '127.0.0.1', '--ca', 'cert.pem');
    expect(code, err).toBe(3);
    expect(err).toContain('certificate');
  });

  it('that would have to speak HTTP are refused before anything runs', async () => {
    const { code, err } = await bench('http', 'localhost', '--ca', 'cert.pem');
    expect(code).toBe(2);
    expect(err).toContain('answers in HTTP, which cannot be put into the TLS');
  });
});

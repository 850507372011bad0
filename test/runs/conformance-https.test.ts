import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/world/real/server/server.ts';
import { judge, unstartable } from './judged.ts';
import { makeCertificate, type TlsFront, tlsFront } from './tls-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'https-'));
let server: RunningServer;
let front: TlsFront;
beforeAll(async () => {
  makeCertificate(folder);
  server = await startServer({ port: 0 });
  front = await tlsFront(server.url, folder);
});
afterAll(async () => {
  await front.stop();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Rows that say every byte themselves, ones that go through the relay, and some more. */
const rows = [
  ...['http.request', 'http.pipeline', 'http.framing', 'http.conn', 'http.expect', 'http.compress'],
  ...['message.utf8', 'delivery.publish', 'presence.release.fin-rst', 'proxy', 'longpoll.hold'],
];

describe('a target over TLS', () => {
  it.each([
    ['--ca', ['--ca', 'cert.pem']],
    ['--insecure', ['--insecure']],
  ])('is judged with %s as it would be without, at the level of bytes too', async (_, choice) => {
    const words = ['-t', front.url, '-p', unstartable(), ...choice, ...rows, '--transcripts', 'all'];
    const { code, err, result, verdicts } = await judge(words, { cwd: folder });
    expect(err).not.toMatch(/error|Warning/);
    expect(verdicts.filter((each) => !/ (PASS|INFO|N\/A)$/.test(each))).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(20);
    expect(code).toBe(0);
    const malformed = result.rows.find(({ id }) => id === 'http.request.malformed')!;
    expect(malformed.transcript.some(({ bytes }) => bytes.startsWith('HTTP/1.1 4'))).toBe(true);
    expect(result.target).toBe(front.url);
  });

  it('with a certificate that nobody knows is refused at once, with what to do', async () => {
    const { code, out, err, ms } = await judge(['-t', front.url, '-p', unstartable(), ...rows]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(
      /^error: cannot reach https:\S+ \(its certificate is self-signed\)\. Trust it with --ca FILE, or do not check it with --insecure$/m,
    );
    expect(ms).toBeLessThan(3000);
  });

  it('that does not speak TLS is told as that', async () => {
    const words = ['-t', server.url.replace('http:', 'https:'), '-p', unstartable(), ...rows];
    const { code, err } = await judge(words);
    expect(code).toBe(3);
    expect(err).toContain('(it does not speak TLS)');
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith, pollmark, printed, result, short } from './pollmark.ts';
import { ScriptedServer, scriptedProfileText } from './scripted-server.ts';

const folder = folderWith({
  'short.yaml': short,
  // Its polls are given up and their connections dropped while they are held.
  'hasty.yaml': short.replace('hold: 2s', 'hold: 300ms, requestTimeout: 301ms'),
  'scripted.yaml': scriptedProfileText,
});
const behind = new ScriptedServer(() => ({ delayMs: 0, times: 1 }));
const open = new Set<Socket>();
let port = 0;
let close = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  const subject = ['-subj', '/CN=pollmark test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject],
    {
      stdio: 'ignore',
    },
  );
  await behind.start();
  const inner = Number(new URL(behind.url).port);
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)));
  const server = createServer({ key: key!, cert: cert! }, (socket) => {
    const way = connect(inner, '127.0.0.1');
    for (const one of [socket, way]) {
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => open.delete(one));
    }
    socket.pipe(way).pipe(socket);
    socket.on('close', () => way.destroy());
    way.on('close', () => socket.destroy());
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  close = async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterAll(async () => {
  await close();
  await behind.stop();
  rmSync(folder, { recursive: true });
});

function bench(scenario: string, ...more: string[]) {
  const target = ['-t', `https://127.0.0.1:${port}`, '-p', './scripted.yaml'];
  const args = [
    'bench',
    '-S',
    `./${scenario}.yaml`,
    ...target,
    '--json',
    '--no-events',
    '--no-progress',
    ...more,
  ];
  return pollmark([...args, '-o', `${scenario}${more.length}`], { cwd: folder });
}

describe('an https target', () => {
  it('with a certificate of its own is not trusted: said at once, with what to do', async () => {
    const { code, out, err, ms } = await bench('short');
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(
      /^error: cannot reach https:\/\/127\.0\.0\.1:\d+ \(its certificate is self-signed\)\. Trust it with --ca FILE, or do not check it with --insecure$/m,
    );
    expect(ms).toBeLessThan(3000);
  });

  it('that does not speak TLS is told as that', async () => {
    const args = [
      'bench',
      '-S',
      './short.yaml',
      '-t',
      behind.url.replace('http:', 'https:'),
      '-p',
      './scripted.yaml',
    ];
    const { code, err } = await pollmark([...args, '-q'], { cwd: folder });
    expect(code).toBe(3);
    expect(err).toContain('(it does not speak TLS)');
  });

  it('has its profile tried under the same choice, and a draft of one made', async () => {
    const target = ['-t', `https://127.0.0.1:${port}`];
    const check = ['profile', 'check', './scripted.yaml', ...target];
    const [refused, checked, trusted, draft] = [
      await pollmark(check, { cwd: folder }),
      await pollmark([...check, '--ca', 'cert.pem'], { cwd: folder }),
      await pollmark([...check, '--insecure'], { cwd: folder }),
      await pollmark(['profile', 'init', ...target, '--insecure'], { cwd: folder }),
    ];
    expect([refused.code, checked.code, trusted.code, draft.code]).toEqual([3, 0, 0, 0]);
    expect(refused.err).toContain('Trust it with --ca FILE');
    expect(checked.out).toContain('ok: scripted speaks with this target');
    expect(draft.out).toContain(`baseUrl: https://127.0.0.1:${port}`);
  });

  it.concurrent.each([
    ['--ca', ['--ca', 'cert.pem']],
    ['--insecure', ['--insecure']],
  ])('is measured with %s', async (_, more) => {
    const { code, out } = await bench('short', ...more);
    expect([0, 4]).toContain(code);
    const { status, modes } = result(printed(out));
    expect(status).not.toBe('partial');
    for (const { repetitions } of modes) {
      const { messages, errors, bytes } = repetitions[0]!;
      expect(messages).toMatchObject({ lost: 0, undelivered: 0, refused: 0 });
      expect(messages.delivered).toBeGreaterThan(0);
      expect([errors.rate, bytes.in > 0, bytes.out > 0]).toEqual([0, true, true]);
    }
  });

  it.concurrent('survives polls that are given up while they are held', async () => {
    const { out, err } = await bench('hasty', '--insecure', '-s', 'arrivals.rate=2/s', '-m', 'long');
    const { warnings, modes } = result(printed(out));
    expect(warnings.map(({ code }) => code)).not.toContain('cut-short');
    expect(modes[1]!.repetitions[0]!.requests.by_outcome.timeout).toBeGreaterThan(0);
    expect(err).not.toContain('defect');
  });

  it('needs a certificate that can be read', async () => {
    const { code, err } = await bench('short', '--ca', 'nowhere.pem');
    expect([code, err]).toEqual([2, 'error: --ca: cannot read nowhere.pem\n']);
  });
});

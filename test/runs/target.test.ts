import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, pollmark, printed, result, short } from './pollmark.ts';
import { ScriptedServer, scriptedProfileText } from './scripted-server.ts';

const folder = folderWith({
  'short.yaml': short.replace('hold: 2s', 'hold: 2s, requestTimeout: 2500ms'),
  'scripted.yaml': scriptedProfileText,
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A target that is no proper one. */
async function withTarget<T>(behave: (socket: Socket) => void, act: (url: string) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

const answering = (text: string) => (socket: Socket) => void socket.on('data', () => socket.write(text));
const strange: Record<string, [(socket: Socket) => void, string]> = {
  'speaks garbage': [answering('\u0000\u0001 what?\r\n\r\n'), 'HTTPParserError'],
  'answers 500 to everything': [answering('HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno'), 'HTTP 500'],
  'never answers': [(socket) => void socket.resume(), 'timeout'],
  'closes at once': [(socket) => void socket.end(), '(?:closed|ECONNRESET)'],
};

describe.concurrent('a target that', () => {
  it.each(Object.entries(strange))('%s: a clear word, a valid result, an end', async (_, [behave, word]) => {
    const args = ['bench', '-S', './short.yaml', '-p', 'reference', '-m', 'long', '--no-progress', '--json'];
    const { code, out, ms } = await withTarget(behave, (url) =>
      pollmark([...args, '-t', url], { cwd: folder }),
    );
    expect(code).toBe(4);
    const { status, modes, warnings } = result(printed(out));
    expect(status).toBe('partial');
    expect(modes.map(({ repetitions }) => repetitions.length)).toEqual([0, 0]);
    expect(warnings.find(({ code }) => code === 'cut-short')!.text).toMatch(
      new RegExp(`^long: no client could subscribe \\(${word}\\); the results are partial\\.`),
    );
    expect(ms).toBeLessThan(40_000);
  });

  it('acknowledges nothing is not measured at all, though its silence looks like a hold', async () => {
    const args = ['bench', '-S', './short.yaml', '-p', 'article', '--no-progress', '--json'];
    const { code, out } = await withTarget(
      (socket) => void socket.resume(),
      (url) => pollmark([...args, '-t', url], { cwd: folder }),
    );
    expect(code).toBe(4);
    const { modes, warnings } = result(printed(out));
    expect(modes[1]!.repetitions[0]!.messages).toMatchObject({ published: 0, expected: 0 });
    expect(warnings.map(({ code }) => code)).toContain('nothing-published');
  });
});

describe.concurrent('a secret', () => {
  it('reaches the target, and no file and no line besides; a proxy is not asked', async () => {
    const seen = new Set<string | string[] | undefined>();
    const server = new ScriptedServer(
      () => ({ delayMs: 0, times: 1 }),
      (headers) => {
        seen.add(headers['authorization']);
        seen.add(headers['x-key']);
      },
    );
    await server.start();
    const TOKEN = 'hush-a-secret-hush';
    const headers = ['-H', `Authorization: Bearer \${env:TOKEN}`, '-H', `X-Key: \${env:TOKEN}`];
    try {
      const { code, out, err } = await pollmark(
        [
          'bench',
          '-S',
          './short.yaml',
          '-t',
          server.url,
          '-p',
          './scripted.yaml',
          ...headers,
          '-o',
          'secret',
        ],
        { cwd: folder, env: { TOKEN, HTTP_PROXY: 'http://127.0.0.1:1' } },
      );
      expect([0, 4]).toContain(code);
      expect([...seen].sort()).toEqual([`Bearer ${TOKEN}`, TOKEN]);
      expect(err).toMatch(/^note: HTTP_PROXY is set and ignored: targets are reached directly$/m);
      const kept = readdirSync(join(folder, 'secret'), { recursive: true, withFileTypes: true });
      const files = kept.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      expect(files.map((path) => basename(path))).toEqual(
        expect.arrayContaining(['events.ndjson.gz', 'index.html', 'delivery-cdf.svg']),
      );
      const texts = files.map((path) => {
        const bytes = readFileSync(path);
        return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      });
      for (const text of [out, err, ...texts]) expect(text).not.toContain('a-secret');
      const { modes } = result(JSON.parse(readFileSync(join(folder, 'secret', 'result.json'), 'utf8')));
      for (const mode of modes) expect(mode.repetitions[0]!.messages.delivered).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  });

  it('that is not there is named, not guessed', async () => {
    const args = ['bench', '-S', './short.yaml', '-t', 'http://127.0.0.1:1', '-p', './scripted.yaml'];
    const { code, err } = await pollmark([...args, '-H', `X-Key: \${env:NO_SUCH}`], { cwd: folder });
    expect([code, err]).toEqual([2, 'error: --header X-Key: the environment has no NO_SUCH\n']);
  });
});

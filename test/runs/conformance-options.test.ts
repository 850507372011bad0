import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceResultSchema } from '../../src/conformance/result.ts';
import { type RunningServer, startServer } from '../../src/world/real/server/server.ts';
import { judge, unstartable } from './judged.ts';
import { folderWith, printed } from './pollmark.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(() => server.close());

describe('what is asked for wrongly', () => {
  it('is told all at once, with place and nearest name, and nothing is written', async () => {
    const cwd = folderWith({
      'bad.yaml':
        'name: bad\nsubscibe: { url: /x }\npublish: { url: "/p?c={chanel}" }\nmessages: { format: jsn }\nhold: { kind: requested, time: 25 }\n',
      'known.yaml': 'poll.answer.imediate: { why: late }\n',
    });
    const before = readdirSync(cwd);
    const wrong = ['-p', './bad.yaml', '--expect', 'known.yaml', 'longpol', '--seeed', '3'];
    const { code, out, err, report } = await judge(wrong, { cwd });
    expect([code, out, existsSync(report), readdirSync(cwd)]).toEqual([2, '', false, before]);
    const lines = err.trim().split('\n');
    expect(lines.every((line) => line.startsWith('error: '))).toBe(true);
    for (const words of [
      /bad\.yaml:2:1 .*"subscibe"; did you mean "subscribe"\?/,
      /bad\.yaml:4:\d+ .*format/,
      /bad\.yaml:5:\d+ .*hold\.time: .*25s/,
      /known\.yaml .*did you mean "poll\.answer\.immediate"\?/,
      /no row "longpol"; did you mean "longpoll"\?/,
      /--seeed; did you mean --seed\?/,
    ])
      expect(err).toMatch(words);
  });
});

describe('what is asked for', () => {
  it('--json is exact on stdout, also with --repeat, --skip, --strict, -s and --seed', async () => {
    const words = [
      '-t',
      server.url,
      '-p',
      unstartable(),
      'poll.answer',
      'poll.batch',
      '--json',
      '--repeat',
      '2',
    ];
    const more = [
      '--skip',
      'poll.batch.b*,poll.batch.order',
      '--strict',
      '-s',
      'timing.settle=77ms',
      '--seed',
      '5',
    ];
    const { code, out, err, report, result, verdicts } = await judge([
      ...words,
      ...more,
      '--transcripts',
      'all',
    ]);
    expect(code).toBe(0);
    expect(conformanceResultSchema.parse(printed(out))).toEqual(result);
    expect(err).toMatch(/^expected time .*, seed 5$/m);
    expect(verdicts.map((each) => each.split(' ')[0])).toEqual([
      'poll.answer.immediate',
      'poll.answer.empty-form',
      'poll.batch.all-since-last',
      'poll.batch.no-repeat',
    ]);
    expect(result.rows.map(({ attempts }) => attempts)).toEqual([2, 2, 2, 2]);
    expect(result.rows.every(({ transcript }) => transcript.length > 0)).toBe(true);
    expect([result.seed, result.constants.settle_ms, result.invocation.strict]).toEqual([5, 77, true]);
    expect(readdirSync(report).sort()).toEqual(['conformance.json', 'index.html', 'junit.xml', 'summary.md']);
  });

  it('--strict makes a failed SHOULD count', async () => {
    // Whatever the server does, these statuses are not what it answers.
    const words = ['-t', server.url, '-p', unstartable(), 'message.empty.defined', '-q'];
    const wrong = ['-s', 'refuses={emptyPublish: [418]}'];
    const [lax, strict] = [await judge([...words, ...wrong]), await judge([...words, ...wrong, '--strict'])];
    expect([lax.verdicts, lax.code, strict.code]).toEqual([['message.empty.defined FAIL'], 0, 1]);
  });

  it('--list --json shows what would be played', async () => {
    const { code, out, err, report } = await judge(['-p', unstartable(), '--list', '--json', 'poll.answer']);
    expect([code, err, existsSync(report)]).toEqual([0, '', false]);
    expect((printed(out) as { id: string }[]).map(({ id }) => id)).toEqual([
      'poll.answer.immediate',
      'poll.answer.empty-form',
    ]);
  });

  it('a stranger is neither loaded nor attacked', async () => {
    const { code, err } = await judge(['-t', 'http://polls.example', '-p', unstartable(), '--tags', 'load']);
    expect(code).toBe(2);
    expect(err).toMatch(/polls\.example, which is not this machine; that needs --i-own-this-target$/m);
  });
});

const secret = 's3cr3t+Value/42';

describe('a secret', () => {
  it('is shown nowhere, not even where the server repeats it', async () => {
    // Says in the head and in the body of every answer what it was sent.
    const echo = createServer((question, answer) => {
      const { headers, method, url } = question;
      const told = String(headers.authorization);
      const way = request(`${server.url}${url}`, { method: method!, headers }, (inner) => {
        const pieces: Buffer[] = [];
        inner.on('data', (piece: Buffer) => pieces.push(piece));
        inner.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          const body = text.startsWith('{') ? text.replace('{', `{"told":${JSON.stringify(told)},`) : text;
          const { 'content-length': _, etag: __, ...rest } = inner.headers;
          answer.writeHead(inner.statusCode!, {
            ...rest,
            'X-Told': told,
            'Content-Length': Buffer.byteLength(body),
          });
          answer.end(method === 'HEAD' ? undefined : body);
        });
      });
      question.pipe(way);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
      const words = ['-t', url, '-p', unstartable(), '-H', `Authorization: Bearer \${env:X}`, '--json'];
      const rows = ['poll.answer', 'poll.batch', '--transcripts', 'all', '-s', 'empty=[{ status: 418 }]'];
      const { out, err, report, result } = await judge([...words, ...rows], {
        env: { X: secret, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folderWith({}), 'step.md') },
      });
      expect(err).toMatch(/^::error /m);
      const transcripts = result.rows
        .flatMap(({ transcript }) => transcript.map(({ bytes }) => bytes))
        .join('');
      expect(transcripts).toContain('X-Told: ');
      expect(transcripts).toContain('"told":');
      const files = readdirSync(report).map((name) => readFileSync(join(report, name), 'utf8'));
      const hex = Buffer.from(secret).toString('hex');
      for (const text of [out, err, ...files]) {
        expect(text).not.toContain(secret);
        expect(text.replaceAll(/\s/g, '')).not.toContain(hex);
        expect(text).not.toContain(JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'));
      }
      expect(files.join('')).toContain(`Bearer \${env:X}`);
    } finally {
      echo.closeAllConnections();
      await new Promise((resolve) => echo.close(resolve));
    }
  });
});

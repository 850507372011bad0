import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { readProfile } from '../../src/wire/profile.ts';
import { startServer } from '../../src/world/real/server/server.ts';
import { SessionServer, sessionProfileText } from '../world/real/session-server.ts';
import { type Ran, root, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return `./${name}`;
}

async function withEnv(env: Record<string, string>, ...args: string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await program(args, {
    ...{ cwd: folder, env, columns: 80, outIsTty: false, errIsTty: false },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err: err.split('\n') };
}

/** The first words of each step that was told. */
const stepsOf = (out: string): string[] =>
  out.split('\n').flatMap((line) => /^(\w[^:]*?) {2,}\S/.exec(line)?.[1] ?? []);

describe('profile check', () => {
  it.each([
    ['reference', ['subscribe', 'presence', 'publish', 'receive', 'poll regularly']],
    ['reference-article', ['subscribe', 'presence', 'publish', 'receive']],
  ])('goes through a conversation by %s', async (name, steps) => {
    const server = await startServer({ port: 0 });
    try {
      const { code, out, err } = await run(['profile', 'check', name, '-t', server.url]);
      expect([code, err]).toEqual([0, []]);
      expect(stepsOf(out)).toEqual(steps);
      expect(out).toContain('is held');
      expect(out).toMatch(/1 message, "pollmark check [\w-]+ \\"quoted\\" <&> é"/);
      expect(out).toMatch(new RegExp(`\nok: ${name} speaks with this target\n$`));
    } finally {
      await server.close();
    }
  });

  it('opens sessions, listens as a publisher, answers pings and acknowledges', async () => {
    await using server = await SessionServer.start();
    const { code, out, err } = await run(
      ['profile', 'check', file('sessions.yaml', sessionProfileText), '-t', server.origin],
      folder,
    );
    expect([code, err]).toEqual([0, []]);
    expect(stepsOf(out)).toEqual([
      'set up the channel',
      'open a session',
      'open a session',
      'subscribe',
      'open for publishing',
      'open for publishing',
      'publish',
      'receive',
      'open for regular',
      'open for regular',
      'poll regularly',
      'take leave',
    ]);
    expect(server.acked).toEqual([1]);
    expect(server.complaints).toEqual([]);
  });

  it.each([
    [
      'open[1]',
      'ok: [204]',
      'ok: [200]',
      'open a session: open[1]: expected status 200; got status 204',
      '> POST /join?sid=',
    ],
    [
      'publish',
      'path: said, equals: true',
      'path: sad, equals: true',
      'publish: not acknowledged: the answer has not JSON with sad = true',
      '< {"said":true,"number":1}',
    ],
    [
      'the value',
      'value: data.text',
      'value: data',
      'receive: the message came back changed: "{\\"text\\":',
      '< {"kind":"batch"',
    ],
    ['the empty answer', 'empty: [', 'empty: [ { status: 299 } ]\nx-old: [', 'unknown key', undefined],
  ])('shows what was said where %s is wrong', async (name, right, wrong, complaint, line) => {
    await using server = await SessionServer.start();
    const path = file(`${name.replaceAll(/\W/g, '')}.yaml`, sessionProfileText.replace(right, wrong));
    const { code, err } = await run(['profile', 'check', path, '-t', server.origin], folder);
    expect(code).toBe(2);
    expect(err[0]).toContain(complaint);
    if (line !== undefined) expect(err.some((each) => each.startsWith(line))).toBe(true);
  });

  it('tells an answer that the profile does not know', async () => {
    const server = await startServer({ port: 0 });
    try {
      const { code, err } = await run(['profile', 'check', 'nchan', '-t', server.url]);
      expect(code).toBe(2);
      expect(err[0]).toMatch(/^error: subscribe: the profile does not know this answer \(404\)/);
      expect(err.slice(1, 3)).toEqual([
        expect.stringMatching(/^> GET \/sub\//),
        expect.stringMatching(/^< 404 /),
      ]);
    } finally {
      await server.close();
    }
  });

  it('shows no secret, wherever a server says it again', async () => {
    const echo = createServer((request, response) => {
      response.setHeader('Set-Cookie', 'sid=hush-cookie');
      response.writeHead(500).end(`you said ${request.headers['authorization']} to ${request.url}`);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    const text = `name: echo
headers: { Authorization: "Bearer \${env:TOKEN}" }
vars: { key: "\${env:KEY}" }
subscribe: { url: "/sub?k={key}" }
publish: { url: /pub }
messages: { format: whole }
hold: { kind: server }
`;
    const given = { TOKEN: 'hush-token', KEY: 'hush/key' };
    const { code, out, err } = await withEnv(
      given,
      'profile',
      'check',
      file('echo.yaml', text),
      '-t',
      url,
      '-H',
      'Cookie: hush-mine',
    );
    echo.close();
    echo.closeAllConnections();
    expect(code).toBe(2);
    const all = out + err.join('\n');
    expect(all).toContain('< you said Bearer (redacted) to /sub?k=(redacted)');
    expect(all).not.toContain('hush');
  });

  it('refuses what cannot be done, everything at once, and says when nobody is there', async () => {
    expect(await run(['profile', 'chek', 'x', 'y', '--traget', 'z'])).toMatchObject({
      code: 2,
      err: [
        'error: unknown option --traget; did you mean --target?',
        'error: profile has no "chek"; write pollmark profile init or pollmark profile check FILE',
        'error: unexpected "y"',
      ],
    });
    expect((await run(['profile'])).err).toContain(
      'error: profile needs a verb; write pollmark profile init or pollmark profile check FILE',
    );
    expect((await run(['profile', 'check', '-t', 'localhost:1', '-o', 'x'])).err).toEqual([
      'error: which profile? pollmark profile check FILE --target URL',
      'error: --out belongs to pollmark profile init',
      'error: --target: "localhost:1" is not a URL; write http://localhost:1',
    ]);
    const gone = await run(['profile', 'check', 'reference', '-t', 'http://127.0.0.1:1']);
    expect([gone.code, gone.err]).toEqual([
      3,
      [
        'error: cannot reach http://127.0.0.1:1 (connection refused). Is the server running? Try: npm run serve',
      ],
    ]);
    const lonely = file(
      'lonely.yaml',
      `${readFileSync(join(root, 'profiles/article.yaml'), 'utf8')}adapter: ./nowhere.mjs\n`,
    );
    expect(await run(['profile', 'check', lonely, '-t', 'http://127.0.0.1:1'], folder)).toMatchObject({
      code: 2,
      err: ['error: lonely.yaml  adapter: no file nowhere.mjs'],
    });
  });
});

describe('profile init', () => {
  it('writes a draft that is valid, from what it saw', async () => {
    const server = await startServer({ port: 0 });
    try {
      const { code, out, err } = await run(['profile', 'init', '-t', server.url]);
      expect([code, err]).toEqual([0, []]);
      expect(out).toMatch(/^# {3}GET \/subscribe +no answer within \d+ ms: it may be held$/m);
      expect(out).toMatch(/^# {3}GET \/poll +200 application\/json, \d+ characters$/m);
      expect(readProfile(out, 'draft')).toMatchObject({
        baseUrl: server.url,
        subscribe: { url: '/subscribe' },
      });
      // What it guessed is right of this server, so that the draft needs no change at all.
      const draft = file('draft.yaml', out);
      expect(await run(['profile', 'check', draft, '-t', server.url], folder)).toMatchObject({ code: 0 });
    } finally {
      await server.close();
    }
  });

  it('takes a list in JSON for messages and a likely name for a cursor, and keeps secrets out', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['x-key']}`);
      if (request.url === '/sync') response.end('{"next_batch":"s1","events":[]}');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const given = await withEnv({}, 'profile', 'init', '-t', url, '-H', 'X-Key: hush', '-o', 'made.yaml');
    const again = await withEnv({}, 'profile', 'init', '-t', url, '-o', 'made.yaml');
    server.close();
    server.closeAllConnections();
    expect([given.code, given.out]).toEqual([0, '']);
    expect(given.err[0]).toMatch(
      /^wrote made\.yaml; fill it in, then: pollmark profile check made\.yaml --target /,
    );
    const text = readFileSync(join(folder, 'made.yaml'), 'utf8');
    expect(text).not.toContain('hush');
    expect(readProfile(text, 'made')).toMatchObject({
      subscribe: { url: '/sync?cursor={cursor}' },
      messages: { format: 'json', items: 'events' },
      cursor: [{ var: 'cursor', from: 'json', path: 'next_batch' }],
    });
    // Only questions, and nothing that could change anything.
    expect(asked.every((each) => /^GET \/\w* hush$/.test(each))).toBe(true);
    expect([again.code, again.err[0]]).toEqual([
      2,
      'error: made.yaml exists already; choose another file with --out',
    ]);
  });
});

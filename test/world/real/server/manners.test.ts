import { describe, expect, it } from 'vitest';
import { Bench, bodies } from '../raw.ts';

const readable = [
  '/',
  '/browser.js',
  '/polling.js',
  '/subscribe',
  '/poll',
  '/presence',
  '/healthz',
  '/metrics',
];

describe('manners', () => {
  it('answers HEAD at once, without content, consuming nothing and marking nobody', async () => {
    await using bench = await Bench.start();
    await bench.ask('GET', '/poll?client=ann');
    await bench.publish('m');
    for (const url of [...readable, '/poll?client=ann&wait=9', '/poll?client=zoe', '/subscribe?cursor=now']) {
      const client = await bench.client();
      // A second request on the same connection shows that no content followed the first.
      client.ask('HEAD', url).ask('GET', '/healthz');
      const answer = await client.answer({ head: true });
      expect([url, answer.status, (await client.answer()).text]).toEqual([url, 200, 'ok']);
      expect(answer.headers.get('cache-control')).toMatch(/no-(store|cache)/);
    }
    expect(JSON.parse((await bench.ask('GET', '/presence')).text).online).toEqual(['ann']);
    expect(bodies(await bench.ask('GET', '/poll?client=ann'))).toEqual(['m']);
    for (const url of ['/poll?wait=x', '/poll?cursor=x', '/subscribe?cursor=x', '/presence?channel=']) {
      expect([url, (await bench.ask('HEAD', url)).status]).toEqual([url, 400]);
    }
  });

  it('answers OPTIONS with 204 and Allow, and other methods with 405 and Allow', async () => {
    await using bench = await Bench.start();
    const held = await bench.hold('/subscribe', 1);
    for (const url of [...readable, '/publish']) {
      const allow = url === '/publish' ? 'POST, OPTIONS' : 'GET, HEAD, OPTIONS';
      const options = await bench.ask('OPTIONS', url);
      expect([url, options.status, options.headers.get('allow')]).toEqual([url, 204, allow]);
      const others = url === '/publish' ? ['GET', 'HEAD'] : ['POST'];
      for (const method of [...others, 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE']) {
        const body = method === 'HEAD' ? {} : { body: 'x' };
        const answer = await bench.ask(method, url, body);
        expect([method, url, answer.status, answer.headers.get('allow')]).toEqual([method, url, 405, allow]);
      }
    }
    expect((await bench.ask('OPTIONS', '*')).status).toBe(204);
    expect((await bench.ask('OPTIONS', '/nowhere')).status).toBe(404);
    for (const method of ['BREW', 'get', 'CONNECT']) {
      const client = await bench.client();
      const target = method === 'CONNECT' ? 'example.org:443' : '/subscribe';
      const answer = await client.ask(method, target).answer();
      expect([method, answer.status]).toEqual([method, method === 'CONNECT' ? 405 : 501]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await client.ended).toBe('fin');
    }
    expect(held.unread).toBe('');
    expect(bench.server.handler.counts()).toMatchObject({ held: 1, published: 0 });
  });

  it('answers hostile and unknown paths with 4xx, and lives', async () => {
    await using bench = await Bench.start();
    const odd = [
      '/%',
      '/%00',
      '/%C0%80',
      '//[',
      '/poll/',
      '/a#b',
      `/${'a'.repeat(8000)}`,
      '/\x7f',
      '/%2e%2e/x',
    ];
    const files = [
      '/server.js',
      '/package.json',
      '/../../../etc/passwd',
      '/browser.ts',
      '/page.js',
      '/favicon.ico',
    ];
    for (const url of [
      ...odd,
      ...files,
      'poll',
      'http://',
      '*',
      '/browser.js/',
      '/constructor',
      '/__proto__',
    ]) {
      const answer = await bench.ask('GET', url);
      expect([url, answer.status]).toEqual([url, expect.toSatisfy((s) => s === 400 || s === 404)]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect((await bench.ask('GET', '/p%6fll')).status).toBe(200);
    expect((await bench.ask('GET', 'http://example.org/poll?channel=a')).status).toBe(200);
    expect((await bench.ask('GET', 'http://example.org?x')).status).toBe(200);
  });

  it.each([
    ['no host', 'GET /poll HTTP/1.1\r\n\r\n', 400],
    ['two hosts', 'GET /poll HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['a bad host', 'GET /poll HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['a space before the colon', 'GET /poll HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    ['a version that is none', 'GET /poll HTTP/x\r\nHost: a\r\n\r\n', 400],
    ['HTTP/2 out of the blue', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    [
      'two lengths',
      'POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    [
      'length and chunks',
      'POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a bad chunk', 'POST /publish HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
    ['a huge header', `GET /poll HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    ['an expectation', 'POST /publish HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx', 417],
  ])('refuses %s', async (_, bytes, status) => {
    await using bench = await Bench.start();
    const client = await bench.client();
    const answer = await client.send(bytes).answer();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(bench.server.handler.counts().published).toBe(0);
    expect((await bench.ask('GET', '/healthz')).text).toBe('ok');
  });

  it('lets pages of allowed origins read every answer, and nobody else', async () => {
    await using bench = await Bench.start({ cors: ['https://a.example', 'https://b.example'], holdMs: 20 });
    const urls = [
      '/poll',
      '/poll?wait=x',
      '/subscribe?cursor=now',
      '/nowhere',
      '/healthz',
      '/poll?wait=0.02',
    ];
    for (const url of urls) {
      const headers = ['Origin: https://b.example'];
      const answer = await bench.ask('GET', url, { headers });
      expect([url, answer.headers.get('access-control-allow-origin')]).toEqual([url, 'https://b.example']);
      const exposed = answer.headers.get('access-control-expose-headers')!.split(', ');
      const wanted = ['Poll-Cursor', 'Poll-Published', 'Poll-Behind', 'Poll-Message-Id'];
      expect(exposed).toEqual(expect.arrayContaining([...wanted, 'Preference-Applied', 'Retry-After']));
      expect(answer.headers.get('vary')).toBe('Origin');
      for (const origin of ['https://evil.example', 'null', 'https://b.example.evil']) {
        const other = await bench.ask('GET', url, { headers: [`Origin: ${origin}`] });
        expect(other.headers.has('access-control-allow-origin')).toBe(false);
        expect(other.headers.has('access-control-allow-credentials')).toBe(false);
      }
    }
    const ask = ['Access-Control-Request-Method: GET', 'Access-Control-Request-Headers: prefer,x-own'];
    const preflight = await bench.ask('OPTIONS', '/poll', { headers: ['Origin: https://a.example', ...ask] });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-max-age')).toBe('600');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('GET');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('prefer,x-own');
    const stranger = await bench.ask('OPTIONS', '/poll', {
      headers: ['Origin: https://evil.example', ...ask],
    });
    expect([...stranger.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);

    // Two origins share a hold's reply, but not its headers.
    const one = await bench
      .hold('/poll?wait=9&channel=x', 1, ['Origin: https://a.example'])
      .catch(() => null);
    one?.close();
    await using off = await Bench.start();
    const silent = await off.ask('GET', '/poll', { headers: ['Origin: https://a.example'] });
    expect([...silent.headers.keys()].filter((name) => /^access|vary/.test(name))).toEqual([]);
    await using open = await Bench.start({ cors: ['*'] });
    expect((await open.ask('GET', '/poll')).headers.get('access-control-allow-origin')).toBe('*');
  });

  it('answers the holds of two origins and faces with the headers and form of each', async () => {
    await using bench = await Bench.start({ cors: ['https://a.example', 'https://b.example'] });
    const one = await bench.hold('/poll?wait=9', 1, ['Origin: https://a.example']);
    const two = await bench.hold('/poll?wait=9', 2, ['Origin: https://b.example', 'Prefer: wait=3']);
    const three = await bench.hold('/poll', 3, ['Prefer: wait=3']);
    const four = await bench.hold('/subscribe', 4);
    await bench.publish('m');
    const [a, b, c, d] = await Promise.all([one, two, three, four].map((client) => client.answer()));
    const origins = [a, b, c, d].map((answer) => answer!.headers.get('access-control-allow-origin'));
    expect(origins).toEqual(['https://a.example', 'https://b.example', undefined, undefined]);
    expect([a, b, c].map((x) => x!.headers.get('preference-applied'))).toEqual([
      undefined,
      undefined,
      'wait=3',
    ]);
    expect([bodies(a!), bodies(b!), bodies(c!), d!.text]).toEqual([['m'], ['m'], ['m'], 'm']);
  });
});

describe('health and metrics', () => {
  it('tells requests, holds, messages and the process in the text format of Prometheus', async () => {
    await using bench = await Bench.start({ backlog: 1 });
    await bench.publish('a');
    await bench.publish('b');
    await bench.ask('GET', '/poll?client=ann&cursor=oldest');
    await bench.ask('GET', '/poll?wait=x');
    await bench.hold('/subscribe', 1);
    const answer = await bench.ask('GET', '/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of answer.text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="\w+"(,[a-z]+="\w+")*\})? -?[\d.e+-]+)$/,
      );
    }
    const lines = answer.text.split('\n');
    for (const line of [
      'pollmark_requests_total{route="publish",status="200"} 2',
      'pollmark_requests_total{route="poll",status="400"} 1',
      'pollmark_held_requests 1',
      'pollmark_published_messages_total 2',
      'pollmark_delivered_messages_total 1',
      'pollmark_dropped_messages_total 1',
      'pollmark_clients_online 1',
    ]) {
      expect(lines).toContain(line);
    }
    expect(answer.text).toMatch(/^process_resident_memory_bytes \d{6,}$/m);
  });
});

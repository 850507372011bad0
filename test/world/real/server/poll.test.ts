import { describe, expect, it } from 'vitest';
import { Bench, bodies, pollBody, until } from '../raw.ts';

describe('the poll face', () => {
  it('answers a regular poll at once: what came since the cursor, in order, with id, time and encoding', async () => {
    await using bench = await Bench.start();
    const start = await bench.ask('GET', '/poll');
    expect(start.headers.get('content-type')).toBe('application/json');
    expect(start.headers.get('cache-control')).toBe('no-store');
    expect(start.headers.get('x-content-type-options')).toBe('nosniff');
    expect(pollBody(start).messages).toEqual([]);
    const { cursor } = pollBody(start);
    await bench.publish('\ufeffé\n"');
    await bench.publish(Uint8Array.of(0xff, 0xfe, 0x80));
    const answer = await bench.ask('GET', `/poll?cursor=${cursor}`);
    const [first, second] = pollBody(answer).messages;
    expect(first).toMatchObject({ body: '\ufeffé\n"', encoding: 'utf8' });
    expect(second).toMatchObject({ body: '//6A', encoding: 'base64' });
    expect(first!.id).not.toBe(second!.id);
    expect(Math.abs(first!.at - Date.now())).toBeLessThan(60_000);
    expect(Number.isInteger(first!.at)).toBe(true);
    expect(bodies(await bench.ask('GET', `/poll?cursor=${cursor}`))).toEqual(bodies(answer));
    expect(bodies(await bench.ask('GET', `/poll?cursor=${pollBody(answer).cursor}`))).toEqual([]);
    expect(bodies(await bench.ask('GET', '/poll?cursor=oldest&random=%zz'))).toHaveLength(2);
  });

  it('holds a long poll until a message comes or the wait is over', async () => {
    await using bench = await Bench.start({ holdMs: 10_000 });
    const client = await bench.hold('/poll?wait=9', 1);
    await bench.publish('news');
    expect(bodies(await client.answer())).toEqual(['news']);
    const before = performance.now();
    const empty = await bench.ask('GET', '/poll?wait=0.05');
    expect(performance.now() - before).toBeGreaterThanOrEqual(50);
    expect(pollBody(empty)).toEqual({ cursor: expect.any(String), messages: [] });
  });

  it('caps the wait at --hold, however large, and refuses what is no wait', async () => {
    await using bench = await Bench.start({ holdMs: 40 });
    for (const wait of ['1', '2147483.648', '1000000000000', '9'.repeat(400)]) {
      const before = performance.now();
      expect((await bench.ask('GET', `/poll?wait=${wait}`)).status).toBe(200);
      expect(performance.now() - before).toBeGreaterThanOrEqual(40);
    }
    for (const wait of ['-1', 'abc', '', '1e3', '.5', '5.', '+1', ' 1', 'Infinity']) {
      const answer = await bench.ask('GET', `/poll?wait=${encodeURIComponent(wait)}`);
      expect([wait, answer.status]).toEqual([wait, 400]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(JSON.parse(answer.text)).toMatchObject({ status: 400, parameter: 'wait' });
    }
  });

  it('does not fire at once for a hold longer than a timer of Node can be', async () => {
    await using bench = await Bench.start({ holdMs: 2 ** 32 });
    const client = await bench.hold('/poll?wait=4000000', 1);
    for (let i = 0; i < 3; i++) await bench.ask('GET', '/healthz');
    expect(bench.server.handler.counts().held).toBe(1);
    await bench.publish('m');
    expect(bodies(await client.answer())).toEqual(['m']);
  });

  it('honours Prefer: wait, says so, and lets the parameter rule', async () => {
    await using bench = await Bench.start({ holdMs: 2000 });
    const client = await bench.hold('/poll', 1, ['Prefer: respond-async, WAIT="60"; x=1', 'Prefer: wait=0']);
    await bench.publish('m');
    expect((await client.answer()).headers.get('preference-applied')).toBe('wait=2');
    const zero = await bench.ask('GET', '/poll', { headers: ['Prefer: wait=0'] });
    expect(zero.headers.get('preference-applied')).toBe('wait=0');
    for (const [query, prefer] of [
      ['?wait=0', 'wait=1'],
      ['', 'wait=-1'],
      ['', 'wait=1.5'],
      ['', 'wait'],
      ['', 'waits=1'],
    ]) {
      const answer = await bench.ask('GET', `/poll${query}`, { headers: [`Prefer: ${prefer}`] });
      expect([answer.status, answer.headers.has('preference-applied')]).toEqual([200, false]);
    }
  });

  it('refuses cursors that cannot be, and tells those that are too old', async () => {
    await using bench = await Bench.start({ backlog: 2 });
    const old = await bench.cursor();
    for (const body of ['a', 'b', 'c']) await bench.publish(body);
    const behind = pollBody(await bench.ask('GET', `/poll?cursor=${old}&wait=9`));
    expect([behind.behind, behind.messages.map((m) => m.body)]).toEqual([true, ['b', 'c']]);

    await using other = await Bench.start();
    const stranger = pollBody(await other.ask('GET', `/poll?cursor=${old}&wait=9`));
    expect(stranger).toMatchObject({ behind: true, messages: [] });
    expect(pollBody(await other.ask('GET', `/poll?cursor=${stranger.cursor}`)).behind).toBeUndefined();

    const foreign = await bench.cursor('&channel=other');
    const broken = behind.cursor.replace(/.$/, (c) => (c === '0' ? '1' : '0'));
    for (const cursor of ['x', '-1', 'place', broken, foreign, 'a'.repeat(4000), '%00', '%zz', '']) {
      const answer = await bench.ask('GET', `/poll?cursor=${cursor}&wait=9`);
      expect([cursor, answer.status]).toEqual([cursor, 400]);
      expect(JSON.parse(answer.text).parameter).toBe('cursor');
    }
  });

  it('keeps a place for each client, and counts it as online', async () => {
    await using bench = await Bench.start();
    expect(pollBody(await bench.ask('GET', '/poll?client=ann')).messages).toEqual([]);
    expect(pollBody(await bench.ask('GET', '/poll?client=bob')).messages).toEqual([]);
    for (const body of ['a', 'b']) await bench.publish(body);
    await until(async () => bodies(await bench.ask('GET', '/poll?client=ann&max=1'))[0] === 'a');
    expect(bodies(await bench.ask('GET', '/poll?client=ann'))).toEqual(['b']);
    expect(bodies(await bench.ask('GET', '/poll?client=ann'))).toEqual([]);
    expect(bodies(await bench.ask('GET', '/poll?client=bob'))).toEqual(['a', 'b']);
    // A poll with a cursor moves the place too.
    const end = pollBody(await bench.ask('GET', '/poll?client=cat&cursor=oldest&max=1'));
    expect(end.messages.map((m) => m.body)).toEqual(['a']);
    expect(bodies(await bench.ask('GET', '/poll?client=cat'))).toEqual(['b']);
    const presence = JSON.parse((await bench.ask('GET', '/presence')).text);
    expect(presence).toEqual({ online: ['ann', 'bob', 'cat'], held: 0 });
  });

  it('gives a cut answer again to a client whose place it keeps', async () => {
    await using bench = await Bench.start({ maxBodyBytes: 8 * 1024 * 1024 });
    await bench.ask('GET', '/poll?client=ann');
    await bench.publish('x'.repeat(8 * 1024 * 1024 - 1));
    const reader = await bench.client();
    reader.socket.pause();
    reader.ask('GET', '/poll?client=ann');
    await until(() => bench.server.handler.counts().delivered === 1);
    reader.socket.resetAndDestroy();
    const again = bodies(await bench.ask('GET', '/poll?client=ann'));
    expect(again.map((b) => b.length)).toEqual([8 * 1024 * 1024 - 1]);
  });

  it('keeps a client online until linger after its last poll ended', async () => {
    await using bench = await Bench.start({ lingerMs: 80 });
    const online = async (): Promise<string[]> =>
      JSON.parse((await bench.ask('GET', '/presence?channel=c')).text).online;
    expect(JSON.parse((await bench.ask('GET', '/presence?channel=c')).text)).toEqual({ online: [], held: 0 });
    const client = await bench.hold('/poll?channel=c&client=ann&wait=9', 1);
    const seen = await bench.hold('/subscribe?channel=c', 2);
    expect(JSON.parse((await bench.ask('GET', '/presence?channel=c')).text)).toEqual({
      online: ['ann'],
      held: 2,
    });
    const before = performance.now();
    client.close();
    await bench.held(1);
    await until(async () => (await online()).length === 0);
    expect(performance.now() - before).toBeGreaterThanOrEqual(80);
    seen.close();
  });

  it('answers both polls of one client, or under newest the older one empty at once', async () => {
    await using all = await Bench.start();
    const first = await all.hold('/poll?client=ann&wait=20', 1);
    const second = await all.hold('/poll?client=ann&wait=20', 2);
    await all.publish('m');
    expect([bodies(await first.answer()), bodies(await second.answer())]).toEqual([['m'], ['m']]);

    await using newest = await Bench.start({ sameClient: 'newest' });
    const older = await newest.hold('/poll?client=ann&wait=20', 1);
    const newer = (await newest.client()).ask('GET', '/poll?client=ann&wait=20');
    expect(bodies(await older.answer())).toEqual([]);
    await newest.held(1);
    await newest.publish('m');
    expect(bodies(await newer.answer())).toEqual(['m']);
  });

  it('gives at most max messages and 8 MiB of bodies, and skips none', async () => {
    await using bench = await Bench.start({ maxBodyBytes: 4 * 1024 * 1024 });
    const start = await bench.cursor();
    for (let i = 0; i < 5; i++) await bench.publish(String(i));
    let cursor = start;
    const got: string[][] = [];
    for (let i = 0; i < 3; i++) {
      const answer = await bench.ask('GET', `/poll?max=2&cursor=${cursor}`);
      got.push(bodies(answer));
      cursor = pollBody(answer).cursor;
    }
    expect(got).toEqual([['0', '1'], ['2', '3'], ['4']]);
    for (let i = 0; i < 3; i++) await bench.publish('x'.repeat(4 * 1024 * 1024), '?channel=big');
    const big = await bench.ask('GET', '/poll?channel=big&cursor=oldest');
    expect(bodies(big)).toHaveLength(2);
    expect(bodies(await bench.ask('GET', `/poll?channel=big&cursor=${pollBody(big).cursor}`))).toHaveLength(
      1,
    );
    for (const max of ['0', '1001', '-1', '1.5', 'x', '']) {
      const answer = await bench.ask('GET', `/poll?max=${max}`);
      expect([max, answer.status, JSON.parse(answer.text).parameter]).toEqual([max, 400, 'max']);
    }
  });

  it('names every bad parameter at once', async () => {
    await using bench = await Bench.start();
    const answer = await bench.ask('GET', `/poll?client=${'a'.repeat(129)}&channel=a&channel=b&wait=x&max=0`);
    const { detail } = JSON.parse(answer.text);
    for (const name of ['client', 'channel', 'wait', 'max']) expect(detail).toContain(`${name}: `);
  });
});

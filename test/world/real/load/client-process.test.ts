import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/protocol/event.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import type { ClientsSpec, Order, Report } from '../../../../src/world/real/load/messages.ts';
import { readRecords } from '../../../../src/world/real/load/record.ts';
import { Child } from '../../../../src/world/real/stage/child.ts';
import { until } from '../raw.ts';
import { type Script, ScriptServer } from '../script.ts';
import { news, profile, text } from './play.ts';

const folder = mkdtempSync(join(tmpdir(), 'clients-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = monotonicClock();
let crowds = 0;

/** A client process, pointed at a script. */
class Crowd implements AsyncDisposable {
  readonly server: ScriptServer;
  readonly child = new Child<Order, Report>('clients', 'load/client-process');
  readonly said: Report[] = [];
  readonly #file = join(folder, `${crowds++}`);

  private constructor(server: ScriptServer) {
    this.server = server;
    this.child.listen((report) => this.said.push(report));
  }

  static async start(script: Script, more: Partial<ClientsSpec>): Promise<Crowd> {
    const crowd = new Crowd(await ScriptServer.start(script, { now: clock.now }));
    await crowd.child.next('ready');
    const spec: ClientsSpec = {
      clock: clock.originNs.toString(),
      file: crowd.#file,
      target: { origin: crowd.server.origin, profile, headers: {}, tls: {} },
      run: 'test',
      mode: {
        kind: 'long',
        everyMs: 0,
        jitterMs: 0,
        holdMs: 20_000,
        pauseMs: 0,
        requestTimeoutMs: 25_000,
        retry: { policy: 'full-jitter', baseMs: 10, capMs: 20, firstDelayMs: 10 },
      },
      first: 0,
      joinMs: [0],
      scripts: [],
      dial: [],
      channels: ['c', 'd', 'e'],
      lag: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' },
      keepAliveMs: 60_000,
      measureHeap: false,
      seed: 'seed',
      ...more,
    };
    crowd.child.send({ type: 'clients', spec });
    return crowd;
  }

  has(type: Report['type']): boolean {
    return this.said.some((report) => report.type === type);
  }

  async stop(): Promise<RunEvent[]> {
    const done = this.child.next('done');
    this.child.send({ type: 'stop' });
    expect(await done).toMatchObject({ failure: null });
    return [...readRecords([{ file: this.#file, reasons: [] }])()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child.end();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Whoever does not know his place is told it; all others are held. */
const hold: Script = ({ say, target }) => {
  if (target.includes('from=now')) say(news(1));
};

describe('a client process', () => {
  it('waits for those who are there from the beginning, and for nobody else', async () => {
    await using crowd = await Crowd.start(hold, { first: 4, joinMs: [null, 0, null] });
    const subscribed = crowd.child.next('subscribed');
    crowd.child.send({ type: 'join', at: clock.now() });
    await subscribed;
    expect(crowd.has('joined')).toBe(true);
    await until(() => crowd.server.heard.length === 2);
    // Number 5 of the run reads the third of three channels.
    expect(crowd.server.heard[0]!.target).toBe('/read/e?from=now&wait=0&who=test-5');
  });

  it('and a publisher that have no work yet are done as soon as they are asked', async () => {
    for (const entry of ['load/client-process', 'load/publisher-process']) {
      const child = new Child<Order, Report>(entry, entry);
      await child.next('ready');
      const done = child.next('done');
      child.send({ type: 'stop' });
      expect(await done).toMatchObject({ failure: null });
      await child.end();
    }
  });

  it('all of whose clients come later has nobody to wait for', async () => {
    await using crowd = await Crowd.start(hold, { joinMs: [null, null] });
    const all = Promise.all([crowd.child.next('joined'), crowd.child.next('subscribed')]);
    crowd.child.send({ type: 'join', at: clock.now() });
    await all;
    expect(crowd.server.heard).toEqual([]);
  });

  it('plays the scripts of its clients, each step in its time after the beginning', async () => {
    const scripts: ClientsSpec['scripts'] = [
      {
        client: 2,
        steps: [
          { atMs: 100, do: 'offline' },
          { atMs: 200, do: 'online', connection: 'kept' },
          { atMs: 250, do: 'move', channel: 0 },
        ],
      },
      { client: 3, steps: [{ atMs: 150, do: 'join' }] },
      { client: 9, steps: [{ atMs: 0, do: 'join' }] },
    ];
    await using crowd = await Crowd.start(hold, { first: 2, joinMs: [0, null], scripts });
    const subscribed = crowd.child.next('subscribed');
    crowd.child.send({ type: 'join', at: clock.now() });
    await subscribed;
    const at = clock.now() + 20;
    crowd.child.send({ type: 'begin', at });
    await until(() => crowd.server.heard.length === 6);
    const events = await crowd.stop();
    const steps = events.filter(({ kind }) => ['offline', 'online', 'moved'].includes(kind));
    expect(steps.map(({ kind }) => kind)).toEqual(['offline', 'online', 'moved']);
    for (const [i, ms] of [100, 200, 250].entries()) {
      const step = steps[i]!;
      expect('client' in step && step.client === 2 ? step.at - at : 0).toBeGreaterThanOrEqual(ms);
    }
    // Kept through its absence, the poll was there until the client moved.
    const ends = events.flatMap((event) => (event.kind === 'poll-ended' ? [event] : []));
    expect(ends.filter(({ client }) => client === 2).map(({ end }) => end)).toEqual([
      'empty',
      'abandoned',
      'empty',
      'abandoned',
    ]);
    const came = events.find((event) => event.kind === 'poll-sent' && event.client === 3);
    expect(came !== undefined && 'at' in came ? came.at - at : 0).toBeGreaterThanOrEqual(150);
    expect(crowd.said.filter(({ type }) => type === 'subscribed')).toHaveLength(1);
  });

  it('sends each client by its own stand-in', async () => {
    await using one = await ScriptServer.start(hold);
    await using two = await ScriptServer.start(hold);
    const dial = [one, two].map(({ port }) => ({ host: '127.0.0.1', port }));
    await using crowd = await Crowd.start(hold, { joinMs: [0, 0], dial });
    crowd.child.send({ type: 'join', at: clock.now() });
    await until(() => one.heard.length === 2 && two.heard.length === 2);
    expect(one.heard[1]!.target).toContain('test-0');
    expect(two.heard[1]!.target).toContain('test-1');
    expect(crowd.server.heard).toEqual([]);
  });

  it('tells its memory, its descriptors and, when it is asked to, its live heap', async () => {
    const script: Script = ({ say }, n) => n < 5 && say(news(n + 1, text(n)));
    await using crowd = await Crowd.start(script, { measureHeap: true });
    crowd.child.send({ type: 'measure' });
    crowd.child.send({ type: 'join', at: clock.now() });
    await until(() => crowd.server.heard.length === 6);
    const tick = await crowd.child.next('tick');
    expect(tick.rssBytes).toBeGreaterThan(10 * 2 ** 20);
    expect(tick).toMatchObject({ subscribed: 1, held: 1 });
    if (process.platform === 'linux') expect(tick.descriptors).toBeGreaterThan(5);
    const quality = crowd.child.next('quality');
    crowd.child.send({ type: 'measured' });
    const { heap } = await quality;
    expect(heap).toMatchObject({ messages: 5 });
    expect(heap!.firstBytes).toBeGreaterThan(2 ** 20);
    expect(heap!.lastBytes).toBeGreaterThan(2 ** 20);
  });

  it('leaves the heap alone otherwise', async () => {
    await using crowd = await Crowd.start(hold, {});
    crowd.child.send({ type: 'measure' });
    const quality = crowd.child.next('quality');
    crowd.child.send({ type: 'measured' });
    expect((await quality).heap).toBeNull();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backoff } from '../../../../src/protocol/backoff.ts';
import type { PublishEvent, RunEvent } from '../../../../src/protocol/event.ts';
import { seededRandom } from '../../../../src/protocol/random.ts';
import type { Adapter } from '../../../../src/wire/dialogue.ts';
import { type Profile, readProfile } from '../../../../src/wire/profile.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import type { Order, PublisherSpec, Report } from '../../../../src/world/real/load/messages.ts';
import { readRecords } from '../../../../src/world/real/load/record.ts';
import type { Surroundings } from '../../../../src/world/real/load/surroundings.ts';
import { settleMark, writeToken } from '../../../../src/world/real/load/token.ts';
import { VirtualClient } from '../../../../src/world/real/load/virtual-client.ts';
import { Child } from '../../../../src/world/real/stage/child.ts';
import { until } from '../raw.ts';
import { SessionServer, sessionProfileText } from '../session-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = monotonicClock();
const profile = readProfile(sessionProfileText, 'sessions.yaml');

/** A client of the bench at the session server. */
class Visitor {
  readonly events: RunEvent[] = [];
  readonly got: number[] = [];
  readonly client: VirtualClient;

  constructor(origin: string, choice: { profile?: Profile; adapter?: Adapter; regular?: boolean } = {}) {
    const regular = choice.regular === true;
    const world: Surroundings = {
      clock,
      origin,
      profile: choice.profile ?? profile,
      adapter: choice.adapter,
      headers: {},
      regular,
      run: 'test',
      channels: ['attic', 'cellar'],
      lag: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' },
      keepAliveMs: 60_000,
      tls: {},
      record: (event) => void this.events.push(event),
      handed: ({ message }) => void this.got.push(message),
      joined: () => {},
      subscribed: () => {},
    };
    const rhythm = regular
      ? ({ kind: 'regular', everyMs: 50, jitterMs: 0 } as const)
      : ({ kind: 'long', holdMs: 2000, pauseMs: 0, jitterMs: 0, firstPollWaits: true } as const);
    this.client = new VirtualClient(
      world,
      { id: 1, name: 'ann', channel: 0 },
      {
        rhythm,
        requestTimeoutMs: 10_000,
        backoff: backoff({ policy: 'full-jitter', baseMs: 1, capMs: 2, firstDelayMs: 1 }),
        random: seededRandom('session'),
      },
    );
    this.client.start();
  }

  ends(): string[] {
    return this.events.flatMap((event) => (event.kind === 'poll-ended' ? [event.end] : []));
  }
}

const text = (message: number): string => writeToken('test', { message, intendedAt: 0 }, 60);

describe('a client of a server with sessions', () => {
  it('opens one, keeps it through pings, acknowledges, opens it again when it is lost, and leaves', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const visitor = new Visitor(server.origin);
    await until(() => server.held === 1);
    for (let i = 0; i < 6; i++) {
      server.tell('attic', text(i));
      await until(() => visitor.got.length === i + 1 && server.held === 1);
    }
    expect(server.opened).toEqual(['ann']);
    expect(server.pongs).toBeGreaterThan(1);
    server.kick();
    await until(() => server.held === 1);
    server.tell('attic', text(6));
    await until(() => visitor.got.length === 7);
    visitor.client.stop();
    await visitor.client.leave();
    expect(visitor.got).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(server.opened).toEqual(['ann', 'ann']);
    expect(server.left).toEqual(['ann']);
    // Acknowledged one by one, by the number that the server gave.
    await until(() => server.acked.length === 7);
    expect(server.acked.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    // Also the numbers of its requests begin anew with a session.
    expect(server.complaints).toEqual([]);
    expect(visitor.ends().filter((end) => end === 'refused')).toHaveLength(1);
  });

  it('that moves ends its session before it opens the next one', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    server.rooms.set('cellar', 1);
    const visitor = new Visitor(server.origin);
    await until(() => server.held === 1);
    const open = server.opened.push.bind(server.opened);
    server.opened.push = (...names) => {
      expect(server.left).toEqual(['ann']);
      return open(...names);
    };
    visitor.client.follow({ atMs: 0, do: 'move', channel: 1 });
    await until(() => server.opened.length === 2 && server.held === 1);
    server.tell('attic', text(0));
    server.tell('cellar', text(1));
    await until(() => visitor.got.length === 1);
    visitor.client.follow({ atMs: 0, do: 'leave' });
    await until(() => server.left.length === 2);
    expect(visitor.got).toEqual([1]);
    expect(server.complaints).toEqual([]);
    visitor.client.stop();
  });

  it('that comes back at once waits until the server knows that it had left', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const visitor = new Visitor(server.origin);
    await until(() => server.held === 1);
    visitor.client.follow({ atMs: 0, do: 'leave' });
    visitor.client.follow({ atMs: 0, do: 'join' });
    await until(() => server.opened.length === 2 || server.left.length === 1);
    expect([server.opened.length, server.left.length]).toEqual([1, 1]);
    await until(() => server.held === 1);
    expect(server.opened).toHaveLength(2);
    visitor.client.stop();
  });

  it('that leaves on its way to another channel does not come back', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    server.rooms.set('cellar', 1);
    const visitor = new Visitor(server.origin);
    await until(() => server.held === 1);
    visitor.client.follow({ atMs: 0, do: 'move', channel: 1 });
    visitor.client.follow({ atMs: 0, do: 'leave' });
    expect(visitor.events.slice(-2).map(({ kind }) => kind)).toEqual(['moved', 'left']);
    await until(() => server.left.length === 1);
    // In the time that another one needs to come it would be here, too.
    const other = new Visitor(server.origin);
    await until(() => server.held === 1);
    expect(server.opened).toHaveLength(2);
    other.client.stop();
    visitor.client.stop();
  });

  it('that leaves without a network ends its second connection when there is one again', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const visitor = new Visitor(server.origin);
    await until(() => server.held === 1);
    server.tell('attic', text(0));
    await until(() => server.acked.length === 1);
    visitor.client.follow({ atMs: 0, do: 'offline', connection: 'kept' });
    visitor.client.follow({ atMs: 0, do: 'leave' });
    expect(await server.connections()).toBe(2);
    visitor.client.follow({ atMs: 0, do: 'online', connection: 'kept' });
    await until(async () => (await server.connections()) === 0);
    // Nobody was there to be told.
    expect(server.left).toEqual([]);
    visitor.client.stop();
  });

  it('polls regularly in a session of that kind', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const visitor = new Visitor(server.origin, { regular: true });
    await until(() => visitor.ends().length >= 2);
    server.tell('attic', text(0));
    await until(() => visitor.got.length === 1);
    visitor.client.stop();
    expect(server.complaints).toEqual([]);
    expect(visitor.ends().every((end) => end === 'empty' || end === 'messages' || end === 'abandoned')).toBe(
      true,
    );
  });

  it('counts a session that does not open as trouble, with the reason, and tries again', async () => {
    await using server = await SessionServer.start();
    const strict = readProfile(sessionProfileText.replace('ok: [204]', 'ok: [201]'), 'x');
    server.rooms.set('attic', 1);
    const visitor = new Visitor(server.origin, { profile: strict });
    await until(() => visitor.ends().length >= 2);
    visitor.client.stop();
    const first = visitor.events.find((event) => event.kind === 'poll-ended');
    expect(first).toMatchObject({
      end: 'broken',
      status: 204,
      reason: 'open[1]: expected status 201; got status 204',
    });
    expect(server.opened.length).toBeGreaterThan(1);
  });

  it('is over when the stream is, with what came last', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const ending = readProfile(`${sessionProfileText}\nend: [ { bodyPattern: 'pm:test:1:' } ]\n`, 'x');
    const visitor = new Visitor(server.origin, { profile: ending });
    await until(() => server.held === 1);
    server.tell('attic', text(0));
    await until(() => visitor.got.length === 1 && server.held === 1);
    server.tell('attic', text(1));
    await until(() => visitor.events.some((event) => event.kind === 'stopped'));
    expect(visitor.got).toEqual([0, 1]);
    visitor.client.stop();
  });

  it('does not count the mark by which subscribers are counted', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const visitor = new Visitor(server.origin);
    await until(() => server.held === 1);
    server.tell('attic', settleMark('test'));
    server.tell('attic', 'somebody else');
    await until(() => visitor.events.some((event) => event.kind === 'foreign'));
    visitor.client.stop();
    expect(visitor.events.filter((event) => event.kind === 'foreign')).toHaveLength(1);
  });

  it('hands what its adapter does not say itself to the profile', async () => {
    await using server = await SessionServer.start();
    server.rooms.set('attic', 1);
    const adapter: Adapter = ({ own }) => ({
      read: (answer) => {
        const reading = own.read(answer);
        if (reading.outcome.kind !== 'messages') return reading;
        const messages = reading.outcome.messages.map((each) => each.replace('SECRET ', ''));
        return { ...reading, outcome: { ...reading.outcome, messages } };
      },
    });
    const visitor = new Visitor(server.origin, { adapter });
    await until(() => server.held === 1);
    server.tell('attic', `SECRET ${text(3)}`);
    await until(() => visitor.got.length === 1);
    expect(visitor.got).toEqual([3]);
    visitor.client.stop();
  });
});

describe('a publisher that needs a session', () => {
  let plays = 0;

  async function publisher(origin: string, more: Partial<PublisherSpec['target']> = {}) {
    const child = new Child<Order, Report>('the publisher', 'load/publisher-process');
    await child.next('ready');
    const file = join(folder, `publisher-${plays++}`);
    const spec: PublisherSpec = {
      clock: clock.originNs.toString(),
      file,
      target: { origin, profile, headers: {}, tls: {}, ...more },
      run: 'test',
      channels: ['attic', 'cellar'],
      atMs: [0, 50, 100, 150],
      channel: [0, 1, 0, 1],
      bytes: 100,
    };
    const prepared = child.next('prepared');
    child.send({ type: 'publisher', spec });
    const { problem } = await prepared;
    const stop = async (): Promise<PublishEvent[]> => {
      const done = child.next('done');
      child.send({ type: 'stop' });
      await done;
      await child.end();
      const events = [...readRecords([{ file, reasons: [] }])()];
      return events.filter((event) => event.kind === 'published').sort((a, b) => a.message - b.message);
    };
    return { child, problem, stop };
  }

  it('sets the channels up, listens while it publishes, and leaves', async () => {
    await using server = await SessionServer.start();
    const { child, problem, stop } = await publisher(server.origin);
    expect(problem).toBeNull();
    expect([...server.rooms]).toEqual([
      ['attic', 1],
      ['cellar', 1],
    ]);
    expect(server.opened).toEqual(['test-publisher-0', 'test-publisher-1']);
    await until(() => server.held === 2);
    child.send({ type: 'begin', at: clock.now() + 20 });
    await until(() => server.said === 4);
    // Each hears itself, and asks on; each third poll is a ping that it has to answer.
    await until(() => server.pongs > 0);
    const events = await stop();
    expect(events.map(({ acknowledgedAt }) => acknowledgedAt !== null)).toEqual([true, true, true, true]);
    expect(server.left.toSorted()).toEqual(['test-publisher-0', 'test-publisher-1']);
    expect(server.complaints).toEqual([]);
  });

  it('opens it again when it is lost', async () => {
    await using server = await SessionServer.start();
    const { stop } = await publisher(server.origin);
    await until(() => server.held === 2);
    server.kick();
    await until(() => server.opened.length === 4 && server.held === 2);
    await stop();
    expect(server.complaints).toEqual([]);
  });

  it('says why it cannot: a set-up that is refused, a session that does not open', async () => {
    await using server = await SessionServer.start();
    const noRooms = readProfile(sessionProfileText.replace('ok: [201, 409]', 'ok: [200]'), 'x');
    const first = await publisher(server.origin, { profile: noRooms });
    expect(first.problem).toBe('channelSetup[0]: expected status 200; got status 201');
    const noSession = readProfile(sessionProfileText.replace('path: session.id', 'path: nowhere'), 'x');
    const second = await publisher(server.origin, { profile: noSession });
    expect(second.problem).toBe(
      "the publisher's session: open[0]: expected JSON with nowhere (for {sid}); got status 200",
    );
    await first.stop();
    await second.stop();
  });

  it('loads the adapter of the profile in its own process', async () => {
    const adapter = join(folder, 'loud.mjs');
    writeFileSync(
      adapter,
      'export default ({ own }) => ({ publish: (body, nonce) => own.publish(body.toUpperCase(), nonce) });\n',
    );
    await using server = await SessionServer.start();
    const heard: string[] = [];
    const tell = server.tell.bind(server);
    server.tell = (room, each) => {
      heard.push(each);
      tell(room, each);
    };
    const { child, stop } = await publisher(server.origin, { adapter });
    child.send({ type: 'begin', at: clock.now() });
    await until(() => heard.length === 4);
    await stop();
    expect(heard.every((each) => each.startsWith('PM:TEST:'))).toBe(true);
  });

  it('fails with a clear word when the adapter is none', async () => {
    const adapter = join(folder, 'none.mjs');
    writeFileSync(adapter, 'export const nothing = 1;\n');
    const child = new Child<Order, Report>('the publisher', 'load/publisher-process');
    await child.next('ready');
    const spec: PublisherSpec = {
      clock: clock.originNs.toString(),
      file: join(folder, 'failed'),
      target: { origin: 'http://127.0.0.1:1', profile, headers: {}, tls: {}, adapter },
      ...{ run: 'test', channels: ['attic'], atMs: [], channel: [], bytes: 100 },
    };
    const prepared = child.next('prepared');
    child.send({ type: 'publisher', spec });
    await expect(prepared).rejects.toThrow('has no function as its default export');
    await child.ended;
  });
});

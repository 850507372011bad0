import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PublishEvent } from '../../../../src/protocol/event.ts';
import { readProfile } from '../../../../src/wire/profile.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import type { Order, PublisherSpec, Report } from '../../../../src/world/real/load/messages.ts';
import { readRecords } from '../../../../src/world/real/load/record.ts';
import { readToken } from '../../../../src/world/real/load/token.ts';
import { Child } from '../../../../src/world/real/stage/child.ts';
import { until } from '../raw.ts';
import { answer, type Script, ScriptServer } from '../script.ts';

const folder = mkdtempSync(join(tmpdir(), 'publisher-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = monotonicClock();
const profile = readProfile(
  `
name: scripted
subscribe: { url: /read }
publish: { method: PUT, url: "/write/{channel}", headers: { X-Who: "{client}" }, body: "{message}", ok: [200, 202] }
messages: { format: whole }
hold: { kind: server }
`,
  'scripted.yaml',
);

let plays = 0;

/** A publisher in a process of its own, pointed at a script. */
class Play implements AsyncDisposable {
  readonly server: ScriptServer;
  readonly #child: Child<Order, Report>;
  readonly #file = join(folder, `${plays++}`);

  private constructor(server: ScriptServer) {
    this.server = server;
    this.#child = new Child<Order, Report>('the publisher', 'load/publisher-process');
  }

  static async start(
    atMs: readonly number[],
    script: Script,
    more: Partial<PublisherSpec> = {},
  ): Promise<Play> {
    const play = new Play(await ScriptServer.start(script, { now: clock.now }));
    await play.#child.next('ready');
    const spec: PublisherSpec = {
      clock: clock.originNs.toString(),
      file: play.#file,
      target: { origin: play.server.origin, profile, headers: { Mine: 'yes' }, tls: {} },
      run: 'test',
      channels: ['a', 'b'],
      atMs,
      channel: atMs.map((_, i) => i % 2),
      bytes: 100,
      ...more,
    };
    play.#child.send({ type: 'publisher', spec });
    play.#child.send({ type: 'begin', at: clock.now() + 50 });
    return play;
  }

  /** What it says of itself, once a second. */
  tick(): Promise<Report> {
    return this.#child.next('published');
  }

  /** Stops it, and gives what is on record, in the order of the messages. */
  async stop(): Promise<PublishEvent[]> {
    const done = this.#child.next('done');
    this.#child.send({ type: 'stop' });
    expect(await done).toMatchObject({ type: 'done', failure: null });
    const events = [...readRecords([{ file: this.#file, reasons: [] }])()];
    return events.filter((event) => event.kind === 'published').sort((a, b) => a.message - b.message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.end();
    await this.server[Symbol.asyncDispose]();
  }
}

const every = (ms: number, count: number): number[] => Array.from({ length: count }, (_, i) => i * ms);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

describe('the publisher', () => {
  it('sends each message when it is due, never before, and does not drift', async () => {
    const atMs = every(5, 400);
    await using play = await Play.start(atMs, ({ say }) => say(answer('ok')));
    await until(() => play.server.heard.length === 400);
    const events = await play.stop();
    expect(events.map(({ message }) => message)).toEqual(atMs.map((_, i) => i));
    const begin = events[0]!.intendedAt;
    const late = events.map(({ sentAt, intendedAt }) => sentAt - intendedAt);
    for (const [i, { intendedAt, sentAt }] of events.entries()) {
      expect(intendedAt - begin).toBeCloseTo(atMs[i]!, 6);
      expect(sentAt).toBeGreaterThanOrEqual(intendedAt);
    }
    // Timers that add up would be late by a millisecond more with each message, 400 in the end.
    expect(median(late.slice(-100)) - median(late.slice(0, 100))).toBeLessThan(50);
  });

  it('says what is to be said: method, place, headers, body with a token, of the size asked for', async () => {
    await using play = await Play.start([0, 10], ({ say }) => say(answer('', 'HTTP/1.1 202 Accepted')));
    await until(() => play.server.heard.length === 2);
    const events = await play.stop();
    expect(play.server.heard).toMatchObject([
      { method: 'PUT', target: '/write/a' },
      { method: 'PUT', target: '/write/b' },
    ]);
    for (const [i, { headers, body }] of play.server.heard.entries()) {
      expect(headers.get('mine')).toBe('yes');
      expect(headers.get('x-who')).toBe('test-publisher');
      expect(body).toHaveLength(100);
      const { message, intendedAt } = readToken('test', body)!;
      expect(message).toBe(i);
      expect(intendedAt).toBeCloseTo(events[i]!.intendedAt, 2);
    }
    expect(events).toMatchObject([
      { channel: 0, status: 202 },
      { channel: 1, status: 202 },
    ]);
    for (const { sentAt, acknowledgedAt } of events) expect(acknowledgedAt).toBeGreaterThan(sentAt);
  });

  it('waits for no acknowledgement: messages go out while a second passes before the first', async () => {
    const atMs = every(20, 20);
    await using play = await Play.start(atMs, ({ say }) => void setTimeout(() => say(answer('ok')), 1000));
    const firstAnswer = until(() => play.server.bytesOut > 0);
    await until(() => play.server.heard.length === 20 || play.server.bytesOut > 0);
    expect(play.server.heard).toHaveLength(20);
    await firstAnswer;
    await until(() => play.server.bytesOut === 20 * answer('ok').length);
    // The last acknowledgement has to be read there, too.
    const at = clock.now();
    await until(() => clock.now() > at + 100);
    const events = await play.stop();
    // One for each message, and one that stands ready.
    expect(play.server.connections).toBe(21);
    for (const { sentAt, intendedAt, acknowledgedAt } of events) {
      expect(sentAt - intendedAt).toBeLessThan(900);
      expect(acknowledgedAt! - sentAt).toBeGreaterThanOrEqual(999);
    }
  });

  it('keeps apart what was acknowledged, refused, broken and never answered', async () => {
    await using play = await Play.start(every(30, 5), ({ say, socket, target }, n) => {
      if (n === 0) say(answer('ok'));
      if (n === 1) say(answer('no', 'HTTP/1.1 503 No'));
      if (n === 2) socket.destroy();
      if (n === 3) say(answer('', 'HTTP/1.1 307 There', [`Location: ${target}/again`]));
    });
    await until(() => play.server.heard.length === 6);
    const at = clock.now();
    await until(() => clock.now() > at + 50);
    const events = await play.stop();
    expect(events).toMatchObject([
      { message: 0, status: 200, acknowledgedAt: expect.any(Number) },
      { message: 1, status: 503, acknowledgedAt: null },
      { message: 2, status: null, acknowledgedAt: null },
      { message: 3, status: null, acknowledgedAt: null },
      { message: 4, status: null, acknowledgedAt: null },
    ]);
    expect(play.server.heard.map(({ target }) => target)).toContain('/write/b/again');
  });

  it('that nobody answers, or lets in, records every message once, without a status', async () => {
    await using silent = await Play.start(every(5, 10), () => {});
    await until(() => silent.server.heard.length === 10);
    expect(await silent.stop()).toEqual(
      Array.from({ length: 10 }, (_, message) =>
        expect.objectContaining({ message, status: null, acknowledgedAt: null }),
      ),
    );
    const target = { origin: 'http://127.0.0.1:1', profile, headers: {}, tls: {} };
    await using refused = await Play.start([0, 5], () => {}, { target });
    // What is refused is known to have failed while it runs.
    expect(await refused.tick()).toMatchObject({ sent: 2, acknowledged: 0, failed: 2 });
    expect(await refused.stop()).toMatchObject([{ status: null }, { status: null }]);
  });

  it('that is stopped sends nothing more, and what was not sent is not on record', async () => {
    await using play = await Play.start([0, 60_000], ({ say }) => say(answer('ok')));
    await until(() => play.server.heard.length === 1);
    expect(await play.stop()).toHaveLength(1);
    expect(play.server.heard).toHaveLength(1);
  });
});

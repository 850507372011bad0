import {
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  type WriteStream,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { frameOf } from '../../src/measure/frame.ts';
import { HistoryError, HistoryWriter, readHistory, readRuns } from '../../src/measure/history.ts';
import { historyLine, type RunLine } from '../../src/measure/lines.ts';
import { summarise } from '../../src/measure/summary.ts';
import { pollEnds, type RunEvent } from '../../src/protocol/event.ts';
import { sampleRun } from './sample.ts';
import { Story } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'history-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (): string => join(folder, `${files++}.ndjson.gz`);

const run: Omit<RunLine, 'kind'> = {
  mode: 'long',
  repetition: 0,
  order: 1,
  seed: 42,
  clients: 2,
  channels: 1,
  windowFrom: 10_000,
  windowTo: 20_000,
  endedAt: 25_000,
  resume: true,
  silences: [],
};

async function collect<T>(source: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of source) items.push(item);
  } catch (error) {
    return { items, error };
  }
  return { items, error: null };
}

async function write(path: string, events: Iterable<RunEvent>): Promise<void> {
  const writer = new HistoryWriter(path, { scenario: 'test' });
  await writer.append(run, events);
  await writer.close();
}

const base = { at: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0), client: fc.nat() };
const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ kind: fc.constant('poll-sent' as const), ...base, poll: fc.nat(), waits: fc.boolean() }),
  fc.record({ kind: fc.constant('delivered' as const), ...base, poll: fc.nat(), message: fc.nat() }),
  fc.record({ kind: fc.constant('late-stamps' as const), at: base.at, deliveries: fc.nat() }),
  fc.record({ kind: fc.constantFrom('subscribed' as const, 'stopped', 'foreign'), ...base, count: fc.nat() }),
  fc.record({
    kind: fc.constant('poll-ended' as const),
    ...base,
    poll: fc.nat(),
    sentAt: base.at,
    end: fc.constantFrom(...pollEnds),
    status: fc.option(fc.nat(599)),
    messages: fc.nat(),
    reason: fc.option(fc.string({ unit: 'grapheme' })),
    bytesIn: fc.nat(),
    bytesOut: fc.nat(),
  }),
  fc.record({
    kind: fc.constant('published' as const),
    message: fc.nat(),
    channel: fc.nat(),
    intendedAt: base.at,
    sentAt: base.at,
    acknowledgedAt: fc.option(base.at),
    status: fc.option(fc.nat(599)),
  }),
);

describe('a history file', () => {
  it('gives back every event exactly, run by run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyEvent, { maxLength: 30 }), { maxLength: 3 }), async (runs) => {
        const path = fresh();
        const writer = new HistoryWriter(path, { tool: { name: 'pollmark', version: '0.1.0' } });
        for (const [order, events] of runs.entries()) await writer.append({ ...run, order }, events);
        await writer.close();
        const { items, error } = await collect(readRuns(path));
        expect(error).toBeNull();
        const plain = JSON.parse(JSON.stringify(runs));
        expect(items.map((item) => item.events)).toEqual(plain);
        expect(items.map((item) => item.run.order)).toEqual(runs.map((_, order) => order));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it('summarises to the same numbers as the run itself', async () => {
    const { frame, events } = sampleRun(
      'long',
      { clients: 4, channels: 2, seconds: 20, rate: 1, loss: 0.1 },
      1,
    );
    const path = fresh();
    const writer = new HistoryWriter(path, {});
    const { window, publishes: _, ...rest } = frame;
    await writer.append(
      { ...run, ...rest, windowFrom: window.from, windowTo: window.to, silences: [] },
      events,
    );
    await writer.close();
    const [kept] = (await collect(readRuns(path))).items;
    const again = summarise(frameOf(kept!), () => kept!.events);
    expect(again).toEqual(summarise(frame, () => events));
    expect(again.messages.lost).toBeGreaterThan(0);
  });

  it('begins with a header that names schema and version, and is gzipped NDJSON', async () => {
    const path = fresh();
    await write(path, new Story().poll(0, 1, 2, 'empty').events);
    const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ schema: 'pollmark/events', version: 1, scenario: 'test' });
    expect(JSON.parse(lines[1]!)).toMatchObject({ kind: 'run', mode: 'long', windowFrom: 10_000 });
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(historyLine.safeParse(JSON.parse(line)).success).toBe(true);
  });

  it('that was cut short gives every whole line, then says so', async () => {
    const path = fresh();
    await write(
      path,
      Array.from(
        { length: 20_000 },
        (_, i): RunEvent => ({ kind: 'subscribed', at: i / 7, client: i, count: 1 }),
      ),
    );
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const { items, error } = await collect(readHistory(path));
    expect(items.length).toBeGreaterThan(10_000);
    expect(items.length).toBeLessThan(20_000);
    expect(items.at(-1)).toMatchObject({ client: items.length - 3 });
    expect(error).toBeInstanceOf(HistoryError);
    expect(String(error)).toMatch(new RegExp(`cut short after line ${items.length}`));
  });

  it.each([
    ['no file', null, /no such file/],
    ['an empty file', '', /empty; expected a pollmark\/events header/],
    [
      'another file',
      '{"schema":"pollmark/result","version":1}\n',
      /line 1: not a pollmark\/events header: schema/,
    ],
    [
      'a later version',
      '{"schema":"pollmark/events","version":2}\n',
      /line 1: events of version 2; .* version 1/,
    ],
    [
      'a wrong event',
      '{"schema":"pollmark/events","version":1}\n{"kind":"delivered","at":1}\n',
      /line 2: .*client/,
    ],
    ['no JSON', '{"schema":"pollmark/events","version":1}\nhello\n', /line 2: not JSON/],
  ])('with %s is refused in words', async (_, text, message) => {
    const path = fresh();
    if (text !== null) writeFileSync(path, gzipSync(`${text}${text === '' ? '' : '{"kind":"end"}\n'}`));
    const { error } = await collect(readHistory(path));
    expect(error).toBeInstanceOf(HistoryError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain(path);
  });

  it('that is not gzip is refused in words', async () => {
    const path = fresh();
    writeFileSync(path, 'hello, this is no archive');
    expect(String((await collect(readHistory(path))).error)).toMatch(/cannot read the events in .*header/);
  });
});

describe('a disk that fails', () => {
  /** A disk with room for one write only. */
  function fullDisk(): WriteStream {
    let writes = 0;
    const disk = new Writable({
      write(_chunk, _encoding, done) {
        const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        done(writes++ === 0 ? null : full);
      },
    });
    return disk as WriteStream;
  }

  it('costs the events, is told once in words, and crashes nothing', async () => {
    const writer = new HistoryWriter('events.ndjson.gz', {}, fullDisk());
    const many = Array.from({ length: 100_000 }, (_, i): RunEvent => {
      return { kind: 'subscribed', at: Math.sin(i), client: i, count: 1 };
    });
    await writer.append(run, many);
    await writer.append(run, many);
    await expect(writer.close()).rejects.toThrow(
      'cannot write the events to events.ndjson.gz: the disk is full; free space, or run with --no-events',
    );
    expect(writer.failure).toBeInstanceOf(HistoryError);
  });

  it('is told by close when the folder is not there', async () => {
    const path = join(folder, 'nowhere', 'events.ndjson.gz');
    const writer = new HistoryWriter(path, {}, createWriteStream(path));
    await writer.append(run, []);
    await expect(writer.close()).rejects.toThrow(/cannot write the events to .*ENOENT/);
  });
});

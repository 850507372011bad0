import { describe, expect, it } from 'vitest';
import { resultSchema } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { type SimulateOptions, simulateScenario, type VirtualProgress } from '../../src/scenario/simulate.ts';
import { tooLarge } from '../../src/scenario/virtual/memory.ts';
import { UsageError } from '../../src/wire/usage.ts';
import { expectAlike } from './alike.ts';
import { sample } from './sample.ts';

/** A server without memory, and messages in quick succession: something is lost between polls. */
const lossy = readScenario(
  `version: 1
name: lossy
duration: 20s
server: { semantics: article }
network: { oneWay: 20ms, jitter: 5ms, distribution: lognormal }
clients: { count: 40 }
modes: [{ kind: long, hold: 25s }]
arrivals: { rate: 5/s }
`,
  'lossy.yaml',
);

const plain = sample({ clients: '{ count: 30, channels: 30 }' }, 'network: { oneWay: 30ms }\n');

async function resultOf(scenario: Scenario, more: Partial<SimulateOptions> = {}) {
  return (await simulateScenario({ scenario, ...more })).result;
}

/** Without what says when and how. */
function bare(result: Awaited<ReturnType<typeof resultOf>>) {
  const { id: _id, startedAt: _from, finishedAt: _to, virtual: _virtual, ...rest } = result;
  return rest;
}

describe('a scenario in virtual time', () => {
  it('has a result in the form of all results, marked as virtual', async () => {
    const result = await resultOf(plain);
    expect(resultSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({ world: 'virtual', status: 'ok', warnings: [] });
    expect(result.virtual).toMatchObject({ counted: 'kept' });
    for (const { repetitions } of result.modes)
      expect(repetitions[0]!.messages).toMatchObject({ lost: 0, duplicates: 0, undelivered: 0 });
  });

  it.each([
    ['nothing goes wrong', plain],
    ['messages are lost', lossy],
  ])('counts the same as it goes and afterwards, where %s', async (_, scenario) => {
    const [kept, streamed] = [
      await resultOf(scenario),
      await resultOf(scenario, { mostEvents: 0, engine: 'exact' }),
    ];
    expect([kept.virtual!.counted, streamed.virtual!.counted]).toEqual(['kept', 'streamed']);
    expect(bare(streamed)).toEqual(bare(kept));
    const lost = kept.modes.map(({ repetitions }) => repetitions[0]!.messages.lost);
    if (scenario === lossy) expect(lost[0]).toBeGreaterThan(0);
  });

  it.each([
    ['private messages', plain],
    [
      'a broadcast',
      sample({ clients: '{ count: 30 }', duration: '5m' }, 'network: { oneWay: 30ms, jitter: 3ms }\n'),
    ],
    ['messages that are lost', lossy],
    ['a server with one channel for all', { ...lossy, clients: { ...lossy.clients, channels: 8 } }],
  ])('counts the same when clients are played one by one: %s', async (_, scenario) => {
    const kept = await resultOf(scenario);
    const alone = await resultOf(scenario, { mostEvents: 0 });
    const asked = await resultOf(scenario, { engine: 'alone' });
    expect([kept.virtual!.counted, alone.virtual!.counted]).toEqual(['kept', 'alone']);
    expect(alone.virtual!.why).toContain('no client touches another');
    expect(bare(asked)).toEqual(bare(alone));
    expect(alone.modes.length).toBe(kept.modes.length);
    for (const [i, mode] of alone.modes.entries()) expectAlike(mode, kept.modes[i]!);
  });

  it('has the same result whatever number of turns is played at once, to the last byte', async () => {
    const twice = { ...plain, repetitions: 2, order: 'interleaved' as const };
    const bytes: string[] = [];
    for (const jobs of [1, 3]) {
      const result = await resultOf(twice, { engine: 'alone', jobs });
      expect(result.modes.map(({ repetitions }) => repetitions.length)).toEqual([2, 2]);
      bytes.push(JSON.stringify({ ...result, id: '', startedAt: '', finishedAt: '' }));
    }
    expect(bytes[1]).toBe(bytes[0]);
  });

  it('plays clients one by one only where none touches another', async () => {
    const busy = sample({}, 'server: { service: 1ms }\n');
    await expect(resultOf(busy, { engine: 'alone' })).rejects.toThrow(
      /regular cannot be played alone.*wait for one another/s,
    );
    const result = await resultOf(busy, { mostEvents: 0 });
    expect(result.virtual).toMatchObject({ counted: 'streamed' });
    expect(result.virtual!.why).toMatch(/too many to be kept, and an answer takes the server time/);
  });

  it('says how many clients are over', async () => {
    const heard: VirtualProgress[] = [];
    const scenario = sample({ clients: '{ count: 2000 }' });
    await resultOf(scenario, { engine: 'alone', jobs: 1, progress: (where) => heard.push(where) });
    const done = heard.filter(({ phase }) => phase === 'play').map(({ clientsDone }) => clientsDone!);
    expect(done.length).toBeGreaterThan(2);
    expect(Math.max(...done)).toBeLessThanOrEqual(2000);
    expect(done.every((count) => count > 0)).toBe(true);
  });

  it('counts as it goes when there were more events than may be kept', async () => {
    const result = await resultOf(lossy, { mostEvents: 5_000, engine: 'exact' });
    expect(result.virtual!.counted).toBe('streamed');
  });

  it('stops when it is told to, and keeps what there is', async () => {
    const stop = new AbortController();
    const heard: VirtualProgress[] = [];
    const { result, exitCodes } = await simulateScenario({
      scenario: sample({ clients: '{ count: 2000 }', duration: '10m' }),
      mostEvents: 10_000_000,
      interrupted: stop.signal,
      progress(where) {
        heard.push(where);
        if (where.phase === 'play' && where.elapsedMs > 30_000) stop.abort();
      },
    });
    expect(exitCodes).toContain(130);
    expect(result.status).toBe('partial');
    const [repetition] = result.modes[0]!.repetitions;
    expect(repetition!.requests.total).toBeGreaterThan(0);
    // What was on its way when it was stopped is nobody's loss.
    const { published, lost, undelivered } = repetition!.messages;
    expect(published).toBeGreaterThan(0);
    expect([lost, undelivered]).toEqual([0, 0]);
    expect(repetition!.series.requests.length).toBeLessThan(600);
    expect(result.modes[1]!.repetitions).toEqual([]);
    expect(heard.map(({ phase }) => phase)).toContain('join');
  });

  it.each([
    { engine: 'exact' },
    { engine: 'alone', jobs: 1 },
    { engine: 'alone', jobs: 2 },
  ] as const)('tells nothing of half a run that it counts as it goes: %o', async (how) => {
    const stop = new AbortController();
    const { result } = await simulateScenario({
      ...how,
      scenario: sample({ clients: '{ count: 2000 }', duration: '10m' }),
      mostEvents: 0,
      interrupted: stop.signal,
      progress: ({ phase }) => phase === 'play' && stop.abort(),
    });
    expect(result.modes[0]!.repetitions).toEqual([]);
    expect(result.warnings.map(({ code }) => code)).toEqual(['cut-short']);
  });

  it('has the limit of a real proxy without the program', async () => {
    const behind = sample({
      modes: '[{ name: long, kind: long }, { name: cut, kind: long, behind: { proxy: nginx, idle: 5s } }]',
      duration: '1m',
      arrivals: '{ rate: 1/h }',
    });
    const result = await resultOf(behind);
    expect(result.modes.map(({ skipped }) => skipped)).toEqual([null, null]);
    const statuses = result.modes.map(({ repetitions }) => repetitions[0]!.requests.by_status['504'] ?? 0);
    expect(statuses[0]).toBe(0);
    expect(statuses[1]).toBeGreaterThan(0);
  });

  it('refuses what does not fit into memory, before anything starts', async () => {
    const size = { clients: '{ count: 1000000, channels: 1000000 }', arrivals: '{ rate: 10/s }' };
    const huge = sample(size, 'server: { service: 1ms }\n');
    // Played one by one, their messages are never there together.
    const small = sample(size);
    expect(tooLarge(huge)).toMatch(/600000000 messages.*wait for one another.*max-old-space-size/);
    expect(tooLarge(small, small.modes, 'exact')).toMatch(/600000000 messages/);
    await expect(resultOf(huge)).rejects.toBeInstanceOf(UsageError);
    expect(tooLarge(plain)).toBeNull();
    expect(tooLarge(small)).toBeNull();
  });
});

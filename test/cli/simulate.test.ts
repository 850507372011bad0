import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../src/measure/result.ts';
import { tooCrowded } from '../../src/scenario/crowded.ts';
import { sample } from '../scenario/sample.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('pollmark simulate', () => {
  it('leaves the folder of a run, and claims to have measured nothing', async () => {
    const out = join(folder, 'quick');
    const { code, out: text } = await run(['simulate', '--scenario', 'quick', '-o', out]);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual([
      'charts',
      'events.ndjson.gz',
      'index.html',
      'junit.xml',
      'result.json',
      'scenario.yaml',
      'summary.md',
    ]);
    expect(text).toContain('in virtual time: simulated, not measured');
    expect(text).toContain('Simulated: long polling delivers');
  });

  it('prints the result and nothing else with --json', async () => {
    const out = join(folder, 'json');
    const { out: text } = await run(['simulate', '-S', 'quick', '--json', '-q', '--no-events', '-o', out]);
    expect(resultSchema.parse(JSON.parse(text)).world).toBe('virtual');
    expect(readdirSync(out).sort()).toEqual([
      ...['charts', 'index.html', 'junit.xml', 'result.json', 'scenario.yaml', 'summary.md'],
    ]);
  });

  it('warns of what only counts in virtual time, where a real run is planned', async () => {
    const args = ['-S', 'quick', '--dry-run', '-s', 'server.service=0.05ms', '-s', 'server.queue=3'];
    const told = async (verb: string) => (await run([verb, ...args])).err.join('\n');
    expect(await told('bench')).toContain('server.service and server.queue are for virtual time');
    expect(await told('simulate')).not.toContain('virtual time');
  });

  it('plays clients alone when it is asked to, says so, and refuses where they are not', async () => {
    const args = ['simulate', '-S', 'quick', '--engine', 'alone', '-o', join(folder, 'alone')];
    const { out: text, err } = await run([...args, '--json']);
    const { virtual } = resultSchema.parse(JSON.parse(text));
    expect(virtual).toMatchObject({
      engine: 'alone',
      counted: 'alone',
      why: 'regular: it was asked for; long: it was asked for',
    });
    expect(err.join('')).toContain('alone (regular: it was asked for');
    const busy = await run([...args, '-s', 'server.service=1ms']);
    expect(busy.code).toBe(2);
    expect(busy.err.join('\n')).toContain('cannot be played alone: an answer takes the server time');
  });

  it('plans a run of very many messages without laying them out', async () => {
    const size = [
      '-s',
      'clients.count=1000000',
      '-s',
      'clients.channels=1000000',
      '-s',
      'arrivals.rate=0.1/s',
    ];
    const { out } = await run([
      'simulate',
      '-S',
      'quick',
      '--duration',
      '10m',
      ...size,
      '--dry-run',
      '--json',
    ]);
    expect(JSON.parse(out)).toMatchObject({ messages: 60_000_000, deliveries: 60_000_000 });
  });

  it('takes a place of its own when another run of the same second has it', async () => {
    const cwd = mkdtempSync(join(folder, 'twice-'));
    const args = ['simulate', '-S', 'quick', '-q', '--no-events', '--duration', '1s', '--mode', 'long'];
    for (let i = 0; i < 3; i++) expect((await run(args, cwd)).code).not.toBe(2);
    expect(readdirSync(join(cwd, 'reports')).filter((name) => name !== 'latest')).toHaveLength(3);
  });

  it.each([
    'quick',
    'ten-seconds',
    'chat-room',
  ])('%s takes the delay that its own note asks for', async (name) => {
    const args = ['simulate', '-S', name, '-s', 'network.oneWay=50ms', '--dry-run'];
    expect((await run(args)).code).toBe(0);
  });

  it('takes --no-color as other tools do', async () => {
    const args = ['simulate', '-S', 'quick', '--dry-run', '--no-color'];
    expect((await run(args)).code).toBe(0);
  });

  it('has no target', async () => {
    const { code, err } = await run(['simulate', '-S', 'quick', '--target', 'http://127.0.0.1:1']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('--target');
  });
});

describe('simulate --live', () => {
  it('is refused with the reason, and not offered in the help', async () => {
    const { code, err } = await run(['simulate', '-S', 'quick', '--live']);
    expect([code, err]).toEqual([
      2,
      ['error: --live has no meaning here: virtual time passes in a moment, and there is nothing to watch'],
    ]);
    expect((await run(['simulate', '--help'])).out).not.toContain('--live');
    expect((await run(['bench', '--help'])).out).toContain('--live');
    const swept = await run(['sweep', '-S', 'busy-ticker', '--virtual', '--live']);
    expect(swept.err.join()).toContain('--live has no meaning with --virtual');
  });
});

describe('a million clients in the real world', () => {
  it('are refused with the way that they can go', async () => {
    const { code, err } = await run(['bench', '-S', 'quick', '-s', 'clients.count=1000000', '--dry-run']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('pollmark simulate --scenario quick');
  });

  it('are so many more than descriptors', () => {
    const scenario = sample({ clients: '{ count: 19900 }' });
    expect(tooCrowded(scenario, 20_000)).toBeNull();
    expect(tooCrowded(scenario, 19_999)).toContain('at most 19899 clients');
  });
});

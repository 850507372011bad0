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

  it('has no target', async () => {
    const { code, err } = await run(['simulate', '-S', 'quick', '--target', 'http://127.0.0.1:1']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('--target');
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

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { find, loadScenario, shelved } from '../../src/scenario/find.ts';
import { planScenario } from '../../src/scenario/plan.ts';
import { complaintsOf, minimal } from './sample.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shipped = ['chat-room', 'quick', 'quiet-notifications', 'ten-seconds', 'thundering-herd'];
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pollmark-find-'));
  mkdirSync(join(cwd, 'scenarios', 'published'), { recursive: true });
  writeFileSync(join(cwd, 'scenarios', 'quick.yaml'), minimal());
  writeFileSync(
    join(cwd, 'scenarios', 'published', 'log.yaml'),
    minimal({ arrivals: '{ process: { replay: { file: ../log.txt } } }' }),
  );
  writeFileSync(join(cwd, 'scenarios', 'log.txt'), '1s\n');
  writeFileSync(join(cwd, 'scenarios', 'notes.txt'), '');
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('find', () => {
  it("finds names in the working folder, then in the package's own", () => {
    expect(find('scenarios', 'quick', cwd)).toEqual({
      name: 'quick',
      file: 'scenarios/quick.yaml',
      path: join(cwd, 'scenarios', 'quick.yaml'),
    });
    expect(find('scenarios', 'chat-room', cwd).path).toBe(join(root, 'scenarios', 'chat-room.yaml'));
    expect(find('scenarios', 'chat-room', root).file).toBe('scenarios/chat-room.yaml');
    expect(find('scenarios', 'published/log', cwd).file).toBe('scenarios/published/log.yaml');
    expect(shelved('scenarios', cwd).map(({ name }) => name)).toEqual(
      expect.arrayContaining([...shipped, 'published/log']),
    );
    expect(shelved('scenarios', cwd).filter(({ name }) => name === 'quick')).toHaveLength(1);
    expect(shelved('scenarios', cwd).map(({ name }) => name)).not.toContain('notes');
  });

  it('takes paths to files', () => {
    expect(find('scenarios', 'scenarios/quick.yaml', cwd).name).toBe('quick');
    expect(find('scenarios', join(cwd, 'scenarios', 'quick.yaml'), root).name).toBe('quick');
    expect(complaintsOf(() => find('scenarios', 'scenarios/quik.yaml', cwd))).toEqual([
      'no file scenarios/quik.yaml',
    ]);
    expect(complaintsOf(() => find('scenarios', './scenarios', cwd))).toEqual(['./scenarios is not a file']);
  });

  it('names the nearest', () => {
    expect(complaintsOf(() => find('scenarios', 'chat-rom', cwd))).toEqual([
      'no scenario "chat-rom" in scenarios/. Did you mean "chat-room"?   (pollmark list shows all)',
    ]);
    expect(complaintsOf(() => find('scenarios', 'zzz', cwd))).toEqual([
      'no scenario "zzz" in scenarios/.   (pollmark list shows all)',
    ]);
  });

  it('reads recorded times relative to the scenario', () => {
    expect(loadScenario('published/log', cwd).scenario.arrivals.process).toMatchObject({ atMs: [1000] });
  });
});

describe('the scenarios that come with the package', () => {
  it.each(shipped)('%s is valid, can be judged and does not take long', (name) => {
    const { scenario } = loadScenario(name, root);
    const plan = planScenario(scenario);
    expect(scenario.name).toBe(name);
    expect(scenario.title).toMatch(/\?$/);
    expect(scenario.thresholds.length).toBeGreaterThan(1);
    expect(plan.warnings).toEqual([]);
    expect(plan.totalMs).toBeLessThan(name === 'quick' ? 60_000 : 8 * 60_000);
  });

  it('has a last minute of silence in ten-seconds', () => {
    const { arrivals, durationMs } = loadScenario('ten-seconds', root).scenario;
    expect(durationMs).toBe(180_000);
    expect(arrivals.process).toEqual({ kind: 'on-off', onMs: 120_000, offMs: 60_000 });
  });
});

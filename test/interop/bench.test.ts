import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import type { Result } from '../../src/measure/result.ts';
import { due, folderWith, pollmark, printed, result } from '../runs/pollmark.ts';
import { describeTarget } from './describe-target.ts';
import type { Target } from './starters/target.ts';
import { type TargetName, targetNames } from './targets.ts';

const scenario = (name: string, rate: string): string => `version: 1
name: ${name}
duration: 8s
cooldown: 6s
clients: { count: 5 }
modes:
  - { name: regular, kind: regular, every: 500ms }
  - { name: long, kind: long, hold: 5s }
order: together
arrivals: { process: poisson, rate: ${rate} }
`;

// Once a second is slow enough for one message per answer, and many a second surely meet the seed's gap.
const folder = folderWith({ 'calm.yaml': scenario('calm', '1/s'), 'brisk.yaml': scenario('brisk', '50/s') });
afterAll(() => rmSync(folder, { recursive: true }));

/** Servers that have no request that is answered at once when there is nothing. */
const longOnly: readonly TargetName[] = ['seed', 'engineio', 'sockjs'];

async function benched({ origin, profile }: Target, name: 'calm' | 'brisk'): Promise<Result> {
  const args = ['bench', '-S', `./${name}.yaml`, '-t', origin, '-p', profile, '--no-progress', '--json'];
  const { code, out, err } = await pollmark(args, { cwd: folder });
  expect(code, err).not.toBe(1);
  const run = result(printed(out));
  expect(code).toBe(due(0, [run]));
  return run;
}

const modeOf = (run: Result, name: string) => run.modes.find((mode) => mode.name === name)!;

for (const name of targetNames)
  describeTarget(name, (target) => {
    it('is benched by its shipped profile', async () => {
      const run = await benched(target(), name === 'seed' ? 'brisk' : 'calm');
      for (const mode of ['regular', 'long']) {
        const { skipped, repetitions } = modeOf(run, mode);
        if (mode === 'regular' && longOnly.includes(name)) {
          expect(skipped).toContain('regular');
          continue;
        }
        expect(skipped).toBeNull();
        const { messages, errors } = repetitions[0]!;
        const { published, refused, expected, delivered, lost, undelivered, duplicates, reordered } =
          messages;
        expect(published).toBeGreaterThan(0);
        expect({ refused, expected, duplicates, reordered, errors: errors.rate }).toEqual({
          refused: 0,
          expected: published * 5,
          duplicates: 0,
          reordered: 0,
          errors: 0,
        });
        expect(delivered + lost + undelivered).toBe(expected);
        console.log(`${name} ${mode}: ${delivered} of ${expected} delivered`);
        if (name === 'seed') {
          // It has no memory: what is published between an answer and the next request is gone.
          expect(messages.lost_by_cause['gap'], JSON.stringify(messages)).toBeGreaterThan(0);
        } else expect(delivered).toBe(expected);
      }
    });
  });

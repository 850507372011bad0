import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepetitionResult, Result } from '../../src/measure/result.ts';
import { due, folderWith, pollmark, printed, result } from '../runs/pollmark.ts';
import { describeTarget } from './describe-target.ts';
import { manners } from './losses.ts';
import type { Target } from './starters/target.ts';
import { type TargetName, targetNames } from './targets.ts';

// A message every half second, so that no honest poll lasts longer: two seconds without an answer are a dead
// connection. Before the warm-up there is silence, and polls are given up that were honest. Faults begin between
// messages, and after the last of them there is time to come back.
const retry = 'requestTimeout: 2s, retry: { policy: full-jitter, base: 100ms, cap: 400ms }';
const scenario = `version: 1
name: disturbed
warmup: 2s
duration: 15s
cooldown: 5s
clients: { count: 10 }
modes:
  - { name: regular, kind: regular, every: 300ms, ${retry} }
  - { name: long, kind: long, hold: 1s, ${retry} }
order: together
arrivals: { process: fixed, rate: 2/s }
faults:
  - { kind: connection-reset, at: 1250ms }
  - { kind: half-open, at: 3250ms, clients: 50% }
  - { kind: refuse, at: 6250ms, for: 1s }
  - { kind: add-latency, at: 7750ms, for: 1s, oneWay: 30ms, jitter: 20ms }
  - { kind: proxy-restart, at: 9250ms, down: 1s }
  - { kind: cut-idle, at: 11250ms, for: 1250ms, idle: 100ms, how: reset }
`;
const published = 30;

const folder = folderWith({ 'disturbed.yaml': scenario });
afterAll(() => rmSync(folder, { recursive: true }));

async function disturbed({ origin, profile, name }: Target): Promise<Result> {
  const target = ['-t', origin, '-p', profile, '-o', name];
  const args = ['bench', '-S', './disturbed.yaml', ...target, '--no-progress', '--no-events', '--json'];
  const { code, out, err } = await pollmark(args, { cwd: folder });
  expect(code, err).not.toBe(1);
  const run = result(printed(out));
  expect(code, err).toBe(due(0, [run]));
  expect(run.status).not.toBe('partial');
  return run;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

/** What became of the messages and the clients, in a few lines. */
function told(name: TargetName, mode: string, { messages, faults, errors }: RepetitionResult): string {
  const { delivered, lost, undelivered, expected, lost_by_cause } = messages;
  const causes = Object.entries(lost_by_cause).map(([cause, count]) => `${count} ${cause}`);
  const seen = Object.entries(errors.by_kind).map(([kind, count]) => `${count} ${kind}`);
  return [
    `${name} ${mode}: ${delivered} of ${expected} delivered, ${lost} lost (${causes.join(', ')}), ${undelivered} not yet; ${seen.join(', ')}`,
    ...faults.map((fault) => {
      const back = fault.back_ms?.count === 0 ? '' : `, back after ${Math.round(fault.back_ms?.max ?? 0)} ms`;
      return `  ${fault.kind}: ${fault.hit} of ${fault.clients} hit${back}, lost ${JSON.stringify(fault.lost)}`;
    }),
  ].join('\n');
}

describe.concurrent('clients whose ways to a server break', () => {
  for (const name of targetNames)
    describeTarget(name, (target) => {
      it('come back, and miss what this server is known to forget', async () => {
        const run = await disturbed(target());
        const { keeps, reopens, why } = manners[name];
        console.log(`${name}: ${why}`);
        for (const { name: mode, kind, skipped, repetitions } of run.modes) {
          if (skipped !== null) continue;
          const [one] = repetitions;
          const { messages, faults, errors, proxy_error_ms } = one!;
          const what = told(name, mode, one!);
          console.log(what);
          const { delivered, lost, undelivered, expected } = messages;
          expect(messages, what).toMatchObject({ published, refused: 0, expected: published * 10 });
          expect(delivered + lost + undelivered).toBe(expected);
          expect([messages.duplicates, messages.reordered, messages.unexpected], what).toEqual([0, 0, 0]);
          expect(faults.map((fault) => [fault.kind, fault.clients, fault.never_back])).toEqual([
            ['connection-reset', 10, 0],
            ['half-open', 5, 0],
            ['refuse', 10, 0],
            ['add-latency', 10, 0],
            ['proxy-restart', 10, 0],
            ['cut-idle', 10, 0],
          ]);
          expect(proxy_error_ms!.chunks).toBeGreaterThan(0);
          const hit = Object.fromEntries(faults.map((fault) => [fault.kind, fault.hit]));
          expect(hit, what).toMatchObject({ 'half-open': 5, 'proxy-restart': 10 });
          if (kind === 'long') expect(hit, what).toMatchObject({ 'connection-reset': 10, 'cut-idle': 10 });
          if (keeps) expect([lost, undelivered], what).toEqual([0, 0]);
          const byCause = Object.values(messages.lost_by_cause);
          expect(sum(byCause), what).toBe(lost);
          const byFaults = faults.flatMap((fault) => Object.values(fault.lost));
          if (!keeps && kind === 'long') expect(sum(byFaults), what).toBeGreaterThan(0);
          if (reopens !== null)
            expect(Object.keys(errors.by_kind).some((each) => reopens.test(each))).toBe(true);
        }
      });
    });
});

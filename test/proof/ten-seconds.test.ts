import { beforeAll, describe, expect, it } from 'vitest';
import type { KeptRun } from '../../src/measure/history.ts';
import type { Result } from '../../src/measure/result.ts';
import { holm, uniformFit } from '../../src/measure/uniform.ts';
import { latencies, provingRun, shipped } from './run.ts';

const scenario = shipped('ten-seconds');
const intervalMs = 10_000;
let result: Result;
let regular: KeptRun;
let long: KeptRun;

beforeAll(async () => {
  const proving = await provingRun(scenario);
  result = proving.result;
  regular = proving.runs.get('regular')!;
  long = proving.runs.get('long')!;
});

describe('ten-seconds, at full length', () => {
  it('is a measurement that can be trusted', () => {
    expect(result.warnings.filter(({ invalidates }) => invalidates === true)).toEqual([]);
    for (const { repetitions } of result.modes) {
      const { expected, delivered, lost, duplicates } = repetitions[0]!.messages;
      expect({ delivered, lost, duplicates }).toEqual({ delivered: expected, lost: 0, duplicates: 0 });
    }
  });

  it('has regular deliveries that are uniform over the interval, client by client (model 2.8)', () => {
    const byClient = [...latencies(regular).values()];
    const delta = Math.min(...byClient.flat());
    const fits = byClient.map((list) => uniformFit(list, delta, intervalMs)!);
    const smallest = Math.min(...holm(fits.map(({ p }) => p)));
    const all = byClient.flat().sort((a, b) => a - b);
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    console.log(
      `regular: ${all.length} deliveries to ${fits.length} clients, delta ${delta.toFixed(2)} ms, mean ${mean.toFixed(0)} ms ` +
        `(theory ${(delta + intervalMs / 2).toFixed(0)} ± ${((1.96 * intervalMs) / Math.sqrt(12 * all.length)).toFixed(0)}), ` +
        `max ${all.at(-1)!.toFixed(0)} ms; KS per client: median D ${fits
          .map((f) => f.distance)
          .sort((a, b) => a - b)
          [fits.length >> 1]!.toFixed(3)}, ` +
        `rejected singly ${fits.filter(({ p }) => p < 0.05).length} of ${fits.length}, smallest p after Holm ${smallest.toFixed(3)}`,
    );
    expect(fits).toHaveLength(scenario.clients.count);
    expect(smallest).toBeGreaterThan(0.05);
  });

  it('has one regular request per client and interval, within one, in the idle minute too', () => {
    const { windowFrom, windowTo } = regular.run;
    const counts = new Array<number>(scenario.clients.count).fill(0);
    for (const event of regular.events) {
      if (event.kind === 'poll-sent' && event.at >= windowFrom && event.at < windowTo)
        counts[event.client]!++;
    }
    const wanted = (windowTo - windowFrom) / intervalMs;
    const idle = result.modes.map(
      ({ name, repetitions }) => `${name} ${repetitions[0]!.requests.idle!.per_client}`,
    );
    console.log(
      `requests per regular client: ${Math.min(...counts)} to ${Math.max(...counts)}, expected ${wanted}; ` +
        `in the idle minute, per client: ${idle.join(', ')}`,
    );
    for (const count of counts) expect(Math.abs(count - wanted)).toBeLessThanOrEqual(1);
  });

  it('has long deliveries within three transits, as far as loopback can show it', () => {
    // A transit cannot be seen alone; a regular poll is two of them and the server's work, at its slowest.
    const rounds = regular.events.flatMap((event) =>
      event.kind === 'poll-ended' && event.end !== 'abandoned' ? [event.at - event.sentAt] : [],
    );
    const slowest = Math.max(...rounds);
    const all = [...latencies(long).values()].flat().sort((a, b) => a - b);
    console.log(
      `long: ${all.length} deliveries, p50 ${all[all.length >> 1]!.toFixed(2)} ms, max ${all.at(-1)!.toFixed(2)} ms; ` +
        `slowest regular round trip ${slowest.toFixed(2)} ms, so four transits (the publish's and three) are at most ${(2 * slowest).toFixed(2)} ms`,
    );
    expect(all.at(-1)).toBeLessThan(2 * slowest);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { KeptRun } from '../../src/measure/history.ts';
import type { Result } from '../../src/measure/result.ts';
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
    const { tests, ks, bound, measured, prediction, circumstances, verdict, sentence, cause } =
      result.modes[0]!.theory!;
    const { mean, max } = measured!.delivery_ms;
    const clients = tests!.find(({ name }) => name === 'per-client')!;
    const pooled = tests!.find(({ name }) => name === 'independent')!;
    console.log(
      `regular: ${pooled.n} deliveries to ${clients.n} clients, floor ${circumstances!.floor_ms} ms, mean ${mean!.toFixed(0)} ms ` +
        `(theory ${prediction!.delivery_ms.mean!.toFixed(0)} ± ${((1.96 * intervalMs) / Math.sqrt(12 * pooled.n)).toFixed(0)}), ` +
        `max ${max!.toFixed(0)} ms; KS per client: median D ${ks}, smallest p after Holm ${clients.p}; together D ${pooled.distance}, p ${pooled.p}; ` +
        `${verdict}: ${sentence}`,
    );
    expect(clients.n).toBe(scenario.clients.count);
    expect({ verdict, beyond: bound!.beyond, cause }).toEqual({ verdict: 'agrees', beyond: 0, cause: null });
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

import { describe, expect, it } from 'vitest';
import { readScenario } from '../../src/scenario/file.ts';
import { latencies, provingRun } from './run.ts';

const oneWayMs = 50;
const scenario = readScenario(
  `
version: 1
name: three-transits
duration: 60s
network: { oneWay: ${oneWayMs}ms }
clients: { count: 20, channels: 20 }
modes: [ { name: long, kind: long, hold: 25s } ]
arrivals: { rate: 2/s }
`,
  'three-transits.yaml',
);

describe('long polling with 50 ms each way', () => {
  it('delivers within three transits, and a share p = g / E[C] waits for the next request (model 2.2)', async () => {
    const { result, runs } = await provingRun(scenario);
    const run = runs.get('long')!;
    const all = [...latencies(run).values()].flat().sort((a, b) => a - b);
    const quantile = (q: number): number => all[Math.ceil(q * all.length) - 1]!;
    // The gap as it really was: from the end of an answer's hold at the server to the next request's arrival.
    const rounds = [...run.events].flatMap((e) =>
      e.kind === 'poll-ended' && e.end === 'messages' ? [e.at - e.sentAt] : [],
    );
    const { theory } = result.modes[0]!;
    const { span_ms: gapMs, waiting_share: p } = theory!.prediction!.law;
    const late = all.filter((ms) => ms > oneWayMs + 5).length / all.length;
    const { requests, quality } = result.modes[0]!.repetitions[0]!;
    console.log(
      `${all.length} deliveries, ${rounds.length} answers with messages; from sent: min ${all[0]!.toFixed(1)}` +
        ` p50 ${quantile(0.5).toFixed(1)} p99 ${quantile(0.99).toFixed(1)} max ${all.at(-1)!.toFixed(1)} ms (one transit ${oneWayMs}, three ${3 * oneWayMs}); ` +
        `waited for the next request: ${(100 * late).toFixed(1)} %, model ${(100 * p).toFixed(1)} %; ` +
        `requests ${requests.per_s}/s; gap ${gapMs} ms; own error p99 ${quality.harness_error_ms.p99?.toFixed(2)} ms; ` +
        `${theory!.verdict}: ${theory!.sentence}; ${JSON.stringify(theory!.tests)}`,
    );
    expect(all[0]).toBeGreaterThanOrEqual(oneWayMs);
    expect(quantile(0.99)).toBeLessThan(3 * oneWayMs + 10);
    expect(gapMs).toBeGreaterThan(2 * oneWayMs);
    expect(theory!.tests!.map(({ name }) => name)).toEqual(['gap-share', 'gap-wait', 'held']);
    expect({ verdict: theory!.verdict, beyond: theory!.bound!.beyond }).toEqual({
      verdict: 'agrees',
      beyond: 0,
    });
    // Five standard errors of a share, and two points for the machine's own milliseconds in the gap.
    expect(Math.abs(late - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / all.length) + 0.02);
  });
});

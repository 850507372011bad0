import { describe, expect, it } from 'vitest';
import { skippedMode } from '../../src/measure/mode.ts';
import type { ModeResult, RepetitionResult, Result } from '../../src/measure/result.ts';
import { answerSentence } from '../../src/report/sentence.ts';
import { sampleResult } from '../measure/sample.ts';

const base = sampleResult();
const one = base.modes[0]!.repetitions[0]!;

interface Told {
  name?: string;
  kind?: 'regular' | 'long';
  p50?: number | null;
  cost?: number | null;
  perS?: number;
  lost?: number;
  delivered?: number;
  fanout?: number;
  repetitions?: number;
}

function mode({ name, kind = 'long', ...told }: Told): ModeResult {
  const { p50 = 10, cost = 1.4, perS = 2, lost = 0, delivered = 100, fanout, repetitions = 1 } = told;
  const repetition: RepetitionResult = {
    ...one,
    delivery_ms: { ...one.delivery_ms, p50 },
    requests: { ...one.requests, per_delivery: cost, per_s: perS },
    messages: { ...one.messages, expected: delivered + lost, delivered, lost, undelivered: 0 },
    fanout_ms: fanout === undefined ? null : { p50: fanout, p99: null, max: fanout },
  };
  return {
    ...base.modes[0]!,
    name: name ?? kind,
    kind,
    repetitions: new Array(repetitions).fill(repetition),
  };
}

const regular = (told: Told = {}): ModeResult =>
  mode({ kind: 'regular', p50: 5_000, cost: 2, perS: 4, ...told });
const long = (told: Told = {}): ModeResult => mode({ kind: 'long', ...told });
function say(modes: ModeResult[], question = 'delivery'): string {
  const result: Result = { ...base, modes, scenario: { ...base.scenario, question } };
  return answerSentence(result);
}

describe('the answer', () => {
  it.each<[string, ModeResult[], string]>([
    [
      'sooner',
      [regular({ p50: 4_970 }), long({ p50: 8.8 })],
      'Long polling delivers 565 times sooner at the median and needs 1.4 requests per delivery against 2.0.',
    ],
    [
      'whichever comes first',
      [long({ p50: 8.8 }), regular({ p50: 4_970 })],
      'Long polling delivers 565 times sooner at the median and needs 1.4 requests per delivery against 2.0.',
    ],
    [
      'later',
      [regular({ p50: 100 }), long({ p50: 320 })],
      'Long polling delivers 3.2 times later at the median and needs 1.4 requests per delivery against 2.0.',
    ],
    [
      'alike within 5 %',
      [regular({ p50: 1_000 }), long({ p50: 960 })],
      'Long polling delivers about as soon as regular polling at the median (960 ms against 1.00 s) and needs 1.4 requests per delivery against 2.0.',
    ],
    [
      'alike within 2 ms',
      [regular({ p50: 2.5 }), long({ p50: 1 })],
      'Long polling delivers about as soon as regular polling at the median (1.0 ms against 2.5 ms) and needs 1.4 requests per delivery against 2.0.',
    ],
    [
      'from nothing',
      [regular({ p50: 500 }), long({ p50: 0 })],
      'Long polling delivers sooner at the median (0 ms against 500 ms) and needs 1.4 requests per delivery against 2.0.',
    ],
    [
      'sooner, with losses',
      [regular({ p50: 5_000 }), long({ p50: 10, lost: 3 })],
      'Long polling delivers 500 times sooner at the median and needs 1.4 requests per delivery against 2.0, but long polling lost 3 deliveries.',
    ],
    [
      'both lost, in repetitions',
      [regular({ lost: 1, repetitions: 3 }), long({ lost: 1, repetitions: 3 })],
      'Long polling delivers 500 times sooner at the median and needs 1.4 requests per delivery against 2.0, but long polling lost 1 delivery and regular polling 1 in the worst repetition.',
    ],
    [
      'one delivered nothing',
      [regular(), long({ delivered: 0, p50: null, cost: null, lost: 100 })],
      'Long polling delivered nothing, and regular polling delivered within 5.00 s at the median, but long polling lost 100 deliveries.',
    ],
    [
      'neither did',
      [regular({ delivered: 0, p50: null, lost: 2 }), long({ delivered: 0, p50: null })],
      'Nothing was delivered in either mode, so their deliveries cannot be compared, but regular polling lost 2 deliveries.',
    ],
    [
      'nothing was due',
      [regular({ delivered: 0, p50: null }), long({ delivered: 0, p50: null })],
      'No message was due in the measured window, so only the requests can be compared: long polling makes 2.0 requests a second where regular polling makes 4.0 (50.0 % fewer).',
    ],
    [
      'one mode was skipped',
      [skippedMode({ name: 'regular', kind: 'regular' }, 'no regular polling in the profile'), long()],
      'Long polling delivers within 10 ms at the median and needs 1.4 requests per delivery; "regular" was skipped (no regular polling in the profile), so there is nothing to compare it with.',
    ],
    [
      'only one there is',
      [long({ lost: 2 })],
      'Long polling delivers within 10 ms at the median and needs 1.4 requests per delivery, but long polling lost 2 deliveries.',
    ],
    ['nothing measured', [skippedMode({ name: 'long', kind: 'long' }, 'left out')], 'No mode was measured.'],
    [
      'the quickest of several long ones, by name',
      [regular(), long({ name: 'patient', p50: 50 }), long({ name: 'eager', p50: 10 })],
      'Mode "eager" delivers 500 times sooner at the median and needs 1.4 requests per delivery against 2.0.',
    ],
  ])('%s', (_, modes, expected) => {
    expect(say(modes)).toBe(expected);
  });

  it('leads with what the scenario asks', () => {
    expect(say([regular(), long()], 'load')).toBe(
      'Long polling makes 2.0 requests a second where regular polling makes 4.0 (50.0 % fewer) and delivers 500 times sooner at the median.',
    );
    expect(say([regular({ perS: 1 }), long()], 'load')).toMatch(/\(100 % more\)/);
    expect(say([regular({ perS: 0 }), long()], 'load')).toMatch(/makes 0 and delivers/);
    expect(say([regular({ fanout: 9_800 }), long({ fanout: 120 })], 'fairness')).toBe(
      'Long polling reaches the last client 120 ms after the first at the median, against 9.80 s and delivers 500 times sooner at the median.',
    );
    const herd = (name: string, peak: number): ModeResult => {
      const base = long({ name, delivered: 0 });
      const repetitions = base.repetitions.map((each) => ({
        ...each,
        herd: { peak_per_100ms: peak, index: null },
      }));
      return { ...base, repetitions };
    };
    expect(say([herd('constant', 466), herd('sixteenth', 175), herd('double', 19)], 'load')).toBe(
      'No message was due in the measured window; the largest herd was that of mode "constant" (466 requests in 100 ms), the smallest that of mode "double" (19).',
    );
    expect(say([herd('constant', 30), herd('double', 19)], 'load')).toMatch(
      /only the requests can be compared/,
    );
    // Not measured: the plain comparison instead.
    expect(say([regular(), long()], 'recovery')).toBe(say([regular(), long()]));
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { skippedMode } from '../../src/measure/mode.ts';
import { type Result, resultSchema, type ThresholdResult } from '../../src/measure/result.ts';
import { fitting } from '../../src/report/markdown/room.ts';
import { runMarkdown } from '../../src/report/markdown/run.ts';
import { codeText } from '../../src/report/markdown/text.ts';
import { drawRun } from '../../src/report/run-files.ts';
import { answerSentence } from '../../src/report/sentence.ts';
import { theoryLine } from '../../src/report/theory.ts';
import { quickShape, sampleResult } from '../measure/sample.ts';

const result = sampleResult();
/** A result as a file keeps it. */
const stored = (value: Result): Result => resultSchema.parse(JSON.parse(JSON.stringify(value)));
const rowsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| '));
const cellsOf = (row: string): string[] =>
  row
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .slice(1, -1);

function threshold(i: number, more: Partial<ThresholdResult> = {}): ThresholdResult {
  const expr = `long.delivery.p90 < ${i + 1}ms`;
  return { expr, ok: true, value: 14.2, limit: i + 1, unit: 'ms', note: null, ...more };
}

describe('summary.md', () => {
  it('begins with the answer, and has every mode in a row against the first', () => {
    const text = runMarkdown(result);
    expect(text.split('\n').slice(0, 3)).toEqual([
      '## quick: What is the difference, in under a minute?',
      '',
      `**${answerSentence(result)}**`,
    ]);
    const [head, , regular, long] = rowsOf(text).map(cellsOf);
    expect(head!.slice(0, 4)).toEqual(['mode', 'p50', 'p90', 'p99']);
    expect(new Set([head, regular, long].map((row) => row!.length)).size).toBe(1);
    expect([regular![0], regular!.at(-1)]).toEqual(['regular 10 s', 'baseline']);
    expect(long![0]).toBe('long 25 s');
    const ratio = Number(/^p50 ÷ ([\d,]+), requests × 0\.\d\d$/.exec(long!.at(-1)!)![1]!.replace(',', ''));
    const [mine, its] = result.modes.map(({ repetitions }) => repetitions[0]!.delivery_ms.p50!);
    expect(ratio).toBe(Math.round(mine! / its!));
  });

  it('says of each threshold in words whether it holds, those that failed first', () => {
    const thresholds = [
      threshold(499),
      threshold(1, { ok: null, value: null, note: 'too few samples' }),
      threshold(9, { ok: false }),
    ];
    const text = runMarkdown({ ...result, thresholds });
    expect(text).toContain('**Thresholds:** 1 of 3 thresholds failed');
    expect(rowsOf(text).slice(-3).map(cellsOf)).toEqual([
      ['**failed**', '`long.delivery.p90 < 10ms`', '14 ms', '10 ms', ''],
      ['not judged', '`long.delivery.p90 < 2ms`', 'n/a', '2.0 ms', 'too few samples'],
      ['ok', '`long.delivery.p90 < 500ms`', '14 ms', '500 ms', ''],
    ]);
    expect(runMarkdown({ ...result, thresholds: [] })).toContain('**Thresholds:** no thresholds');
  });

  it('warns above the answer of numbers that are not to be trusted, and says why', () => {
    const warnings = [
      { code: 'left-behind', text: 'some messages stay' },
      { code: 'publisher-late', text: 'the publisher was late', invalidates: true },
    ];
    const text = runMarkdown({ ...result, status: 'invalid', scaled: true, warnings });
    const banner = text.indexOf('> **NOT TRUSTWORTHY (publisher-late)');
    expect(banner).toBeGreaterThan(0);
    expect(text.indexOf('> **SCALED')).toBeGreaterThan(banner);
    expect(text.indexOf(answerSentence(result))).toBeGreaterThan(text.indexOf('> **SCALED'));
    const grave = text.indexOf('* Not to be trusted, `publisher-late`: the publisher was late');
    expect(grave).toBeGreaterThan(0);
    expect(text.indexOf('* Note, `left-behind`: some messages stay')).toBeGreaterThan(grave);
    expect(runMarkdown(result)).not.toMatch(/TRUSTWORTHY|PARTIAL|SCALED|to be trusted/);
    expect(runMarkdown({ ...result, status: 'partial' })).toContain('> **PARTIAL');
  });

  it('has theory in a sentence, and the machine, seed, version and command folded', () => {
    const long = result.modes[1]!;
    const theory = { verdict: 'differs' as const, sentence: 'the waits are longer', cause: null };
    const judged = { ...result, modes: [result.modes[0]!, { ...long, theory: theory as never }] };
    const line = theoryLine(judged, judged.modes)!;
    expect(line).toContain('the waits are longer');
    const text = runMarkdown({
      ...judged,
      environment: { node: 'v20.1.0', memory_bytes: 8e9, command: "pollmark bench -S quick -s 'a b'" },
      scenario: { ...judged.scenario, seed: 42 },
      overrides: ['clients.count=50'],
      target: { url: 'http://127.0.0.1:9', profile: { name: 'mine' } },
    });
    expect(text).toContain(`\nT${line.slice(1)}.\n`);
    const folded = text.slice(text.indexOf('<details><summary>Environment'));
    for (const part of [
      "```sh\npollmark bench -S quick -s 'a b'\n```\n",
      '* seed: 42\n',
      '* pollmark: 0.1.0\n',
      '* Node: v20.1.0\n',
      '* memory: 8.0 GB\n',
      '* changed: clients.count=50\n',
      '* target: http://127.0.0.1:9\n',
      '* profile: mine\n',
    ])
      expect(folded, part).toContain(part);
    expect(folded.trimEnd().endsWith('</details>')).toBe(true);
  });

  it('says of a virtual run that nothing was measured, and of repetitions what is shown', () => {
    const text = runMarkdown(sampleResult({ world: 'virtual' }, quickShape, 3));
    expect(text).toContain('In virtual time: simulated, not measured; 3 repetitions: medians');
  });

  it('is honest about one mode, a skipped one, and none that delivered', () => {
    const skipped = skippedMode({ name: 'long', kind: 'long' }, 'its profile cannot');
    const text = runMarkdown({ ...result, modes: [result.modes[0]!, skipped] });
    expect(
      rowsOf(text)
        .map(cellsOf)
        .filter(([first]) => first === 'long 25 s'),
    ).toEqual([]);
    expect(text).toContain('long: skipped, its profile cannot');
    const none = runMarkdown({ ...result, modes: [skipped] });
    expect(none).toContain('**No mode was measured.**');
    expect(none).not.toMatch(/undefined|NaN|null/);
    const empty = { ...result.modes[0]!, repetitions: [] };
    expect(runMarkdown({ ...result, modes: [empty] })).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('stays below 65 kB whatever there is, and says what it left out', () => {
    const wide = '漢字&|`*_<>'.repeat(60);
    const modes = Array.from({ length: 400 }, (_, i) => ({ ...result.modes[i % 2]!, name: `m${i}${wide}` }));
    const thresholds = Array.from({ length: 5_000 }, (_, i) =>
      threshold(i, { expr: `m${i}.lost == 0 ${wide}`, note: wide, ok: i !== 4_999 }),
    );
    const text = runMarkdown({
      ...result,
      modes,
      thresholds,
      scenario: { ...result.scenario, name: wide, title: wide },
      warnings: Array.from({ length: 1_000 }, (_, i) => ({
        code: `w${i}${wide}`,
        text: wide,
        invalidates: true,
      })),
      overrides: Array.from({ length: 1_000 }, () => wide),
      environment: { cpu: wide, command: wide.repeat(20) },
    });
    expect(Buffer.byteLength(text)).toBeLessThan(65_000);
    for (const things of ['modes', 'thresholds'])
      expect(text).toMatch(new RegExp(`\\nand \\d+ more ${things}`));
    expect(text).toMatch(/\n\* and \d+ more\n/);
    expect(text).toContain('| **failed** | `m4999.lost');
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length);
    const [told, left] = [
      text.match(/^\| (?:ok|\*\*failed)/gm)!.length,
      /and (\d+) more thresholds/.exec(text)![1],
    ];
    expect(told + Number(left)).toBe(5_000);
  });

  it('draws the stored sample of version 1, and the same text from what a file keeps', () => {
    const kept = resultSchema.parse(JSON.parse(readFileSync('reports/sample/result.json', 'utf8')));
    for (const [name, text] of drawRun(kept))
      expect(text, name).toBe(readFileSync(`reports/sample/${name}`, 'utf8'));
    for (const one of [result, sampleResult({ overrides: ['seed=1'] }, quickShape, 3)])
      expect([...drawRun(stored(one))]).toEqual([...drawRun(one)]);
  });
});

describe('a sweep in markdown', () => {
  const point = (rate: number, status: 'ok' | 'invalid' = 'ok'): NonNullable<Result['sweep']>[number] => {
    const mode = (name: string, kind: 'regular' | 'long', perS: number) => ({
      ...{ name, kind, requests_per_s: perS, requests_per_delivery: 1, empty_share: 0, lost: 2, note: null },
      ...{ delivery_p50_ms: 20, delivery_p99_ms: null, predicted: null },
    });
    return {
      ...{
        field: 'arrivals.rate',
        value: `${rate}/s`,
        at: rate,
        unit: 'per_s',
        realised: rate,
        world: 'real',
      },
      ...{ folder: null, thresholds: [], status },
      modes: [mode('regular', 'regular', 10), mode('long', 'long', 20 * rate)],
    };
  };
  const crossover = {
    ...{ field: 'arrivals.rate', modes: ['long', 'regular'] as [string, string], meetings: 1 },
    ...{ measured: 0.5, measured_note: null, predicted: 0.4716, predicted_note: null },
  };
  const swept = sampleResult({ sweep: [point(0.1), point(1, 'invalid')], crossover });

  it('has the points in the place of the modes, and says where they meet', () => {
    const text = runMarkdown(swept);
    expect(text).toContain(`**${answerSentence(swept)}**`);
    expect(answerSentence(swept)).toMatch(/^They meet at one message per client every 2\.00 s/);
    const [head, , first, second] = rowsOf(text).map(cellsOf);
    expect(head!.slice(0, 2)).toEqual(['`arrivals.rate`', 'regular req/s']);
    expect(first!.slice(0, 2)).toEqual(['0.1/s', '10']);
    expect([second![0], second!.at(-1)]).toEqual(['1/s (invalid)', '4']);
    expect(text).not.toContain('| mode |');
  });

  it('with a thousand points is no longer than any other', () => {
    const sweep = Array.from({ length: 1_000 }, (_, i) => point(i + 1));
    const text = runMarkdown({ ...swept, sweep });
    expect(Buffer.byteLength(text)).toBeLessThan(65_000);
    expect(text).toMatch(/and \d+ more points/);
  });
});

describe('room', () => {
  it('is used to the last byte, and what is left out is counted', () => {
    const rest = (n: number): string => `+${n}`;
    expect(fitting(['ab', 'é', 'c'], 8, rest)).toEqual(['ab', 'é', 'c']);
    expect(fitting(['ab', 'é', 'c'], 7, rest)).toEqual(['ab', '+2']);
    expect(fitting(['ab'], 0, rest)).toEqual(['+1']);
  });
});

describe('a name in code', () => {
  it('cannot end its own cell or its own quotes', () => {
    expect(codeText('a|b')).toBe('`a\\|b`');
    // An odd number of backslashes before a pipe would leave the pipe bare.
    expect(codeText('a\\|b')).toBe('`a\\\\\\|b`');
    expect(codeText('a`b\n<c>')).toBe("`a'b <c>`");
    expect(codeText(' \u202e\n')).toBe('');
  });
});

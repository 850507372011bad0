import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { skippedMode } from '../../src/measure/mode.ts';
import type { ModeResult, Result } from '../../src/measure/result.ts';
import { drawTree } from '../../src/report/conformance/tree.ts';
import { harmless } from '../../src/report/plain-text.ts';
import { formatProgress } from '../../src/report/progress.ts';
import { runAnnotations } from '../../src/report/run-annotations.ts';
import { drawRun } from '../../src/report/run-files.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { run } from '../cli/run.ts';
import { sampleResult } from '../measure/sample.ts';
import { minimal } from '../scenario/sample.ts';
import { poisonedSample } from './conformance-sample.ts';
import { readXml } from './xml.ts';

/** What somebody may write into a title, a name, an error message or a message's body. */
const evil = [
  '<script>alert(1)</script>',
  '</details><img src=x onerror=alert(1)>',
  'a | b \\| c \\\\| d',
  '`` ` ``` ```\n# heading\n```',
  '\n::error::planted\n',
  '::error title=x::planted',
  ' \t:::stop-commands::x',
  'see ##[error]planted',
  '%0A::error::planted',
  '\u001b[2J\u001b]0;title\u0007\u009b31m\r\u0008',
  ']]>&amp;"\' <x a="b"/> <!-- -->',
  '\u0000\ufffe\ud800\u2028\u2029',
  '\u202egnp.exe\u2066',
  '[link](javascript:alert(1)) ![image](x) **bold** _it_ ~~del~~ $x$ @ann #1',
  '\n\n| a |\n| --- |\n* item\n> quote\n---\n===\n',
  '``` # x',
  '\\',
];

function poisoned(text: string): Result {
  const base = sampleResult();
  const bad = (mode: ModeResult): ModeResult => ({
    ...mode,
    name: `${mode.kind}${text}`,
    repetitions: mode.repetitions.map((one) => ({
      ...one,
      errors: { rate: 0.5, by_kind: { [text]: 3 } },
      messages: { ...one.messages, lost: 2, lost_by_cause: { [text]: 2 } },
    })),
    theory: { verdict: 'differs', sentence: text, cause: { code: 'x', text } } as never,
  });
  return {
    ...base,
    status: 'invalid',
    tool: { name: text, version: text, commit: text },
    environment: { node: text, cpu: text, kernel: text, command: text },
    scenario: { ...base.scenario, name: text, title: text, seed: text },
    overrides: [text],
    target: { url: text, profile: { name: text } },
    fingerprint: text,
    modes: [...base.modes.map(bad), skippedMode({ name: `third${text}`, kind: 'long' }, text)],
    thresholds: [
      { expr: text, ok: false, value: 1, limit: 2, unit: text, note: text },
      { expr: `long.${text}`, ok: null, value: null, limit: null, unit: '', note: text },
      { expr: `regular.${text}`, ok: true, value: 1, limit: null, unit: 'ms', note: text },
    ],
    warnings: [
      { code: text, text },
      { code: text, text, invalidates: true },
    ],
  };
}

/** A sweep over a field that is called like that, at values that are. */
function poisonedSweep(text: string): Result {
  const base = poisoned(text);
  const of = (name: string) => ({
    ...{ name, kind: 'long' as const, requests_per_s: 1, requests_per_delivery: 1, empty_share: 0 },
    ...{ delivery_p50_ms: 1, delivery_p99_ms: 1, lost: 0, predicted: null, note: text },
  });
  const point = (at: number): NonNullable<Result['sweep']>[number] => ({
    ...{ field: text, value: text, at, unit: 'number', realised: null, world: 'real', folder: text },
    ...{ modes: [of(`a${text}`), of(`b${text}`)], thresholds: [], status: 'invalid' },
  });
  const crossover: NonNullable<Result['crossover']> = {
    ...{ field: text, modes: [`a${text}`, `b${text}`], meetings: 0 },
    ...{ measured: null, measured_note: text, predicted: null, predicted_note: text },
  };
  return { ...base, sweep: [point(1), point(2)], crossover };
}

const kinds: readonly (readonly [string, (text: string) => Result])[] = [
  ['a run', poisoned],
  ['a sweep', poisonedSweep],
];

/** What markdown makes of each line, as far as our own is concerned. */
function shapeOf(markdown: string): string[] {
  let inCode = false;
  return markdown.split('\n').flatMap((line): string[] => {
    if (/^ *```/.test(line)) {
      inCode = !inCode;
      return ['fence'];
    }
    if (inCode) return ['code'];
    // Cells end at a pipe that has an even number of backslashes before it, in code too.
    if (line.startsWith('|')) return [`${line.match(/(?<!\\)(?:\\\\)*\|/g)!.length} pipes`];
    const kind = /^(#+ |> |\* |<details><summary>|<\/details>|---|===)/.exec(line)?.[0];
    return [kind ?? (line === '' ? '' : 'text')];
  });
}

/** Without code and without what a backslash takes its meaning from. */
function bareOf(markdown: string): string {
  return markdown
    .replace(/^```sh\n.*\n```$/gm, '')
    .replace(/^(?:## |> )/gm, '')
    .replace(/\\[\\`*_[\]<>|#~$]|`[^`\n]*`/g, '')
    .replace(/<\/?(?:details|summary)>/g, '')
    .replaceAll('**', '');
}

describe.each(kinds)('%s with hostile text', (_kind, poison) => {
  it.each(evil)('has no markup in markdown but its own: %j', (text) => {
    const drawn = drawRun(poison(text)).get('summary.md')!;
    expect(shapeOf(drawn)).toEqual(shapeOf(drawRun(poison('plain')).get('summary.md')!));
    expect(bareOf(drawn)).not.toMatch(/[<>[\]`#$~]|&(?!amp;)|\*(?! )|@\w/);
    expect(drawn).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}|^\s*::|##\[/mu);
  });

  it.each(evil)('is XML with the same elements in junit.xml: %j', (text) => {
    const read = (one: Result) => readXml(drawRun(one).get('junit.xml')!);
    const names = (one: Result): string[] => {
      const { root, all } = read(one);
      const tags = ['testsuite', 'property', 'testcase', 'failure', 'error', 'skipped', 'system-out'];
      return [root.name, ...tags.map((tag) => `${all(tag).length} ${tag}`)];
    };
    expect(names(poison(text))).toEqual(names(poison('plain')));
  });

  it.each(evil)('has no markup in the page and the charts but its own: %j', (text) => {
    const tags = (one: string): string[] => one.match(/<[/!]?[a-z][^>]*>/gi)!;
    const names = (all: readonly string[]): string[] =>
      [...new Set(all.map((tag) => /^<[/!]?\w+/.exec(tag)![0]))].sort();
    const files = drawRun(poison(text));
    const usual = drawRun(poison('plain'));
    expect([...files.keys()]).toEqual([...usual.keys()]);
    for (const [name, drawn] of files) {
      if (!/\.(?:html|svg)$/.test(name)) continue;
      const [block = '[]'] = drawn.match(/(?<=id="result">).*?(?=<\/script>)/s) ?? [];
      expect(() => JSON.parse(block) as unknown).not.toThrow();
      const all = tags(drawn);
      expect(names(all)).toEqual(names(tags(usual.get(name)!)));
      expect(all.filter((tag) => tag.startsWith('<script'))).toHaveLength(name === 'index.html' ? 2 : 0);
      expect(all.filter((tag) => /\son\w+\s*=|javascript:/i.test(tag.replace(/"[^"]*"/g, '""')))).toEqual([]);
      expect(drawn).not.toMatch(/\0|\p{Surrogate}|(?:href|src)="[^"#]*:/u);
    }
  });

  it.each(evil)('is one workflow command for each annotation: %j', (text) => {
    const lines = runAnnotations(poison(text));
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^::error title=[^:,]*::/);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }
  });

  it.each(evil)('steers neither the terminal nor a runner: %j', (text) => {
    for (const ascii of [false, true]) {
      const drawn = drawTerminal(poison(text), { width: 80, color: false, ascii, report: 'x' });
      expect(drawn).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]|^\s*::|##\[/mu);
    }
  });
});

describe('the tree of a conformance run with hostile text', () => {
  it.each(evil)('steers neither the terminal nor a runner: %j', (text) => {
    const drawn = drawTree(poisonedSample(text), { width: 80, color: false, ascii: false });
    expect(drawn).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]|^\s*::|##\[/mu);
  });
});

describe('a line', () => {
  it('keeps its length and what is harmless', () => {
    expect(harmless('a::b # [c] 漢字 é')).toBe('a::b # [c] 漢字 é');
    for (const text of evil) expect(harmless(text)).toHaveLength(text.length);
    expect([harmless(':::error::x'), harmless('###[error]')]).toEqual([': :error::x', '## [error]']);
  });

  it('of progress has nothing that a field of a file put there', () => {
    const state = { repetition: 1, repetitions: 1, phase: 'measure', elapsedMs: 0, phaseMs: 0, clients: 1 };
    const none = { held: null, requestsPerS: null, p50Ms: null, lost: null, etaMs: null };
    const line = formatProgress({ ...state, ...none, mode: '::add-mask::a\u001b[2J\n' }, 200);
    expect(line).not.toMatch(/^::|\p{Cc}/u);
  });
});

describe('the command line with a hostile file', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'hostile-'));
  afterAll(() => rmSync(cwd, { recursive: true }));
  const title = JSON.stringify('What?\n::error::planted\u001b[2J ##[error]planted\u202e');
  writeFileSync(join(cwd, 'title.yaml'), `${minimal()}title: ${title}\n`);
  writeFileSync(join(cwd, 'key.yaml'), `${minimal()}"x\\e[2J\\n::error::planted": 1\n`);

  it.each([
    [['simulate', '-S', './title.yaml', '--dry-run']],
    [['simulate', '-S', './title.yaml', '--no-events', '-o', 'out', '-s', 'duration=2s']],
    [['bench', '-S', './title.yaml', '--dry-run']],
    [['show', './title.yaml', '--plan']],
    [['bench', '-S', './key.yaml', '--dry-run']],
    [['check', './key.yaml']],
    [['bench', '-S', './no\u001b[2J\n::error::planted']],
  ])('%j writes nothing that steers', async (args) => {
    const { out, err } = await run(args, cwd);
    const all = [out, ...err].join('\n');
    expect(all).toMatch(/planted|What\?/);
    expect(all).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]|^\s*::|##\[/mu);
  });
});

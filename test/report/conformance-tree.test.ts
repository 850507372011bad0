import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatCommand } from '../../src/report/conformance/repeat.ts';
import { drawTree } from '../../src/report/conformance/tree.ts';
import { signs } from '../../src/report/conformance/words.ts';
import { conformanceSample, goodSample, poisonedSample, sampleRow } from './conformance-sample.ts';

const plain = { width: 80, color: false, ascii: false };
const wide = { ...plain, width: 120 };
const sample = conformanceSample();
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
const colour = /\u001b\[\d+m/g;

describe('the tree', () => {
  it('has a line for each row, with sign, word and reason, under its prefix', () => {
    const lines = linesOf(drawTree(sample, wide));
    for (const { id, verdict } of sample.rows) {
      const [, section, leaf] = id.split('.');
      const at = lines.findIndex((line) => new RegExp(`^ {4}\\S .{12} ${leaf}( |$)`).test(line));
      expect(lines[at], id).toContain(`${signs[verdict].symbol} ${signs[verdict].word}`);
      expect(lines.slice(0, at).findLast((line) => /^ {2}\S/.test(line))).toBe(`  ${section}`);
    }
    const tree = lines.join('\n');
    expect(tree).toContain('n/a          immediate                           no regular polling');
    expect(tree).toMatch(/lenient {6}minimum +12\.0 s {2}answered between 5 and 20 s/);
    // Of a defect of ours the first line is enough here; the page has the stack.
    expect(tree).not.toContain('at run');
    for (const modifier of ['XPASS', 'XFAIL', 'FLAKY 2/3', 'CRASHED', 'CONTESTED'])
      expect(tree).toContain(modifier);
  });

  it('ends with constants, summary, failures and the verdict, in this order', () => {
    const text = drawTree(sample, { ...wide, report: 'out/index.html' });
    const told = text.replace(/\s+/g, ' ');
    const places = [
      'measured constants',
      'H hold limit not known still held after 65.0 s',
      'from the profile; measured 31 ms',
      '299 of 300 at 0 ms',
      'MUST 6/8',
      'SHOULD 2/7',
      '2 n/a: no regular polling (poll.answer.immediate, poll.answer.empty-form)',
      '1 blocked: delivery.gap.no-loss failed (delivery.gap.under-rate)',
      'warning loop-late',
      '✗ MUST http.method.head',
      'expected an answer to HEAD within 250 ms',
      'seen no complete answer within 250 ms (not a byte)',
      '✗ SHOULD delivery.gap.no-loss',
      '✗ SHOULD message.empty.defined XFAIL',
      'XPASS longpoll.hold.answers-on-message passed, and is listed as a known failure',
      '2 MUST rows failed, 1 SHOULD failed, 1 known failure as expected',
      'Not judged: 1 blocked, 1 inconclusive, 1 by a defect of ours.',
      'report: out/index.html',
    ].map((part) => [part, told.lastIndexOf(part)] as const);
    for (const [part, place] of places) expect(place, part).toBeGreaterThan(0);
    expect(places.map(([, place]) => place)).toEqual(
      places.map(([, place]) => place).toSorted((a, b) => a - b),
    );
    expect(linesOf(text).at(-1)).toBe('report: out/index.html');
  });

  it('never gives a share of rows, and never a certificate', () => {
    for (const each of [sample, goodSample()]) {
      const text = drawTree(each, wide);
      expect(text).not.toMatch(/\d ?%(?!00)|certif/i);
    }
  });

  it('says how good a good run is, and how little an empty or a cut one', () => {
    expect(linesOf(drawTree(goodSample(), wide)).at(-1)).toBe('No MUST row failed, of 22 rows.');
    const ending = (changes: Parameters<typeof goodSample>[0]): string =>
      linesOf(drawTree(goodSample(changes), wide)).at(-1)!;
    const { summary } = goodSample();
    expect(ending({ rows: [] })).toBe('No row was run; that says nothing about the target.');
    const none = [sampleRow('a.b', { verdict: 'N/A' })];
    expect(ending({ rows: none })).toBe('No row applies, of 1 row; that says nothing about the target.');
    expect(ending({ summary: { ...summary, exit: 4 } })).toMatch(/^Not trustworthy\. /);
    expect(ending({ summary: { ...summary, exit: 130 } })).toMatch(/^Interrupted\. Until then/);
    expect(ending({ status: 'partial' })).toMatch(/^The run did not come to its end\. /);
  });

  it('counts as met what passed or was lenient, of what applies and has a right answer', () => {
    const verdicts = ['PASS', 'LENIENT', 'FAIL', 'INFO', 'N/A', 'BLOCKED', 'INCONCLUSIVE'] as const;
    const rows = verdicts.map((verdict, i) => sampleRow(`a.b.c${i}`, { verdict }));
    expect(drawTree(conformanceSample({ rows }), wide)).toContain('\nMUST 2/5 ');
  });

  it('puts known failures behind the others, whatever their level', () => {
    const rows = [
      sampleRow('a.b.known', { verdict: 'FAIL', xfail: { state: 'XFAIL', why: null } }),
      sampleRow('a.b.may', { verdict: 'FAIL', level: 'MAY' }),
      sampleRow('a.b.must', { verdict: 'FAIL' }),
    ];
    const text = drawTree(conformanceSample({ rows }), wide);
    const order = ['✗ MUST a.b.must', '✗ MAY a.b.may', '✗ MUST a.b.known  XFAIL'];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('marks a profile that nobody has tried', () => {
    const text = drawTree(goodSample({ profile: { name: 'telegram', untried: true } }), wide);
    expect(text).toContain('telegram (untried profile) at http://127.0.0.1:8181');
    expect(text).toContain('written from documentation and never tried');
  });

  it('is the same in colour, and plain ASCII when asked', () => {
    const coloured = drawTree(sample, { ...wide, color: true });
    expect(coloured).toMatch(colour);
    expect(coloured.replace(colour, '')).toBe(drawTree(sample, wide));
    const ascii = drawTree(sample, { ...wide, ascii: true });
    expect(ascii).toMatch(/^[\n\x20-\x7e]+$/);
    expect(ascii).toContain('x fail MUST    head');
  });

  it('stays within its width and steers no terminal, whatever a target says', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constant('\u001b[2J\r\n\u009b1A\u0000x')),
        fc.integer({ min: 1, max: 140 }),
        fc.boolean(),
        (text, width, ascii) => {
          const lines = linesOf(drawTree(poisonedSample(text), { width, color: false, ascii }));
          const most = Math.max(60, width);
          for (const line of lines) {
            // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
            if (!line.startsWith('  again ')) expect(line.length).toBeLessThanOrEqual(most);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the command that repeats a row', () => {
  const words = (command: string): string[] =>
    execFileSync('sh', ['-c', `npm() { printf '%s\\0' "$@"; }; ${command}`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);

  it('is one line that a shell reads as it was meant', () => {
    const head = sample.rows.find(({ id }) => id === 'http.method.head')!;
    expect(words(repeatCommand(sample, head))).toEqual([
      ...['run', 'conformance', '--', '--target', 'http://127.0.0.1:8080', '--profile', 'article-demo'],
      ...['--seed', '42', '-s', 'timing.settle=50ms', '-H', 'Authorization: ${'.concat('env:TOKEN}')],
      'http.method.head',
    ]);
    const row = sampleRow('a.b');
    const odd = `it's $(touch x) "quoted" \`y\` & z`;
    const base = conformanceSample();
    const command = repeatCommand({ ...base, invocation: { ...base.invocation, overrides: [odd] } }, row);
    expect(words(command)).toContain(odd);
  });

  it('brings what else the row needs', () => {
    const hostile = sample.rows.find(({ id }) => id === 'http.target.hostile')!;
    const more = {
      ...{ ...sample.invocation, ownsTarget: true, strict: true, timingScale: 2, profile: null },
      options: ['--insecure'],
    };
    expect(repeatCommand({ ...sample, invocation: more }, hostile)).toContain(
      '--timing-scale 2 --i-own-this-target --strict --insecure http.target.hostile',
    );
  });
});

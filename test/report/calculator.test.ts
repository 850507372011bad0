import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { answer } from '../../src/measure/theory/answer.ts';
import { calculatorMarkup } from '../../src/report/page/calculator/form.ts';
import { type Field, fields, readTexts } from '../../src/report/page/calculator/inputs.ts';
import { calculatorScript, joinModules } from '../../src/report/page/calculator/script.ts';
import { seedOf } from '../../src/report/page/calculator/seed.ts';
import { theoryRecord } from '../../src/report/theory/record.ts';
import { rowsFor } from '../../src/report/theory/rows.ts';
import { run } from '../cli/run.ts';
import { sampleResult } from '../measure/sample.ts';

/** As much of an element as the script touches. */
class Element {
  value = '';
  hidden = false;
  textContent: string | null = '';
  readonly attributes = new Map<string, string>();
  heard: (() => void) | undefined;
  setAttribute = (name: string, value: string): unknown => this.attributes.set(name, value);
  removeAttribute = (name: string): unknown => this.attributes.delete(name);
  getAttribute = (name: string): string | null => this.attributes.get(name) ?? null;
  addEventListener = (_kind: string, heard: () => void): void => {
    this.heard = heard;
  };
}

const given = seedOf(sampleResult()).given;
const texts = { clients: '1000', rate: '6/min', interval: '10s', hold: '25s', roundTrip: '100ms' };

/** The script in a page with these texts; it is given no document but this. */
function play(with_: Readonly<Record<Field, string>>) {
  const elements = new Map<string, Element>();
  const at = (id: string): Element => {
    const known = elements.get(`calculator-${id}`) ?? new Element();
    elements.set(`calculator-${id}`, known);
    return known;
  };
  for (const id of [
    'form',
    'off',
    'crossover',
    'command',
    ...fields.flatMap((field) => [field, `${field}-problem`]),
  ])
    at(id);
  for (const kind of ['regular', 'long'])
    for (const i of rowsFor({ pricePerMillion: null }).keys()) at(`${kind}-${i}`);
  at('form').setAttribute('data-given', JSON.stringify(given));
  for (const field of fields) at(field).value = with_[field];
  runInNewContext(calculatorScript(), {
    document: { getElementById: (id: string) => elements.get(id) ?? null },
  });
  return {
    at,
    change(field: Field, text: string): void {
      at(field).value = text;
      at(field).heard!();
    },
    numbers: (kind: string) =>
      [...rowsFor({ pricePerMillion: null }).keys()].map((i) => {
        const written = at(`${kind}-${i}`).attributes.get('value');
        return written === undefined ? null : Number(written);
      }),
  };
}

function expected(with_: Readonly<Record<Field, string>>) {
  const question = readTexts(with_, given);
  if (!('clients' in question)) throw new Error(JSON.stringify(question));
  const found = answer(question);
  const rows = rowsFor(question);
  return { question, found, of: (kind: 'regular' | 'long') => rows.map((row) => row.value(found[kind])) };
}

describe('the calculator of the page', () => {
  it.each([
    texts,
    { ...texts, clients: '1', rate: '0/s' },
    { ...texts, rate: '20/s', roundTrip: '400ms' },
    { ...texts, interval: '30s', hold: '25s', rate: '1/h' },
    { ...texts, clients: '50000', interval: '1m', hold: '55s', rate: '3/d', roundTrip: '0s' },
  ])('gives exactly the numbers of theory: %o', (asked) => {
    const page = play(asked);
    const { of, found } = expected(asked);
    expect(page.numbers('regular')).toEqual(of('regular'));
    expect(page.numbers('long')).toEqual(of('long'));
    expect(page.at('off').hidden).toBe(true);
    expect(found.regular.requestsPerS).toBeGreaterThan(0);
  });

  it('answers what a reader writes, and what it prints as a command answers the same', async () => {
    const page = play(texts);
    page.change('hold', '55s');
    page.change('rate', '2/min');
    const asked = { ...texts, hold: '55s', rate: '2/min' };
    const { question, found, of } = expected(asked);
    expect(page.numbers('long')).toEqual(of('long'));
    const [, ...words] = page.at('command').textContent!.split(' ');
    const { code, out } = await run([...words, '--json']);
    expect(code).toBe(0);
    const told = JSON.parse(out) as ReturnType<typeof theoryRecord>;
    expect(told).toEqual(JSON.parse(JSON.stringify(theoryRecord(question, found))));
    expect(page.at('crossover').textContent).toBe(told.crossover.note);
  });

  it('says at each field what is wrong with it, and keeps the last numbers', () => {
    const page = play(texts);
    const before = page.numbers('long');
    page.change('interval', '10');
    page.change('clients', '1.5');
    expect(page.at('interval').attributes.get('aria-invalid')).toBe('true');
    expect(page.at('interval-problem').textContent).toContain('10s');
    expect(page.at('clients-problem').textContent).toContain('whole number');
    expect(page.at('hold').attributes.get('aria-invalid')).toBe('false');
    expect(page.numbers('long')).toEqual(before);
    page.change('interval', '0s');
    expect(page.at('interval-problem').textContent).toBe('write more than 0s');
  });

  it('begins with the run: the table without the script is the one with it', () => {
    const result = sampleResult();
    const markup = calculatorMarkup(result)!.text;
    const seed = seedOf(result);
    expect(seed.texts).toMatchObject({ clients: '20', interval: '10s', hold: '25s' });
    const page = play(seed.texts);
    for (const kind of ['regular', 'long'])
      for (const [i, value] of page.numbers(kind).entries())
        if (value !== null) expect(markup).toContain(`id="calculator-${kind}-${i}" value="${value}"`);
  });
});

describe('modules joined to a script', () => {
  const join = (files: Readonly<Record<string, string>>): string =>
    joinModules('file:///x/a.js', (url) => files[url.slice('file:///x/'.length)]!);

  it('run in the order of need, each with names of its own', () => {
    const script = join({
      'a.js': `import { one, two as deux } from './b.js';\nimport { one as eins } from './c.js';\nseen(one(), deux, eins());\n`,
      'b.js': `import { one as inner } from './c.js';\nexport const two = 2;\nexport function one() {\n    return 'b' + inner();\n}\n`,
      'c.js': `const secret = 'c';\nexport function one() {\n    return secret;\n}\nexport {};\n`,
    });
    const seen: unknown[] = [];
    runInNewContext(script, { seen: (...all: unknown[]) => seen.push(...all) });
    expect(seen).toEqual(['bc', 2, 'c']);
    expect(script.match(/secret = /g)).toHaveLength(1);
  });

  it.each([
    [`import x from './b.js';`, /cannot be joined: import x/],
    [`import 'node:fs';`, /cannot be joined/],
    [`export { a } from './b.js';`, /cannot be joined/],
    [`export default 1;`, /cannot be joined/],
    ['const a = "</script>";', /cannot stand in a page/],
  ])('refuse what they do not know: %s', (text, why) => {
    expect(() => join({ 'a.js': text, 'b.js': '' })).toThrow(why);
  });
});

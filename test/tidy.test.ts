import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, rules, type SourceFile } from './tidy/rules.ts';

const root = join(import.meta.dirname, '..');

/** Everything that is ours to keep clean: what is built, installed or measured is not. */
function filesOf(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (['.git', 'node_modules', 'dist'].includes(entry.name) || entry.isSymbolicLink()) return [];
    if (folder === 'reports' && entry.name !== 'sample') return [];
    if (entry.isDirectory()) return filesOf(path);
    const text = readFileSync(join(root, path), 'utf8');
    return text.includes('\u0000') ? [] : [{ path, text }];
  });
}

/** A made-up tree: paths and texts in turn. */
function tree(files: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

const files = filesOf('');

describe('this house', () => {
  it('was really looked at', () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['package.json', 'src/protocol/hub.ts', 'test/tidy.test.ts']),
    );
    expect(paths.filter((path) => path.startsWith('src/')).length).toBeGreaterThan(12);
    const hub = files.find(({ path }) => path === 'src/protocol/hub.ts')!;
    expect(importsOf(hub.text)).toContain('./room.ts');
  });

  it.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(rule(files)).toEqual([]);
  });
});

describe('the rule', () => {
  it('that imports go downwards bites', () => {
    const offences = rules.importsGoDownwards(
      tree({
        'src/index.ts': `export * from './cli/main.ts';`,
        'src/protocol/a.ts': `import type {\n  B,\n} from '../wire/b.ts';`,
        'src/wire/b.ts': `import { a } from '../protocol/a.ts';\nimport './c.ts';`,
        'src/measure/d.ts': `export { w } from '../world/real/w.ts';`,
        'src/world/real/w.ts': `const d = await import('../../measure/d.ts');`,
        'src/attic/e.ts': '',
      }),
    );
    expect(offences).toEqual([
      'src/protocol/a.ts imports src/wire/b.ts: protocol may not know wire',
      'src/measure/d.ts imports src/world/real/w.ts: measure may not know world',
      'src/world/real/w.ts imports src/measure/d.ts: world may not know measure',
      'src/attic/e.ts: attic is no room of this house',
    ]);
  });

  it('that there are no cycles bites', () => {
    const offences = rules.noCycles(
      tree({
        'src/wire/a.ts': `import { b } from './b.ts';`,
        'src/wire/b.ts': `import { c } from './c.ts';`,
        'src/wire/c.ts': `import type { b } from './b.ts';`,
      }),
    );
    expect(offences).toEqual(['cycle: src/wire/b.ts -> src/wire/c.ts -> src/wire/b.ts']);
  });

  it('that the pure rooms are pure bites, and reads code only', () => {
    const offences = rules.pureRoomsArePure(
      tree({
        'src/protocol/a.ts': `import assert from 'node:assert/strict';\n// await Date.now()\nsay('setTimeout');`,
        'src/protocol/b.ts': `import { x } from 'node:assert';\nconst at = new Date(0);\nthrow process.exit;\ngiven.process.kind;`,
        'src/wire/c.ts': `import fs from 'node:fs';\nasync () => \`at \${Date.now()}\`;`,
        'src/world/d.ts': `import fs from 'node:fs';\nsetTimeout(f, Date.now());`,
      }),
    );
    expect(offences).toEqual([
      'src/protocol/b.ts uses new Date(',
      'src/protocol/b.ts uses process.',
      'src/wire/c.ts imports node:fs',
      'src/wire/c.ts uses async',
      'src/wire/c.ts uses Date.now',
    ]);
    for (const word of [
      'performance.now()',
      'Math.random()',
      'setInterval(f)',
      'setImmediate(f)',
      'queueMicrotask(f)',
      'await x',
    ])
      expect(rules.pureRoomsArePure(tree({ 'src/wire/a.ts': `${word};` })), word).toHaveLength(1);
  });

  it('that dice are seeded bites everywhere in src but in the page', () => {
    const text = 'const dice = Math.random;';
    const offences = rules.diceAreSeeded(
      tree({ 'src/cli/a.ts': text, 'src/world/real/server/page/b.ts': text, 'test/a.ts': text }),
    );
    expect(offences).toEqual(['src/cli/a.ts uses Math.random']);
  });

  it('that files are small bites at the 301st line', () => {
    const offences = rules.filesAreSmall(
      tree({
        'src/wire/a.ts': 'x\n'.repeat(300),
        'src/wire/b.ts': 'x\n'.repeat(301),
        'test/c.ts': 'x\n'.repeat(301),
      }),
    );
    expect(offences).toEqual(['src/wire/b.ts has 301 lines']);
  });

  it('that nothing is called utils bites', () => {
    const offences = rules.nothingIsCalledUtils(
      tree({
        'src/wire/utils.ts': '',
        'src/helpers/a.ts': '',
        'src/wire/time-util.ts': '',
        'src/wire/futile.ts': '',
      }),
    );
    expect(offences.map((offence) => offence.split(':')[0])).toEqual([
      'src/wire/utils.ts',
      'src/helpers/a.ts',
      'src/wire/time-util.ts',
    ]);
  });

  it('that exports are used bites', () => {
    const offences = rules.exportsAreUsed(
      tree({
        'src/wire/a.ts': [
          'export interface Inner {}',
          'export interface Lonely {}',
          'export type Whole = Inner[];',
          'export function used(): void {}',
          'export function selfish(): void { selfish(); }',
          'export const spoken = 1;',
          'export class Tested {}',
        ].join('\n'),
        'src/wire/b.ts': `import { type Whole, used } from './a.ts';\n// spoken\nsay('spoken');`,
        'test/wire/a.test.ts': `import { Tested } from '../../src/wire/a.ts';`,
        'src/index.ts': `export const surface = 1;\nexport * from './wire/c.ts';`,
        'src/wire/c.ts': 'export const passedOn = 1;',
        'src/cli/bench.ts': 'export const entry = 1;',
      }),
    );
    expect(offences).toEqual(
      ['Lonely', 'selfish', 'spoken'].map((name) => `src/wire/a.ts: nobody uses ${name}`),
    );
  });

  it('that nothing points to one machine bites, in any file', () => {
    // Put together here, or this file would offend.
    const [home, host] = ['/ho' + 'me/', 'https://regi' + 'stry.example/'];
    const offences = rules.nothingPointsToOneMachine(
      tree({
        'README.md': `see\n\`${home}ann/pollmark\``,
        'package-lock.json': `"reso` + `lved": "http://x.example/a.tgz"`,
        '.npmrc': `regi` + `stry=http://x.example`,
        'docs/a.md': `from ${host}b`,
        'docs/fine.md': `https://x.example${home}page and src${home}x, GET /subscribe, a registry = a list`,
      }),
    );
    expect(offences.map((offence) => offence.split(' ')[0])).toEqual([
      'README.md:2',
      'package-lock.json:1',
      '.npmrc:1',
      'docs/a.md:1',
    ]);
  });
});

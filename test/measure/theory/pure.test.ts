import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../../tidy/rules.ts';

const root = join(import.meta.dirname, '../../..');
const room = 'src/measure/theory';

/** Every file that these reach, and what of it comes from outside of the house. */
function reached(files: readonly string[]): { inside: Set<string>; outside: string[] } {
  const [inside, outside] = [new Set<string>(), [] as string[]];
  const visit = (file: string): void => {
    if (inside.has(file)) return;
    inside.add(file);
    for (const specifier of importsOf(readFileSync(file, 'utf8')))
      if (specifier.startsWith('.')) visit(resolve(file, '..', specifier));
      else outside.push(`${relative(root, file)} imports ${specifier}`);
  };
  for (const file of files) visit(resolve(root, file));
  return { inside, outside };
}

describe('the formulas', () => {
  it('run in a browser too: nothing that they reach is from elsewhere', () => {
    const files = readdirSync(join(root, room)).map((name) => `${room}/${name}`);
    const { inside, outside } = reached(files);
    expect(outside).toEqual([]);
    expect(inside.size).toBeGreaterThan(files.length);
  });

  it('are held to that by a look that finds what a file imports', () => {
    expect(reached(['src/cli/program.ts']).outside).toContain('src/cli/program.ts imports node:fs');
  });
});

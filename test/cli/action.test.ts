import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Action {
  readonly inputs: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs: Readonly<Record<string, { description: string; value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly { shell: string; run: string; env: Record<string, string> }[];
  };
}
const action = parse(readFileSync('action.yml', 'utf8')) as Action;
const { inputs, outputs, runs } = action;

/** What a document says to give to the action. */
function examplesIn(file: string): Record<string, string>[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm);
  const found: Record<string, string>[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { uses, with: given } = value as { uses?: string; with?: Record<string, string> };
    if (uses?.includes('/pollmark@') === true) found.push(given ?? {});
    for (const inner of Object.values(value)) look(inner);
  };
  for (const [, text] of blocks) look(parse(text!));
  return found;
}

describe('action.yml', () => {
  it('is a composite of bash steps in whose text no input is spliced', () => {
    expect(runs.using).toBe('composite');
    for (const { shell, run } of runs.steps) {
      expect(shell).toBe('bash');
      expect(run).not.toContain('${{');
    }
  });

  it('uses each of its inputs, and each has a default or is needed', () => {
    const used = JSON.stringify(runs.steps.map(({ env }) => env));
    for (const [name, { default: usual, required }] of Object.entries(inputs)) {
      expect(used).toContain(`\${{ inputs.${name} }}`);
      expect([name, required === true, usual === undefined]).toEqual([
        name,
        name === 'command',
        name === 'command',
      ]);
    }
  });

  it.each(['README.md', 'docs/ci.md'])('is used in %s as it is, for bench and for conformance', (file) => {
    const examples = examplesIn(file);
    expect(examples.map(({ command }) => command).sort()).toEqual(['bench', 'conformance']);
    for (const given of examples)
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  });

  it('has its inputs and outputs in the document, in order', () => {
    const rows = readFileSync('docs/ci.md', 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm);
    const told = [...rows].map(([, name]) => name);
    expect(told).toEqual([...Object.keys(inputs), ...Object.keys(outputs)]);
  });
});

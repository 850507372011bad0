import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConformanceResult } from '../../src/conformance/result.ts';
import { type RunningServer, startServer } from '../../src/world/real/server/server.ts';
import { due, result, short } from './pollmark.ts';

interface Step {
  readonly id?: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs: Readonly<Record<string, { value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;
const failing = `${short.replace('name: short', 'name: failing')}thresholds: [long.delivery.p50 > 1h]\n`;

let cwd: string;
let server: RunningServer;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'pollmark-action-'));
  writeFileSync(join(cwd, 'short.yaml'), short);
  writeFileSync(join(cwd, 'failing.yaml'), failing);
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  await server.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** GitHub's expressions, as far as this action has any. */
function filled(text: string, context: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (whole, name: string) => {
    if (!(name in context)) throw new Error(`what is ${whole}?`);
    return context[name]!;
  });
}

interface Used {
  readonly code: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly err: string;
}

/** The steps of the action as a runner plays them: inputs, files for what they say, a bash that ends at the first error. */
async function use(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Used> {
  const temp = mkdtempSync(join(cwd, 'runner-'));
  const [output, summary] = [join(temp, 'output'), join(temp, 'summary.md')];
  writeFileSync(output, '');
  writeFileSync(summary, 'before\n');
  const context: Record<string, string> = { 'github.action_path': root.replace(/\/$/, '') };
  for (const [name, { default: usual, required }] of Object.entries(action.inputs)) {
    const value = inputs[name] ?? usual;
    if (value === undefined && required !== true)
      throw new Error(`${name} is neither needed nor has it a default`);
    context[`inputs.${name}`] = value ?? '';
  }
  let code: number | null = null;
  let err = '';
  for (const [i, step] of action.runs.steps.entries()) {
    const script = join(temp, `${i}.sh`);
    writeFileSync(script, filled(step.run, context));
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd,
      env: {
        PATH: process.env['PATH'] ?? '',
        ...{ LANG: 'C.UTF-8', CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_TEMP: temp },
        ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
        ...env,
        ...Object.fromEntries(Object.entries(step.env).map(([key, value]) => [key, filled(value, context)])),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) break;
  }
  const lines = readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const said = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [
    name,
    filled(value, { [`steps.${action.runs.steps[0]!.id}.outputs.${name}`]: said[name] ?? '' }),
  ]);
  return { code, outputs: Object.fromEntries(outputs), summary: readFileSync(summary, 'utf8'), err };
}

describe('a step of a workflow', () => {
  it('benches a target: a folder, a summary and exit code 0', async () => {
    const { code, outputs, summary, err } = await use({
      ...{ command: 'bench', scenario: './short.yaml', target: server.url, profile: 'reference' },
      args: '-s   clients.count=3\n  --no-events\n\n--seed 7 \n--set=title=Is "$it" quick?\n',
    });
    const folder = outputs['folder']!;
    expect(readdirSync(folder).sort()).toEqual([
      ...['charts', 'index.html', 'junit.xml', 'result.json', 'scenario.yaml', 'summary.md'],
    ]);
    const kept = result(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')));
    expect(kept.scenario).toMatchObject({ clients: { count: 3 }, seed: 7, title: 'Is "$it" quick?' });
    expect(kept.target?.url).toBe(server.url);
    expect(code, err).toBe(due(0, [kept]));
    expect(outputs['exit-code']).toBe(String(code));
    expect(summary).toBe(`before\n${readFileSync(join(folder, 'summary.md'), 'utf8')}\n`);
  });

  it('fails with a threshold of one of several scenarios, annotated, and still tells the folder', async () => {
    const { code, outputs, summary, err } = await use({
      command: 'bench',
      scenario: './short.yaml\n./failing.yaml\n',
    });
    const folder = outputs['folder']!;
    expect(readdirSync(folder).sort()).toEqual(['failing', 'short']);
    const read = (name: string) =>
      result(JSON.parse(readFileSync(join(folder, name, 'result.json'), 'utf8')));
    expect(code, err).toBe(due(99, [read('short'), read('failing')]));
    expect(outputs['exit-code']).toBe(String(code));
    expect(err).toMatch(/^::error title=failing%3A threshold failed::long\.delivery\.p50 > 1h: measured /m);
    expect(summary).toContain('## short');
    expect(summary).toContain('| **failed** | `long.delivery.p50 > 1h` |');
  });

  it('judges a target', async () => {
    const { code, outputs, summary, err } = await use({
      ...{ command: 'conformance', target: server.url, profile: 'reference', args: 'poll.answer.immediate' },
    });
    expect(code, err).toBe(0);
    expect(outputs['exit-code']).toBe('0');
    const folder = outputs['folder']!;
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['conformance.json', 'junit.xml', 'summary.md']),
    );
    const { rows } = JSON.parse(readFileSync(join(folder, 'conformance.json'), 'utf8')) as ConformanceResult;
    expect(rows.map(({ id }) => id)).toEqual(['poll.answer.immediate']);
    expect(summary).toContain('## Conformance: ');
  });

  it('runs a version of the package when one is asked for', async () => {
    // A stand-in for npx, which would go to the network: it shows how it was called.
    const bin = mkdtempSync(join(cwd, 'bin-'));
    const shown = join(bin, 'called');
    writeFileSync(join(bin, 'npx'), `#!/bin/sh\nprintf '%s\\n' "$@" > '${shown}'\nexit 4\n`, { mode: 0o755 });
    const PATH = `${bin}:${process.env['PATH']}`;
    const { code, outputs } = await use(
      { command: 'simulate', scenario: 'quick', version: '1.2.3' },
      { PATH },
    );
    expect([code, outputs['exit-code']]).toEqual([4, '4']);
    expect(readFileSync(shown, 'utf8').trimEnd().split('\n')).toEqual([
      ...['--yes', '--package', 'pollmark@1.2.3', '--', 'pollmark', 'simulate', '--scenario=quick'],
      `--out=${outputs['folder']}`,
    ]);
  });

  it('takes no input for shell, and none for a command to the runner', async () => {
    const evil = [
      '$(touch pwned)',
      '`touch pwned`',
      '"; touch pwned; "',
      "'; touch pwned; '",
      'x && touch pwned',
      '| touch pwned',
    ];
    for (const text of evil) {
      for (const name of ['scenario', 'target', 'profile', 'args', 'command']) {
        const given = { command: 'bench', scenario: './short.yaml', [name]: text };
        const { code, outputs, err } = await use({ ...given, args: given['args'] ?? '--dry-run' });
        expect([name, text, code, outputs['exit-code']]).toEqual([name, text, 2, '2']);
        expect(err).toContain('error: ');
      }
    }
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
    const { code, err } = await use({ command: 'bench\n::error::x', scenario: '\n::error::x' });
    expect(code).toBe(2);
    expect(err).not.toMatch(/^\s*::/m);
  });
});

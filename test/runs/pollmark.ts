import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import { until } from '../world/real/raw.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** From the start of the process to its end. */
  readonly ms: number;
  /** Its process group, empty by now. */
  readonly group: number;
}

interface Wish {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before `exec`, in a shell: a limit that the process is to run under. */
  readonly before?: string;
  /** Told of everything on stderr so far, whenever there is more. */
  onErr?(err: string, group: number): void;
}

/** Processes of a group that are alive. */
export function members(group: number): string[] {
  const table = execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' });
  const lines = table.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith(`${group} `) && !/^\d+ +Z/.test(line));
}

/** Runs the program as a person would, in a process group of its own, and waits until the whole group is gone. */
export async function pollmark(args: readonly string[], wish: Wish = {}): Promise<Finished> {
  const command = wish.before === undefined ? process.execPath : 'bash';
  const shell =
    wish.before === undefined ? [] : ['-c', `${wish.before}; exec "$@"`, 'bash', process.execPath];
  const { PATH = '' } = process.env;
  const start = performance.now();
  const child = spawn(command, [...shell, main, ...args], {
    cwd: wish.cwd ?? tmpdir(),
    env: { PATH, LANG: 'C.UTF-8', ...wish.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid!;
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    wish.onErr?.(err, group);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const ms = performance.now() - start;
  await until(() => members(group).length === 0);
  return { code, out, err, ms, group };
}

/** Four clients, a bit more than a second. */
export const short = `version: 1
name: short
duration: 1s
cooldown: 600ms
clients: { count: 4 }
modes:
  - { name: regular, kind: regular, every: 200ms }
  - { name: long, kind: long, hold: 2s }
order: together
arrivals: { rate: 20/s }
`;

/** A folder with scenario files: name to text. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'edges-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** What the program printed with `--json`: that, and nothing else. */
export function printed(out: string): unknown {
  const value: unknown = JSON.parse(out);
  if (out !== `${JSON.stringify(value, null, 2)}\n`) throw new Error(`more than one JSON on stdout: ${out}`);
  return value;
}

export function result(value: unknown): Result {
  return resultSchema.parse(value);
}

/** Reasons for distrust that lie with the machine, which may be busy with something else. */
const ofTheMachine = ['late-stamps', 'publisher-late', 'generator-busy', 'clock-jumped', 'no-self-check'];

/** The exit code that is due when `wanted` would be due on a calm machine: distrust comes before a failed threshold. */
export function due(wanted: 0 | 99, results: readonly Result[]): number {
  const doubted = results.flatMap(({ warnings }) =>
    warnings.filter(({ invalidates }) => invalidates === true),
  );
  const strange = doubted.filter(({ code }) => !ofTheMachine.includes(code));
  if (strange.length > 0) throw new Error(`not trustworthy: ${strange.map(({ text }) => text).join(' ')}`);
  if (doubted.length > 0) console.log(`a busy machine: ${doubted.map(({ code }) => code).join(', ')}`);
  return doubted.length > 0 ? 4 : wanted;
}

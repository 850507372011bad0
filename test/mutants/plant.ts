import { type ChildProcess, fork } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Base, type Defect, type Edit, quickOptions } from './defect.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const compiled = fileURLToPath(new URL('../../dist', import.meta.url));

/** Rooms of the compiled tree that the server is made of. */
const rooms = ['protocol', 'wire', 'world'];
const entries: Readonly<Record<Base, string>> = {
  reference: './world/real/server/server.js',
  corner: './corner.mjs',
};

/** A server that runs, in a process of its own. */
export interface Running {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it for good, whatever it is doing. */
  stop(): Promise<void>;
}

/** What a private copy of a server is made by. */
export type Recipe = Pick<Defect, 'name' | 'edits' | 'ground' | 'base' | 'options'>;

/** A private copy of a server with its defect in it. */
export interface Planted {
  readonly folder: string;
  /** The words of a command that starts it; the last one is the port. */
  command(port: string): readonly string[];
  /** Rejects when it ends before it listens, with what it said. */
  start(): Promise<Running>;
  remove(): Promise<void>;
}

/**
 * Copies a server and makes the edits of a defect in the copy.
 * @throws Error that names file and text when a piece of text is not there exactly once
 */
export async function plant(defect: Recipe): Promise<Planted> {
  const { name, edits, ground = [], base = 'reference', options = {} } = defect;
  const folder = await mkdtemp(join(tmpdir(), 'pollmark-mutant-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    if (base === 'reference') {
      for (const room of rooms) await cp(join(compiled, room), join(folder, room), { recursive: true });
    } else await cp(join(here, 'bases', `${base}.mjs`), join(folder, `${base}.mjs`));
    await cp(join(here, 'start.mjs'), join(folder, 'start.mjs'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
    const start = { entry: entries[base], options: { ...quickOptions, ...options } };
    await writeFile(join(folder, 'start.json'), JSON.stringify(start));
    for (const each of [...ground, ...edits]) await make(folder, each, name);
  } catch (error) {
    await remove();
    throw error;
  }
  const program = join(folder, 'start.mjs');
  return {
    folder,
    command: (port) => [process.execPath, program, port],
    start: () => run(program, folder, name),
    remove,
  };
}

/** Makes the edits of a defect in memory only. @throws Error as `plant` does */
export async function tryEdits({ name, edits, ground = [], base = 'reference' }: Recipe): Promise<void> {
  const texts = new Map<string, string>();
  for (const edit of [...ground, ...edits]) {
    const path = base === 'reference' ? join(compiled, edit.file) : join(here, 'bases', edit.file);
    texts.set(edit.file, edited(texts.get(edit.file) ?? (await readFile(path, 'utf8')), edit, name));
  }
}

async function make(folder: string, edit: Edit, name: string): Promise<void> {
  const path = join(folder, edit.file);
  await writeFile(path, edited(await readFile(path, 'utf8'), edit, name));
}

function edited(text: string, { file, find, replace }: Edit, name: string): string {
  const times = text.split(find).length - 1;
  if (times !== 1) {
    throw new Error(
      `${name}: ${file} must hold this piece exactly once, and holds it ${times} times: ${find}`,
    );
  }
  // A function, because a text may hold `$&`.
  return text.replace(find, () => replace);
}

async function run(program: string, cwd: string, name: string): Promise<Running> {
  const child = fork(program, ['0'], { cwd, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: { url: string }) => resolve(message.url));
    child.once('error', reject);
    void ended.then(() => reject(new Error(`${name} ended before it listened: ${said.trim() || 'no word'}`)));
  });
  return { url, port: Number(new URL(url).port), pid: child.pid!, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

import { fileURLToPath } from 'node:url';
import { program } from '../../src/cli/program.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string;
  /** The lines on stderr. */
  readonly err: readonly string[];
}

/** Runs one command line in this process. */
export async function run(args: readonly string[], cwd = root, columns = 80): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await program(args, {
    cwd,
    env: {},
    columns,
    outIsTty: false,
    errIsTty: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err: err === '' ? [] : err.replace(/\n$/, '').split('\n') };
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ConformanceResult, conformanceResultSchema } from '../../src/conformance/result.ts';
import { folderWith, pollmark, printed } from '../runs/pollmark.ts';
import { interopFolder, type Target } from './starters/target.ts';

/** What is checked in as known about a server. */
export function expectedFile(name: string): string {
  return join(interopFolder, 'expected', `${name}.yaml`);
}

/** What a run of the suite told. */
export interface Judged {
  readonly code: number | null;
  readonly err: string;
  readonly result: ConformanceResult;
}

/** Runs the suite against a server as a person would, by its shipped profile. */
export async function judge(target: Target, wish: readonly string[]): Promise<Judged> {
  const folder = folderWith({});
  try {
    const { profile, origin, overrides, process: facts } = target;
    const { code, out, err } = await pollmark(
      [
        ...['conformance', '-t', origin, '-p', profile],
        ...overrides.flatMap((each) => ['-s', each]),
        // How it is started again, for rows that stop or crash it.
        ...['-s', `process=${JSON.stringify(facts)}`],
        ...['--no-progress', '--json', '-o', 'report'],
        ...wish,
      ],
      { cwd: folder },
    );
    if (out === '') throw new Error(`nothing was judged (exit ${code}): ${err}`);
    return { code, err, result: conformanceResultSchema.parse(printed(out)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

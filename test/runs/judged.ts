import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type ConformanceResult, conformanceResultSchema } from '../../src/conformance/result.ts';
import { type Finished, pollmark } from './pollmark.ts';

/** A run of the suite as a person would start it, and what it left. */
export interface Judged extends Finished {
  /** Its report; it may not be there. */
  readonly report: string;
  /** The most memory that the process ever had, bytes. */
  readonly peakBytes: number;
  /** `conformance.json`, checked by its schema. @throws when there is none */
  readonly result: ConformanceResult;
  /** `id VERDICT` of each row. */
  readonly verdicts: readonly string[];
}

const all = mkdtempSync(join(tmpdir(), 'judged-'));
afterAll(() => rmSync(all, { recursive: true }));

/** The shipped profile of the reference without the way to start it, as a file. */
export function unstartable(): string {
  const shipped = readFileSync(new URL('../../profiles/reference.yaml', import.meta.url), 'utf8');
  const file = join(all, 'unstartable.yaml');
  writeFileSync(file, shipped.slice(0, shipped.indexOf('# Rows about starting and stopping')));
  return file;
}

/** Has the process say at its end how much memory it ever had. */
const telling = (file: string): string => {
  const script = `import { readFileSync, writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync('${file}', readFileSync('/proc/self/status')))`;
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
};

/** Runs `pollmark conformance` with these words and `-o`, in a folder of its own. */
export async function judge(
  words: readonly string[],
  wish: NonNullable<Parameters<typeof pollmark>[1]> = {},
): Promise<Judged> {
  const folder = mkdtempSync(join(all, 'run-'));
  const [report, status] = [join(folder, 'report'), join(folder, 'status')];
  const finished = await pollmark(['conformance', ...words, '-o', report], {
    cwd: folder,
    ...wish,
    env: { NODE_OPTIONS: telling(status), ...wish.env },
  });
  const peak = existsSync(status) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8')) : null;
  const result = (): ConformanceResult =>
    conformanceResultSchema.parse(JSON.parse(readFileSync(join(report, 'conformance.json'), 'utf8')));
  return {
    ...finished,
    report,
    peakBytes: peak === null ? Number.NaN : Number(peak[1]) * 1024,
    get result() {
      return result();
    },
    get verdicts() {
      return result().rows.map(({ id, verdict }) => `${id} ${verdict}`);
    },
  };
}

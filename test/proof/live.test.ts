import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import type { LiveState } from '../../src/world/real/server/page/live-state.ts';
import { Reader } from '../world/real/live/reader.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'watched-'));
const pairs = Number(process.env['RUNS'] ?? 5);
/** One tick of the kernel's account of processor time, as Linux shows it. */
const tickMs = 10;

interface Ran {
  readonly result: Result;
  /** From the last byte of the result to the end of the process. */
  readonly exitMs: number;
  readonly states: readonly LiveState[];
  /** Processor time of the page's process for each second that it was watched. */
  readonly pageCpuMsPerS: number | null;
}

function cpuMs(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return null;
  }
}

/** Looks at the page as a browser does, by long polling, from its beginning to its end. */
async function watch(url: string, parent: number): Promise<Pick<Ran, 'states' | 'pageCpuMsPerS'>> {
  const table = execFileSync('ps', ['-eo', 'ppid=,pid=,args='], { encoding: 'utf8' });
  const line = table.split('\n').find((text) => new RegExp(`^ *${parent} .*live-process`).test(text));
  const pid = Number(line?.trim().split(/ +/)[1]);
  const reader = await Reader.open(url);
  const states: LiveState[] = await reader.news();
  const from = { at: performance.now(), cpu: cpuMs(pid) };
  let to = from;
  while (states.at(-1)!.over === false) {
    to = { at: performance.now(), cpu: cpuMs(pid) };
    states.push(...(await reader.news()));
  }
  const seconds = (to.at - from.at) / 1000;
  const pageCpuMsPerS = from.cpu === null || to.cpu === null ? null : (to.cpu - from.cpu) / seconds;
  return { states, pageCpuMsPerS };
}

async function play(live: boolean): Promise<Ran> {
  const args = [main, 'bench', '-S', 'quick', '--json', '--no-events', '--no-progress', '-o', 'run'];
  const bench: ChildProcess = spawn(process.execPath, live ? [...args, '--live'] : args, {
    cwd: mkdtempSync(join(folder, 'of-')),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err, lastByteAt] = ['', '', 0];
  let watching: ReturnType<typeof watch> | undefined;
  bench.stdout!.setEncoding('utf8').on('data', (more: string) => {
    out += more;
    lastByteAt = performance.now();
  });
  bench.stderr!.setEncoding('utf8').on('data', (more: string) => {
    err += more;
    const url = /^live: (http:\S+)$/m.exec(err)?.[1];
    if (url !== undefined) watching ??= watch(url, bench.pid!);
  });
  const [code] = await once(bench, 'exit');
  const exitMs = performance.now() - lastByteAt;
  expect([0, 4, 99], err).toContain(code);
  const seen = (await watching) ?? { states: [], pageCpuMsPerS: null };
  return { result: resultSchema.parse(JSON.parse(out)), exitMs, ...seen };
}

type Figure = (ran: Ran) => number | null;

const ofMode = (
  name: string,
  of: (repetition: Result['modes'][0]['repetitions'][0]) => number | null,
): Figure => {
  return ({ result }) => of(result.modes.find((mode) => mode.name === name)!.repetitions[0]!);
};

const figures: readonly (readonly [string, Figure])[] = [
  ...(['regular', 'long'] as const).flatMap((mode): [string, Figure][] => [
    [`${mode}: delivery p50, ms`, ofMode(mode, ({ delivery_ms: { p50 } }) => p50)],
    [`${mode}: requests/s`, ofMode(mode, ({ requests }) => requests.per_s)],
    [`${mode}: publish late p99, ms`, ofMode(mode, ({ quality }) => quality.publish_late_p99_ms)],
    [`${mode}: loop delay p99, ms`, ofMode(mode, ({ quality }) => quality.loop_delay_p99_ms)],
    [
      `${mode}: late stamps, %`,
      ofMode(mode, ({ quality }) => 100 * (quality.late_stamps_share ?? Number.NaN)),
    ],
    [
      `${mode}: clients' share of a core, %`,
      ofMode(mode, ({ quality }) => 100 * (quality.generator_cpu ?? Number.NaN)),
    ],
  ]),
  ['own error p50, ms', ofMode('long', ({ quality }) => quality.harness_error_ms.p50)],
  ['own error p99, ms', ofMode('long', ({ quality }) => quality.harness_error_ms.p99)],
  ['result printed to process ended, ms', ({ exitMs }) => exitMs],
];

function spread(values: readonly (number | null)[]): string {
  const known = values
    .filter((value) => value !== null && !Number.isNaN(value))
    .sort((a, b) => a! - b!) as number[];
  if (known.length === 0) return 'n/a';
  const middle = (known[Math.floor((known.length - 1) / 2)]! + known[Math.floor(known.length / 2)]!) / 2;
  const show = (value: number): string => value.toPrecision(3).replace(/e\+\d+$/, '');
  return `${show(middle)} (${show(known[0]!)} to ${show(known.at(-1)!)})`;
}

describe('a run that is watched', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it(`is the same as one that is not (${pairs} runs of quick each, taking turns)`, async () => {
    const without: Ran[] = [];
    const watched: Ran[] = [];
    for (let i = 0; i < pairs; i++) {
      // Whichever is first in one pair is second in the next, so that a drift of the machine favours neither.
      for (const live of i % 2 === 0 ? [false, true] : [true, false])
        (live ? watched : without).push(await play(live));
    }
    const rows = figures.map(
      ([name, of]) => `| ${name} | ${spread(without.map(of))} | ${spread(watched.map(of))} |`,
    );
    console.log(
      [
        '| median (smallest to largest) | without | with `--live` and an open page |',
        '| --- | --- | --- |',
        ...rows,
        `| processor time of the page's process, ms per second | | ${spread(watched.map(({ pageCpuMsPerS }) => pageCpuMsPerS))} |`,
        `| states that the page was told | | ${spread(watched.map(({ states }) => states.length))} |`,
      ].join('\n'),
    );
    for (const { states, result } of watched) {
      expect(result.environment['live']).toBe(true);
      // A page that nobody told anything would have disturbed nobody.
      expect(states.length).toBeGreaterThan(35);
      expect(states.at(-1)!.over).toBe('ended');
    }
  });
});

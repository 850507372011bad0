import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConformanceResult, ConformanceRow } from '../../src/conformance/result.ts';
import { parseOverride } from '../../src/scenario/overrides.ts';
import type { Override } from '../../src/wire/yaml.ts';
import { type Defect, quickSettings } from './defect.ts';
import { type Planted, plant, type Recipe, type Running } from './plant.ts';

/** Profiles that are about servers of this folder; all others are shipped. */
const own = ['corner', 'mailbox'];

/** Which server is to be judged, and by which rows. */
interface Order {
  /** Of the profile. */
  readonly file: string;
  readonly overrides: readonly Override[];
  readonly target: string;
  /** Undefined: those of a run for which nothing is chosen. */
  readonly rows: readonly string[] | undefined;
}

/** What the suite said of a server. */
export interface Judged {
  readonly rows: readonly ConformanceRow[];
  readonly constants: ConformanceResult['constants'];
  readonly warnings: ConformanceResult['warnings'];
  readonly durationMs: number;
}

/** The profile of a planted server: short times, the defect's own settings, and how such a server is started. */
function orderFor(
  { profile = 'reference', settings = [] }: Planting,
  planted: Planted,
  { url, pid }: Running,
  rows: readonly string[] | undefined,
): Order {
  const folder = own.includes(profile) ? './bases' : '../../profiles';
  const file = fileURLToPath(new URL(`${folder}/${profile}.yaml`, import.meta.url));
  const start = { start: planted.command('{port}'), ready: { output: '^http:' }, pid };
  const overrides: Override[] = [
    ...[...quickSettings, ...settings].map(overrideOf),
    { path: ['process'], value: start, label: 'process' },
  ];
  return { file, overrides, target: url, rows };
}

function overrideOf(text: string): Override {
  const override = parseOverride(text);
  if (typeof override === 'string') throw new Error(override);
  return override;
}

/** How often rows are played in all that this machine was too busy to judge. */
const most = 4;

/**
 * Plants a server, has some rows of the catalogue judge it, and removes it. Rows of which nothing could be said,
 * because this machine was busy, are played again on a new one; a verdict is a verdict.
 * @param unclear told of each time that nothing could be said of a row, and why
 * @returns those rows by their ids
 */
export async function judge(
  defect: Defect,
  rows: readonly string[],
  unclear?: (row: string, reason: string) => void,
): Promise<ReadonlyMap<string, ConformanceRow>> {
  const judged = new Map<string, ConformanceRow>();
  let left = rows;
  for (let time = 0; time < most && left.length > 0; time++) {
    for (const row of (await judgeOnce(defect, left)).rows) judged.set(row.id, row);
    left = left.filter((id) => judged.get(id)?.verdict === 'INCONCLUSIVE');
    for (const id of left) unclear?.(id, judged.get(id)?.reason ?? 'no reason given');
  }
  return judged;
}

/** What a planted server is, whether or not there is anything wrong with it. */
export type Planting = Recipe & Pick<Defect, 'profile' | 'settings'>;

/**
 * Plants a server, has it judged once, and removes it.
 * @param rows default: those of a run for which nothing is chosen
 */
export async function judgeOnce(defect: Planting, rows?: readonly string[]): Promise<Judged> {
  const planted = await plant(defect);
  try {
    const server = await planted.start();
    try {
      return await play(orderFor(defect, planted, server, rows));
    } finally {
      await server.stop();
    }
  } finally {
    await planted.remove();
  }
}

/** Descriptors of the suite: a row that opens as many polls as it can must not open thousands here. */
const descriptors = 3000;

function play(order: Order): Promise<Judged> {
  const child = fork(fileURLToPath(new URL('play.mjs', import.meta.url)), {
    execPath: '/bin/sh',
    execArgv: ['-c', `ulimit -Sn ${descriptors}; exec "$0" "$@"`, process.execPath],
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('message', (told: Judged | { failed: string }) => {
      if ('failed' in told) reject(new Error(told.failed));
      else resolve(told);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the suite ended with ${code ?? signal}`)));
    child.send(order);
  });
}

/** Servers that differ only in their defects, and so must all pass the same rows when there is none. */
export interface CleanServer {
  /** A defect without its edits. */
  readonly server: Defect;
  readonly rows: readonly string[];
}

/** One clean server for each set of base, options and profile, with all rows that its mutants are to fail. */
export function cleanServers(defects: readonly Defect[]): CleanServer[] {
  const groups = new Map<string, Defect[]>();
  for (const defect of defects) {
    const { ground, base, options, profile, settings } = defect;
    const key = JSON.stringify([ground, base, options, profile, settings]);
    groups.set(key, [...(groups.get(key) ?? []), defect]);
  }
  return [...groups.values()].map((group) => {
    const rows = [...new Set(group.flatMap(({ kills }) => kills))].sort();
    const name = group.length === 1 ? `without ${group[0]!.name}` : `without ${group[0]!.name} and others`;
    return { server: { ...group[0]!, name, edits: [], kills: [] }, rows };
  });
}

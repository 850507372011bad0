import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConformanceOptions } from '../../src/conformance/options.ts';
import type { ConformanceResult, ConformanceRow } from '../../src/conformance/result.ts';
import { parseOverride } from '../../src/scenario/overrides.ts';
import { type Profile, profileSchema } from '../../src/wire/profile.ts';
import { type Override, readYaml } from '../../src/wire/yaml.ts';
import { type Defect, quickSettings } from './defect.ts';
import { type Planted, plant, type Running } from './plant.ts';

/** What judges: `runConformance`, or something that looks like it. */
export type Judge = (options: ConformanceOptions) => Promise<ConformanceResult>;

/** Profiles that are about servers of this folder; all others are shipped. */
const own = ['corner', 'mailbox'];

/** The profile of a planted server: short times, the defect's own settings, and how such a server is started. */
export function profileOf(defect: Defect, planted: Planted, { pid }: Running): Profile {
  const { profile = 'reference', settings = [] } = defect;
  const folder = own.includes(profile) ? './bases' : '../../profiles';
  const file = fileURLToPath(new URL(`${folder}/${profile}.yaml`, import.meta.url));
  const start = { start: planted.command('{port}'), ready: { output: '^http:' }, pid };
  const overrides: Override[] = [
    ...[...quickSettings, ...settings].map(overrideOf),
    { path: ['process'], value: start, label: 'process' },
  ];
  return readYaml(readFileSync(file, 'utf8'), file, profileSchema, overrides);
}

function overrideOf(text: string): Override {
  const override = parseOverride(text);
  if (typeof override === 'string') throw new Error(override);
  return override;
}

/**
 * Plants a server, has some rows of the catalogue judge it, and removes it.
 * @returns those rows by their ids
 */
export async function judge(
  defect: Defect,
  rows: readonly string[],
  run: Judge,
): Promise<ReadonlyMap<string, ConformanceRow>> {
  const planted = await plant(defect);
  try {
    const server = await planted.start();
    try {
      const profile = profileOf(defect, planted, server);
      const result = await run({ profile, target: server.url, rows, all: true });
      return new Map(result.rows.map((row) => [row.id, row]));
    } finally {
      await server.stop();
    }
  } finally {
    await planted.remove();
  }
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
    const { base, options, profile, settings } = defect;
    const key = JSON.stringify([base, options, profile, settings]);
    groups.set(key, [...(groups.get(key) ?? []), defect]);
  }
  return [...groups.values()].map((group) => {
    const rows = [...new Set(group.flatMap(({ kills }) => kills))].sort();
    const name = group.length === 1 ? `without ${group[0]!.name}` : `without ${group[0]!.name} and others`;
    return { server: { ...group[0]!, name, edits: [], kills: [] }, rows };
  });
}

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../wire/usage.ts';
import { wallClock } from '../world/real/clock.ts';

/**
 * The folders for `--out`: itself for one scenario, else one below it for each; null without that option.
 * @throws UsageError when one of them is there already: before anything has run
 */
export function outFolders(out: string | null, names: readonly string[], cwd: string): string[] | null {
  if (out === null) return null;
  const folders = names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return names.length === 1 ? out : join(out, before === 0 ? name : `${name}-${before + 1}`);
  });
  const taken = folders.filter((folder) => existsSync(resolve(cwd, folder)));
  if (taken.length > 0)
    throw new UsageError(taken.map((folder) => `${folder} exists already; choose another folder with --out`));
  return folders.map((folder) => resolve(cwd, folder));
}

/** `reports/<time>-<scenario>`, for a run that begins now; with a number where another run of this second has it. */
export function defaultFolder(name: string, cwd: string): string {
  const time = new Date(wallClock()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const folder = resolve(cwd, 'reports', `${time}-${name}`);
  for (let n = 1; ; n++) {
    const free = n === 1 ? folder : `${folder}-${n}`;
    if (!existsSync(free)) return free;
  }
}

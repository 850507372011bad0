import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** This program: its name, its version, and the commit it was built from where that is known. */
export function tool(): { name: string; version: string; commit: string | null } {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string };
  return { name: 'pollmark', version, commit: commitOf(root) };
}

/** What a reader has to know of the machine before he compares numbers. */
export function environment(): Record<string, unknown> {
  const cores = cpus();
  return {
    node: process.version,
    platform: platform(),
    kernel: release(),
    arch: arch(),
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_bytes: totalmem(),
    load_average_1m: loadavg()[0] ?? null,
  };
}

function commitOf(folder: string): string | null {
  try {
    const text = execFileSync('git', ['-C', folder, 'rev-parse', '--show-prefix', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // An installed package may lie in somebody else's repository, whose commit says nothing about us.
    const [prefix, commit] = text.split('\n');
    return prefix === '' ? (commit ?? null) : null;
  } catch {
    return null;
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Whether npm has put there what the lock file says, and nothing changed since. */
function isCurrent(): boolean {
  const stamp = join(folder, 'node_modules', 'installed-lock.json');
  return (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === readFileSync(join(folder, 'package-lock.json'), 'utf8')
  );
}

/** Installs the npm servers beside these tests; without them their tests are skipped, each by its name. */
export default function setup(): void {
  if (isCurrent()) return;
  try {
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('cp', ['package-lock.json', 'node_modules/installed-lock.json'], { cwd: folder });
  } catch (error) {
    console.error(`npm ci in test/interop failed: ${(error as Error).message}`);
  }
}

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiles `src` to `dist` before any test runs. */
export default function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' });
}

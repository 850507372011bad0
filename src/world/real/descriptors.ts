import { readFileSync } from 'node:fs';

/**
 * How many files this process may have open. Over this limit the kernel resets connections, and nobody can
 * answer any more. Where the system does not say, a limit that any system grants.
 */
export function descriptorLimit(): number {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line?.[1] === 'unlimited' ? 1_000_000 : Number(line?.[1]);
  } catch {
    return 10_000;
  }
}

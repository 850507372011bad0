import { readdirSync, readFileSync, statSync } from 'node:fs';

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

/**
 * How many files this process has open; null where the system does not say. New kernels give the number as the
 * folder's size; to list ten thousand of them would stop the process for ten milliseconds.
 */
export function openDescriptors(): number | null {
  try {
    const { size } = statSync('/proc/self/fd');
    // The listing itself has one open.
    return size > 0 ? size : readdirSync('/proc/self/fd').length - 1;
  } catch {
    return null;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { Unclear } from '../verify.ts';

/** What the system tells of the target's process and of those that it has started. */
export interface TargetProcess {
  readonly pid: number;
  /** Resident memory, bytes. What processes share is counted for each of them. */
  memory(): number;
  /** Open files and connections. */
  descriptors(): number;
}

/**
 * A server may leave the work to processes that it starts, as nginx does, so they all count.
 * @throws Unclear where there is no such process, or no `/proc`
 */
export function processOf(pid: number | undefined): TargetProcess {
  if (pid === undefined) throw new Unclear('the process of the target is not known');
  const sum = (look: (pid: number) => number): number => {
    let total: number;
    try {
      total = look(pid);
    } catch {
      throw new Unclear(`process ${pid} cannot be looked at`);
    }
    for (const child of descendants(pid)) {
      try {
        total += look(child);
      } catch {
        // It has just ended.
      }
    }
    return total;
  };
  return { pid, memory: () => sum(memoryOf), descriptors: () => sum(descriptorsOf) };
}

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Processes that this one has started, and those that they have. */
function descendants(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
      const list = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
      const children = list === '' ? [] : list.split(' ').map(Number);
      return children.flatMap((child) => [child, ...descendants(child)]);
    });
  } catch {
    // It has just ended, or the kernel keeps no such list.
    return [];
  }
}

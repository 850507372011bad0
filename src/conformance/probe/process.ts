import { readdirSync, readFileSync } from 'node:fs';
import { Unclear } from '../verify.ts';

/** What the system tells of the target's process. */
export interface TargetProcess {
  readonly pid: number;
  /** Resident memory, bytes. */
  memory(): number;
  /** Open files and connections. */
  descriptors(): number;
}

/** @throws Unclear where there is no such process, or no `/proc` */
export function processOf(pid: number | undefined): TargetProcess {
  if (pid === undefined) throw new Unclear('the process of the target is not known');
  const read = <T>(look: () => T): T => {
    try {
      return look();
    } catch {
      throw new Unclear(`process ${pid} cannot be looked at`);
    }
  };
  return {
    pid,
    memory: () =>
      read(() => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024),
    descriptors: () => read(() => readdirSync(`/proc/${pid}/fd`).length),
  };
}

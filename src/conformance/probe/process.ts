import { readdirSync, readFileSync } from 'node:fs';
import { Unclear } from '../verify.ts';

/** What the system tells of the target's process, together with its children: some servers work in those. */
export interface TargetProcess {
  readonly pid: number;
  /** Resident memory, bytes. What processes share is counted for each of them. */
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
  const summed = (look: (each: number) => number) => (): number =>
    read(() => {
      const children = descendants(pid).map((each) => or(0, () => look(each)));
      return children.reduce((sum, value) => sum + value, look(pid));
    });
  return { pid, memory: summed(residentBytes), descriptors: summed(openFiles) };
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Children of children too. */
function descendants(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => childrenOf(pid, thread));
  return children.flatMap((child) => [child, ...or([], () => descendants(child))]);
}

/** None where the kernel does not keep the list. */
function childrenOf(pid: number, thread: string): number[] {
  const text = or('', () => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
  return text.split(' ').filter(Boolean).map(Number);
}

/** What is to be seen of a process that may have ended meanwhile. */
function or<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The live heap of a process at both ends of the measured time, and what it received in between. */
export interface HeapSeen {
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly messages: number;
}

let collect: (() => void) | undefined;

/** What is in use after everything else was collected. Takes tens of milliseconds, in which nothing else happens. */
export function liveHeap(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // What the first round finalizes, the second one frees.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

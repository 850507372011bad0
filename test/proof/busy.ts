import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/** Does nothing, as hard as it can, for as long as whoever started it is there. */
const program = `
process.stdin.on('end', () => process.exit(0)).resume();
const turn = () => { for (const end = performance.now() + 20; performance.now() < end; ); setImmediate(turn); };
turn();`;

/** Keeps every core of this machine busy. @returns what ends that */
export function keepBusy(): () => Promise<void> {
  const children = Array.from({ length: availableParallelism() }, () =>
    // Its end of the pipe is closed with this process, however that ends.
    spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'ignore', 'ignore'] }),
  );
  return async () => {
    await Promise.all(children.map(end));
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

import { parentPort, workerData } from 'node:worker_threads';
import { monotonicClock } from '../../world/real/clock.ts';
import type { FromWorker } from './lone-pool.ts';
import { type LoneTask, playLone } from './lone-turn.ts';
import { playInSlices } from './slices.ts';

// A thread that plays one turn. It hears nothing: whoever wants it to stop ends it.
const task = workerData as LoneTask;
const say = (said: FromWorker): void => parentPort!.postMessage(said);
const deaf = new AbortController().signal;
const counted = await playLone(task, 0, (setupMs) => (run, phase) => {
  return playInSlices(run, monotonicClock(), deaf, (now, clientsDone) =>
    say({ kind: 'at', phase, setupMs, now, clientsDone }),
  );
});
const { measured, facts, frame, played, observed } = counted!;
say({ kind: 'counted', measured, facts, frame, played, observed: observed() });

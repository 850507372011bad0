import { join } from 'node:path';
import { readProfile } from '../../../wire/profile.ts';
import type { Clock } from '../clock.ts';
import type { ClientsSpec, Order, Report } from '../load/messages.ts';
import { readRecords } from '../load/record.ts';
import { Child } from './child.ts';

/** From the moment when a server hands an answer to the kernel until our client's stamp. */
export interface HarnessError {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly samples: number;
}

const clients = 20;
const everyMs = 2;
const samples = 1000;
/** The first deliveries run through code that is not compiled yet. */
const warmUp = 200;

const profile = readProfile(
  `
name: known truth
subscribe: { url: /subscribe }
publish: { url: /publish }
messages: { format: whole }
hold: { kind: unbounded }
`,
  'the known truth',
);

/**
 * Measures the harness on itself: the very processes and code that measure a target are pointed at a server
 * whose sending instants are known. Takes about two and a half seconds.
 * @param folder for the records of the two processes
 */
export async function measureHarnessError(clock: Clock, folder: string): Promise<HarnessError> {
  const run = 'truth';
  const server = new Child<Order, Report>('known-truth server', 'load/truth-process');
  const crowd = new Child<Order, Report>('self-check clients', 'load/client-process');
  try {
    await Promise.all([server.next('ready'), crowd.next('ready')]);
    const listening = server.next('listening');
    const sent = join(folder, 'truth-sent');
    const received = join(folder, 'truth-received');
    server.send({
      type: 'truth',
      spec: { clock: clock.originNs.toString(), file: sent, run, count: warmUp + samples, everyMs },
    });
    const { url } = await listening;
    const spec: ClientsSpec = {
      clock: clock.originNs.toString(),
      file: received,
      target: { origin: url, profile, headers: {}, tls: {} },
      run,
      mode: {
        kind: 'long',
        everyMs: 0,
        jitterMs: 0,
        holdMs: 60_000,
        pauseMs: 0,
        requestTimeoutMs: 65_000,
        retry: { policy: 'full-jitter', baseMs: 100, capMs: 1000, firstDelayMs: 100 },
      },
      first: 0,
      joinMs: new Array<number>(clients).fill(0),
      scripts: [],
      dial: [],
      channels: ['truth'],
      lag: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' },
      keepAliveMs: 60_000,
      measureHeap: false,
      seed: 'truth',
    };
    const joined = crowd.next('joined');
    crowd.send({ type: 'clients', spec });
    crowd.send({ type: 'join', at: clock.now() });
    await joined;
    const finished = server.next('published');
    server.send({ type: 'begin', at: clock.now() });
    await finished;
    // The last answers are on their way for a moment yet; the clients stop after the server.
    const done = [server.next('done'), crowd.next('done')];
    server.send({ type: 'stop' });
    const failures = [(await done[0])?.failure];
    crowd.send({ type: 'stop' });
    failures.push((await done[1])?.failure);
    const failure = failures.find((one) => typeof one === 'string');
    if (failure !== undefined) throw new Error(failure!);
    return errorOf(sent, received);
  } finally {
    await Promise.all([server.end(), crowd.end()]);
  }
}

function errorOf(sent: string, received: string): HarnessError {
  const sentAt = new Map<number, number>();
  const errors: number[] = [];
  for (const event of readRecords([{ file: sent, reasons: [] }])()) {
    if (event.kind === 'published') sentAt.set(event.message, event.sentAt);
  }
  for (const event of readRecords([{ file: received, reasons: [] }])()) {
    if (event.kind !== 'delivered' || event.message < warmUp) continue;
    const from = sentAt.get(event.message);
    if (from !== undefined) errors.push(event.at - from);
  }
  errors.sort((a, b) => a - b);
  const at = (share: number): number =>
    errors[Math.min(errors.length - 1, Math.ceil(share * errors.length) - 1)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), samples: errors.length };
}

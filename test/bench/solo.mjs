// How fast clients are played one by one, with and without a tally: `npm run bench:solo -- [CLIENTS] [private]`
// (default 1,000,000 clients in one channel; `private`: each in its own). 600 simulated seconds, a message every
// 10 s on the average, both modes. Nothing is asserted. `cpu` is this process's own time; `wall` tells how busy
// the machine was besides. Each line is a process of its own, so that nothing is compiled for another's sake.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Tally } from '../../dist/measure/tally.js';
import { exponential, seededRandom } from '../../dist/protocol/random.js';
import { simulateAlone, timetableAlone } from '../../dist/world/virtual/solo.js';

const words = process.argv.slice(2);
const clients = Number(words.find((word) => /^\d+$/.test(word)) ?? 1_000_000);
const isPrivate = words.includes('private');
const durationMs = 600_000;

function spec(kind) {
  return {
    name: kind,
    run: 'bench',
    mode: {
      kind,
      everyMs: 10_000,
      jitterMs: 0,
      holdMs: kind === 'long' ? 25_000 : 0,
      pauseMs: 0,
      requestTimeoutMs: 30_000,
      retry: { policy: 'full-jitter', baseMs: 250, capMs: 10_000, firstDelayMs: 0 },
    },
    joinMs: Float64Array.from({ length: clients }, (_, i) => (10_000 * i) / clients),
    scripts: [],
    faults: [],
    watchPresence: false,
    channels: { length: isPrivate ? clients : 1 },
    publishes: { atMs: [], channel: [], bytes: 256 },
    lag: { oneWayMs: 20, jitterMs: 10, distribution: 'uniform' },
    keepAliveMs: 75_000,
    seed: '42',
    server: {
      semantics: 'buffered',
      holdMs: 25_000,
      serviceMs: 0,
      queue: Number.POSITIVE_INFINITY,
    },
    span: { warmupMs: 0, durationMs, cooldownMs: 12_000 },
    bytes: { request: 300, empty: 200, answer: 220, message: 350 },
  };
}

function publishesOf(channel) {
  const random = seededRandom(42, 'arrivals', channel);
  const times = [];
  for (let at = exponential(random, 10_000); at < durationMs; at += exponential(random, 10_000))
    times.push(at);
  return Float64Array.from(times);
}

/** Counts only. */
function counter() {
  const counts = { requests: 0, deliveries: 0 };
  const sink = {
    pollSent: () => void counts.requests++,
    pollEnded() {},
    delivered: () => void counts.deliveries++,
    client() {},
    published() {},
    channel() {},
  };
  return { sink, result: () => counts };
}

function tally(window, endedAt) {
  const frame = { clients, channels: isPrivate ? clients : 1, window, endedAt, resume: true };
  const sink = new Tally({ ...frame, silences: [], honestMs: null, faults: [], lanes: 8, seed: 42 });
  return {
    sink,
    result: () => {
      const { requests, messages, delivery_ms } = sink.result();
      return { requests: requests.total, deliveries: messages.delivered, p50: delivery_ms.p50 };
    },
  };
}

function measure(kind, withTally) {
  const play = spec(kind);
  const before = process.memoryUsage().rss;
  const times = timetableAlone(play);
  const told = withTally ? tally(times.window, times.endedAt) : counter();
  const start = performance.now();
  const used = process.cpuUsage();
  const { events } = simulateAlone(play, times, told.sink, { publishesOf });
  const result = told.result();
  const { user, system } = process.cpuUsage(used);
  const peak = process.resourceUsage().maxRSS * 1024;
  const cpuS = (user + system) / 1e6;
  console.log(
    [
      `${kind.padEnd(7)} ${withTally ? 'tally ' : 'counts'}`,
      `wall ${((performance.now() - start) / 1000).toFixed(1)} s`,
      `cpu ${cpuS.toFixed(1)} s`,
      `${(events / cpuS / 1e6).toFixed(0)} M events/s`,
      `${((peak - before) / clients).toFixed(0)} B/client over the base`,
      JSON.stringify(result),
    ].join('  '),
  );
}

const [kind, how] = (words.find((word) => word.includes(':')) ?? '').split(':');
if (how !== undefined) measure(kind, how === 'tally');
else
  for (const one of ['regular:counts', 'regular:tally', 'long:counts', 'long:tally'])
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...words, one], { stdio: 'inherit' });

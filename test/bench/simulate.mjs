/**
 * How fast virtual time is: node test/bench/simulate.mjs [CLIENTS] [SIMULATED SECONDS] [engine:mode ...]
 * Each engine plays each mode once, in a process of its own; both engines must tell their sinks the same.
 *
 * Bytes per client: the most that was ever resident, less what was before the spec was made. The spec, the young
 * generation (up to 48 MB, 48 bytes for each of a million) and garbage that was not collected in time count in it; with
 * --expose-gc the world that found the timetable does not.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { exponential, seededRandom } from '../../dist/protocol/random.js';
import { simulate, timetableOf } from '../../dist/world/virtual/simulate.js';

const self = fileURLToPath(import.meta.url);

/** One channel, a message in ten seconds on the average, a delay of 20 ± 15 ms each way; phases as scenarios have them. */
function specOf(kind, clients, seconds) {
  const phases = seededRandom('bench', 'phases');
  const gaps = seededRandom('bench', 'arrivals');
  const atMs = [];
  for (let at = exponential(gaps, 10_000); at < seconds * 1000; at += exponential(gaps, 10_000))
    atMs.push(at);
  const long = kind === 'long';
  return {
    name: kind,
    run: 'bench',
    mode: {
      kind,
      everyMs: long ? 0 : 10_000,
      jitterMs: 0,
      holdMs: long ? 25_000 : 0,
      pauseMs: 0,
      requestTimeoutMs: 30_000,
      retry: { policy: 'full-jitter', baseMs: 250, capMs: 10_000, firstDelayMs: 0 },
    },
    joinMs: Array.from({ length: clients }, () => phases() * 10_000),
    scripts: [],
    faults: [],
    watchPresence: false,
    channels: ['all'],
    publishes: { atMs, channel: atMs.map(() => 0), bytes: 256 },
    lag: { oneWayMs: 20, jitterMs: 15, distribution: 'uniform' },
    keepAliveMs: 75_000,
    seed: 'bench',
    server: { semantics: 'buffered', holdMs: 25_000, serviceMs: 0, queue: Number.POSITIVE_INFINITY },
    behindIdleMs: null,
    span: { warmupMs: 0, durationMs: seconds * 1000, cooldownMs: 0 },
    bytes: { request: 300, empty: 200, answer: 220, message: 350 },
  };
}

/** A number, and the halves of its bits: the higher one begins with its power of two. */
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
/** Of the higher half the power and the first 6 bits after the point; of 1, and so of the first part, they are this. */
const partShift = 14;
const firstPart = 1023 << 6;

/** Counts, adds up, and keeps each latency in a histogram of 64 parts to the power of two. */
class Tally {
  counts = { pollSent: 0, pollEnded: 0, delivered: 0, client: 0, published: 0 };
  latencies = new Uint32Array(64 * 32);
  #publishedAt = [];
  #sum = 0;
  /** In an array, so that adding to it allocates nothing. */
  #latencyMs = new Float64Array(1);

  get checksum() {
    return (this.#sum >>> 0).toString(16).padStart(8, '0');
  }

  get latencyMs() {
    return this.#latencyMs[0];
  }

  /** The order of the calls counts, too. */
  #add(at, client, more) {
    const half = at | 0;
    let sum = Math.imul(this.#sum ^ half, 0x01000193);
    sum = Math.imul(sum ^ ((at - half) * 4294967296), 0x01000193);
    this.#sum = (Math.imul(sum ^ client, 0x85ebca6b) + more) | 0;
  }

  pollSent(at, client, poll, waits) {
    this.counts.pollSent++;
    this.#add(at, client, 2 * poll + (waits ? 1 : 0));
  }

  pollEnded(at, client, poll, sentAt, end, status, messages, _reason, bytesIn, bytesOut) {
    this.counts.pollEnded++;
    this.#add(at, client, poll + sentAt + end.length + (status ?? 0) + messages + bytesIn + bytesOut);
  }

  delivered(at, client, poll, message) {
    this.counts.delivered++;
    this.#add(at, client, poll + message);
    const latency = at - this.#publishedAt[message];
    this.#latencyMs[0] += latency;
    number[0] = Math.max(1, latency * 1000);
    this.latencies[(halves[1] >> partShift) - firstPart]++;
  }

  client(at, client, kind, count) {
    this.counts.client++;
    this.#add(at, client, kind.length + count);
  }

  published({ intendedAt, message }) {
    this.counts.published++;
    this.#publishedAt[message] = intendedAt;
    this.#add(intendedAt, 0, message);
  }

  quantile(share) {
    let left = share * this.counts.delivered;
    let part = 0;
    while (part < this.latencies.length - 1 && left > this.latencies[part]) left -= this.latencies[part++];
    return (2 ** Math.floor(part / 64) * (1 + ((part % 64) + 0.5) / 64)) / 1000;
  }
}

function measure(engine, kind, clients, seconds) {
  const base = process.memoryUsage.rss();
  const spec = specOf(kind, clients, seconds);
  const started = performance.now();
  const tally = new Tally();
  const times = timetableOf(spec);
  const joined = performance.now();
  globalThis.gc?.();
  const { events } = simulate(spec, times, tally, engine);
  const seconds_ = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage();
  return {
    engine,
    kind,
    events,
    seconds: seconds_,
    timetable: (joined - started) / 1000,
    cpu: (cpu.user + cpu.system) / 1e6,
    bytes: (process.resourceUsage().maxRSS * 1024 - base) / clients,
    mean: tally.latencyMs / tally.counts.delivered,
    p50: tally.quantile(0.5),
    p99: tally.quantile(0.99),
    counts: tally.counts,
    checksum: tally.checksum,
  };
}

function inChild(...what) {
  return new Promise((done, failed) => {
    const child = fork(self, ['--child', ...what.map(String)], { execArgv: process.execArgv });
    child.once('message', done);
    child.once('exit', (code) => code !== 0 && failed(new Error(`${what.join(' ')} ended with ${code}`)));
  });
}

function print({ engine, kind, events, seconds, timetable, cpu, bytes, mean, p50, p99, counts, checksum }) {
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(
    `${engine} ${kind}: ${events} events, ${seconds.toFixed(1)} s (${timetable.toFixed(1)} of them for the timetable), ` +
      `${(events / seconds / 1e6).toFixed(2)} million events/s, ${cpu.toFixed(1)} s of CPU, ${Math.round(bytes)} bytes per client`,
  );
  console.log(
    `  ${told.join(', ')}; mean ${mean.toFixed(2)}, p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms; checksum ${checksum}`,
  );
}

async function main([clients = '1000000', seconds = '600', ...chosen]) {
  const runs = chosen.length > 0 ? chosen : ['heap:regular', 'wheel:regular', 'heap:long', 'wheel:long'];
  const seen = new Map();
  for (const run of runs) {
    const [engine, kind] = run.split(':');
    const measured = await inChild(engine, kind, clients, seconds);
    print(measured);
    const told = JSON.stringify([measured.counts, measured.checksum, measured.events]);
    if (seen.has(kind) && seen.get(kind) !== told) {
      console.error(`${kind}: the engines do not agree`);
      process.exitCode = 1;
    }
    seen.set(kind, told);
  }
}

if (process.argv[2] === '--child') {
  const [engine, kind, clients, seconds] = process.argv.slice(3);
  process.send(measure(engine, kind, Number(clients), Number(seconds)), () => process.disconnect());
} else await main(process.argv.slice(2));

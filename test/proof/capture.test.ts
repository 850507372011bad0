import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quantile } from '../../src/measure/samples.ts';
import { monotonicClock } from '../../src/world/real/clock.ts';
import { readRecords } from '../../src/world/real/load/record.ts';
import { measureHarnessError } from '../../src/world/real/stage/harness-error.ts';

const runs = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const missing = [
  ...(runs('tcpdump', '-D') ? [] : ['tcpdump, with the right to capture']),
  ...(runs('python3', '--version') ? [] : ['python3, which can read both clocks at once']),
];
if (missing.length > 0) console.log(`packet capture skipped: needs ${missing.join(' and ')}`);

/** By how much the wall clock of the packets is ahead of the monotonic clock of our stamps, ns: the tightest of many readings. */
function wallAheadNs(): bigint {
  const program = `
import time
best = None
for _ in range(20000):
    a = time.monotonic_ns(); w = time.time_ns(); b = time.monotonic_ns()
    if best is None or b - a < best[0]: best = (b - a, w - (a + b) // 2)
print(best[1])`;
  return BigInt(execFileSync('python3', ['-c', program], { encoding: 'utf8' }).trim());
}

/** Capture time of the first packet of each message on its way to a client, ns of the wall clock (pcap with microseconds or nanoseconds). */
function answerPackets(pcap: Buffer): Map<number, bigint> {
  const nano = pcap.readUInt32LE(0) === 0xa1b23c4d;
  const packets = new Map<number, bigint>();
  for (let at = 24; at + 16 <= pcap.length; ) {
    const length = pcap.readUInt32LE(at + 8);
    const text = pcap.subarray(at + 16, at + 16 + length).toString('latin1');
    const message = /pm:truth:(\d+):/.exec(text)?.[1];
    const fraction = BigInt(pcap.readUInt32LE(at + 4)) * (nano ? 1n : 1000n);
    const time = BigInt(pcap.readUInt32LE(at)) * 1_000_000_000n + fraction;
    if (message !== undefined && !packets.has(Number(message))) packets.set(Number(message), time);
    at += 16 + length;
  }
  return packets;
}

describe.skipIf(missing.length > 0)('our own error, checked by the packets on the wire', () => {
  it('is the time from the packet of an answer to the stamp of its delivery', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'capture-'));
    const file = join(folder, 'capture.pcap');
    const capture = spawn(
      'tcpdump',
      ['-i', 'lo', '-s', '700', '--time-stamp-precision=nano', '-U', '-w', file, 'tcp'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    await once(capture.stderr, 'data');
    const clock = monotonicClock();
    const before = wallAheadNs();
    const told = await measureHarnessError(clock, folder);
    const after = wallAheadNs();
    capture.kill('SIGINT');
    await once(capture, 'exit');

    const packets = answerPackets(readFileSync(file));
    const ahead = (before + after) / 2n;
    const sentAt = new Map<number, number>();
    for (const event of readRecords([{ file: join(folder, 'truth-sent'), reasons: [] }])()) {
      if (event.kind === 'published') sentAt.set(event.message, event.sentAt);
    }
    const server: number[] = [];
    const client: number[] = [];
    let deliveries = 0;
    for (const event of readRecords([{ file: join(folder, 'truth-received'), reasons: [] }])()) {
      if (event.kind !== 'delivered' || event.message < 200) continue;
      deliveries++;
      const packet = packets.get(event.message);
      if (packet === undefined) continue;
      const at = Number(packet - ahead - clock.originNs) / 1e6;
      server.push(at - sentAt.get(event.message)!);
      client.push(event.at - at);
    }
    rmSync(folder, { recursive: true });
    for (const list of [server, client]) list.sort((a, b) => a - b);
    const show = (list: number[]): string =>
      [0.5, 0.9, 0.99, 1].map((q) => `p${q * 100} ${(quantile(list, q)! * 1000).toFixed(0)}`).join(', ');
    console.log(
      `${client.length} of ${deliveries} deliveries matched to packets; clocks drifted ${Number(after - before) / 1000} us;\n` +
        `packet to stamp, us: min ${(client[0]! * 1000).toFixed(0)}, ${show(client)};\n` +
        `server's stamp to packet, us: ${show(server)};\n` +
        `as the harness states it: p50 ${(told.p50Ms * 1000).toFixed(0)}, p99 ${(told.p99Ms * 1000).toFixed(0)} us`,
    );
    expect(client.length).toBeGreaterThanOrEqual(0.999 * deliveries);
    expect(client[0]).toBeGreaterThan(0);
    expect(server[0]).toBeGreaterThan(0);
    // What the harness says of itself holds both parts, so it never flatters.
    expect(told.p50Ms).toBeGreaterThanOrEqual(quantile(client, 0.5)!);
  });
});

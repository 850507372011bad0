import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProxyFault } from '../../src/world/proxy-fault.ts';
import { Side } from '../world/real/proxy/observer.ts';
import { always, clock, Scene, wait } from '../world/real/proxy/scene.ts';
import { until } from '../world/real/raw.ts';

const descriptors = (): number => readdirSync('/proc/self/fd').length;

const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
/** Answers every other request, and leaves when its client does. */
const onSide = (side: Side): void => {
  let asked = 0;
  side.socket.on(
    'data',
    () => asked++ % 2 === 0 && side.say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  );
  side.socket.on('end', () => side.socket.end());
};

const span = { atMs: 25, forMs: 40 };
const latency: ProxyFault = { ...always, kind: 'add-latency', oneWayMs: 5, jitterMs: 5 };
const truncate: ProxyFault = { ...always, kind: 'truncate', keep: 0.5, chance: 1 };
/** What each lane is under. */
const weathers: ProxyFault[][] = [
  [{ ...span, forMs: 0, kind: 'connection-reset', chance: 1 }],
  [{ ...span, kind: 'proxy-restart' }],
  [
    { ...span, kind: 'refuse' },
    { ...span, forMs: 0, kind: 'connection-reset', chance: 1 },
  ],
  [truncate],
  [{ ...always, kind: 'connection-reset', chance: 1 }],
  [{ ...always, kind: 'cut-idle', idleMs: 20, how: 'reset' }],
  [{ ...always, kind: 'cut-idle', idleMs: 20, how: 'close' }],
  [latency, truncate],
  [latency, { ...span, forMs: 0, kind: 'connection-reset', chance: 1 }],
  [
    { ...always, kind: 'slow-bytes', bytesPerS: 1000 },
    { ...span, forMs: 0, kind: 'proxy-restart' },
  ],
  [{ ...always, kind: 'proxy-502', chance: 1 }],
  [latency, { ...always, kind: 'proxy-504', afterMs: 10, chance: 1 }],
  [{ ...always, kind: 'cut-idle', idleMs: 20, how: '504' }],
  [{ ...always, kind: 'rate-limit', ratePerS: 0.01, retryAfterMs: 1, form: 'date' }],
];
const halfOpen: ProxyFault[][] = [[{ ...span, kind: 'half-open' }]];

/** Whether a client was hit, as far as it can see. */
const isHit = (side: Side): boolean => side.ending !== null || / (?:502|504|429) /.test(side.text);

/** Asks twice. */
async function come(scene: Scene, lane: number): Promise<Side> {
  const side = await Side.open(scene.ports[lane]!);
  scene.clients.push(side);
  return side.say(ask).say(ask);
}

/** Goes in one of three ways: when it was hit, or after a while. Whether it was. */
async function go(side: Side, number: number): Promise<boolean> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (isHit(side)) resolve();
    };
    side.socket.on('data', look).on('end', look).on('close', look);
    setTimeout(resolve, number % 8 === 0 ? 30 : 200);
    look();
  });
  const hit = isHit(side);
  if (number % 3 === 0) side.socket.destroy();
  else if (number % 3 === 1) side.socket.resetAndDestroy();
  else side.socket.end();
  return hit;
}

/** Most come before anything happens, the others a little later. */
async function play(weathers: readonly (readonly ProxyFault[])[], perLane: number, seed: string) {
  const faults = weathers.flat();
  const lanes = weathers.map((own) => own.map((fault) => faults.indexOf(fault)));
  const scene = await Scene.open(faults, { lanes, onSide, seed });
  const empty = descriptors();
  const all = lanes.flatMap((_, lane) => Array.from({ length: perLane }, (_, number) => ({ lane, number })));
  const early = all.filter(({ number }) => number % 5 > 0);
  const there = await Promise.all(early.map(async (one) => ({ ...one, side: await come(scene, one.lane) })));
  scene.proxy.begin(clock.now());
  const late = all.filter(({ number }) => number % 5 === 0);
  const fates = await Promise.all([
    ...there.map(({ side, number }) => go(side, number)),
    ...late.map(async ({ lane, number }) => {
      await wait((number % 4) * 15);
      return go(await come(scene, lane), number);
    }),
  ]);
  return { scene, empty, hits: fates.filter((hit) => hit).length };
}

// A watchdog: a machine that is busy with something else may need minutes.
describe('ten thousand faults', { timeout: 240_000 }, () => {
  it('leave no socket behind, on either side or in between', async () => {
    const base = descriptors();
    let hits = 0;
    let round = 0;
    for (; hits < 10_000; round++) {
      const stage = await play(weathers, 60, `${round}`);
      await using scene = stage.scene;
      hits += stage.hits;
      // While the proxy still runs: its own closing would hide what it has forgotten.
      await until(() => scene.far.open === 0 && scene.clients.every(({ closed }) => closed));
      await until(() => descriptors() === stage.empty);
    }
    await until(() => descriptors() === base);
  });

  it('of silence are forgotten at the end', async () => {
    const base = descriptors();
    const { scene } = await play(halfOpen, 200, 'a');
    // Some were silenced, and their far sides know nothing of it.
    expect(scene.far.open).toBeGreaterThan(0);
    expect((await scene.close()).open).toBe(0);
    await until(() => scene.far.open === 0);
    await scene[Symbol.asyncDispose]();
    await until(() => descriptors() === base);
  });
});

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProxyFault } from '../../../../src/world/real/proxy/fault.ts';
import { until } from '../raw.ts';
import { FarSide, Side } from './observer.ts';
import { always, Scene } from './scene.ts';

const descriptors = (): number => readdirSync('/proc/self/fd').length;

const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
/** Answers every other request. */
const onSide = (side: Side): void => {
  let asked = 0;
  side.socket.on('data', () => asked++ % 2 === 0 && side.say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
};

/** Each kind, once a round; each round hits every connection that is open, or that comes meanwhile, once a kind. */
const kinds: ProxyFault[] = [
  { atMs: 20, forMs: 0, kind: 'connection-reset', chance: 1 },
  { atMs: 20, forMs: 30, kind: 'proxy-restart' },
  { atMs: 20, forMs: 30, kind: 'half-open' },
  { atMs: 20, forMs: 30, kind: 'refuse' },
  { ...always, kind: 'truncate', keep: 0.5, chance: 1 },
  { ...always, kind: 'connection-reset', chance: 1 },
  { ...always, kind: 'cut-idle', idleMs: 20, how: 'reset' },
  { ...always, kind: 'cut-idle', idleMs: 20, how: 'close' },
  { ...always, kind: 'add-latency', oneWayMs: 5, jitterMs: 5 },
  { ...always, kind: 'slow-bytes', bytesPerS: 2000 },
  { ...always, kind: 'proxy-502', chance: 1 },
  { ...always, kind: 'proxy-504', afterMs: 10, chance: 1 },
  { ...always, kind: 'cut-idle', idleMs: 20, how: '504' },
  { ...always, kind: 'rate-limit', ratePerS: 0.01, retryAfterMs: 1, form: 'date' },
  // Two at once.
  { ...always, kind: 'add-latency', oneWayMs: 10, jitterMs: 0 },
];
const lanes = [...kinds.keys()].map((i) => (i === 14 ? [14, 4] : i === 8 ? [8, 0] : [i]));
/** Of each lane in a round, so that fifteen lanes and nine rounds make more than 10,000 that were hit. */
const perLane = 80;
const rounds = 9;

/** Asks twice, and goes in one of three ways after a while. */
async function live(scene: Scene, lane: number, number: number): Promise<boolean> {
  const side = await Side.open(scene.ports[lane]!);
  side.say(ask).say(ask);
  const due = performance.now() + 60;
  await until(() => side.closed || side.ending !== null || performance.now() > due);
  if (number % 3 === 0) side.socket.destroy();
  else if (number % 3 === 1) side.socket.resetAndDestroy();
  else side.socket.end().resume();
  scene.clients.push(side);
  return true;
}

describe('ten thousand faults', () => {
  it('leave no socket behind, on either side or in between', async () => {
    // The first server of a process keeps some descriptors for good.
    await using _ = await FarSide.start();
    const base = descriptors();
    let hit = 0;
    for (let round = 0; round < rounds; round++) {
      const scene = await Scene.open(kinds, { lanes, onSide, seed: `${round}` });
      const lives = lanes.flatMap((_lane, i) => Array.from({ length: perLane }, (_, n) => live(scene, i, n)));
      await scene.begin();
      hit += (await Promise.all(lives)).length;
      expect((await scene.close()).open).toBe(0);
      await until(() => scene.clients.every(({ closed, socket }) => closed || !socket.readable));
      await until(() => scene.far.open === 0 || scene.far.sides.every(({ ending, closed }) => closed || ending !== null));
      await scene[Symbol.asyncDispose]();
    }
    expect(hit).toBeGreaterThanOrEqual(10_000);
    await until(() => descriptors() === base);
  });
});

import { describe, expect, it } from 'vitest';
import { DisturbedWorld } from '../../../src/world/virtual/disturbed/world.ts';
import { HeapQueue } from '../../../src/world/virtual/due-queue.ts';
import type { Sink, VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { VirtualWorld } from '../../../src/world/virtual/world.ts';
import { smallSpec } from './scene.ts';

/** Everything that a sink is told in one of the worlds, but when connections open: one world has none. */
function told(World: typeof VirtualWorld | typeof DisturbedWorld, spec: VirtualSpec): string[] {
  const calls: string[] = [];
  const sink = new Proxy({} as Sink, {
    get:
      (_, name) =>
      (...args: unknown[]) => {
        if (args[2] !== 'connected' && args[2] !== 'disconnected')
          calls.push(JSON.stringify([name, ...args]));
      },
  });
  const first = new World(spec, new Proxy(sink, { get: () => () => {} }), new HeapQueue());
  first.join(Number.POSITIVE_INFINITY);
  const world = new World(spec, sink, new HeapQueue());
  world.begin(first.timetable());
  world.advance(Number.POSITIVE_INFINITY);
  world.end(true);
  return calls;
}

describe('where nothing goes wrong, both virtual worlds tell the same to the last call', () => {
  const lognormal = { oneWayMs: 30, jitterMs: 20, distribution: 'lognormal' } as const;
  const server = { semantics: 'buffered', holdMs: 5000, serviceMs: 3, queue: 1000 } as const;
  const shared = {
    channels: ['a', 'b'],
    publishes: { atMs: [5, 1000, 1000.5, 9000], channel: [0, 1, 0, 1], bytes: 9 },
  };
  const article = { semantics: 'article', holdMs: 0, serviceMs: 0, queue: 1 } as const;
  it.each([
    ['regular', {}],
    ['long', {}],
    ['regular', { lag: lognormal }],
    ['long', { lag: lognormal }],
    ['long', { server, ...shared }],
    ['regular', { server, ...shared }],
    ['long', { server: article, ...shared }],
    ['long', { mode: { ...smallSpec('long').mode, holdMs: 1000, jitterMs: 300, pauseMs: 50 } }],
  ] as const)('%s %j', (kind, change) => {
    const spec = smallSpec(kind, change as Partial<VirtualSpec>);
    const plain = told(VirtualWorld, spec);
    expect(plain.length).toBeGreaterThan(100);
    expect(told(DisturbedWorld, spec)).toEqual(plain);
  });
});

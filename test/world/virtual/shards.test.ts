import { describe, expect, it } from 'vitest';
import { simulate, timetableOf } from '../../../src/world/virtual/simulate.ts';
import type { Sink, VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { smallSpec } from './scene.ts';

/** What each of these clients did, call by call; those that are left out never come. */
function playedBy(spec: VirtualSpec, isHere: (client: number) => boolean): Map<number, string[]> {
  const calls = new Map<number, string[]>();
  const note =
    (name: string) =>
    (...args: unknown[]): void => {
      const client = args[1] as number;
      if (!calls.has(client)) calls.set(client, []);
      calls.get(client)!.push(JSON.stringify([name, ...args]));
    };
  const sink: Sink = {
    pollSent: note('pollSent'),
    pollEnded: note('pollEnded'),
    delivered: note('delivered'),
    client: note('client'),
    published() {},
  };
  const joinMs = spec.joinMs.map((ms, client) => (isHere(client) ? ms : null));
  // When publishing begins hangs on everybody, so it is worked out from the whole.
  simulate({ ...spec, joinMs }, timetableOf(spec), sink);
  return calls;
}

describe.each(['regular', 'long'] as const)('half of the clients, %s', (kind) => {
  it.each([
    ['a network without chance', { oneWayMs: 20, jitterMs: 0, distribution: 'constant' }],
    [
      'delays of chance, some beyond the time-out',
      { oneWayMs: 9_000, jitterMs: 9_000, distribution: 'uniform' },
    ],
  ] as const)('do what they do among all, where the server costs nothing: %s', (_name, lag) => {
    const spec = smallSpec(kind, {
      lag,
      channels: ['a', 'b', 'c'],
      publishes: { atMs: [5, 9_000], channel: [0, 1], bytes: 1 },
    });
    const whole = playedBy(spec, () => true);
    const even = playedBy(spec, (client) => client % 2 === 0);
    const odd = playedBy(spec, (client) => client % 2 === 1);
    expect(whole.size).toBe(spec.joinMs.length);
    expect(even.size + odd.size).toBe(whole.size);
    for (const [client, calls] of whole) expect(calls).toEqual((client % 2 === 0 ? even : odd).get(client));
  });
});

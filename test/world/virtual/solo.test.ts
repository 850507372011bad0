import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIndependent } from '../../../src/world/virtual/independent.ts';
import { simulate, timetableOf } from '../../../src/world/virtual/simulate.ts';
import { simulateAlone, timetableAlone } from '../../../src/world/virtual/solo.ts';
import type { Sink } from '../../../src/world/virtual/spec.ts';
import { independentSpecs } from './independent-specs.ts';
import { smallSpec } from './scene.ts';

/** Writes down each call in a line, under the client that it is about; publishes under -1. */
function recorder(): { sink: Sink; calls: Map<number, string[]> } {
  const calls = new Map<number, string[]>();
  const note = (client: number, ...call: unknown[]): void => {
    const list = calls.get(client);
    if (list === undefined) calls.set(client, [JSON.stringify(call)]);
    else list.push(JSON.stringify(call));
  };
  const sink: Sink = {
    pollSent: (at, client, ...rest) => note(client, 'sent', at, ...rest),
    pollEnded: (at, client, ...rest) => note(client, 'ended', at, ...rest),
    delivered: (at, client, ...rest) => note(client, 'delivered', at, ...rest),
    client: (at, client, ...rest) => note(client, 'client', at, ...rest),
    published: (event) => note(-1, event),
  };
  return { sink, calls };
}

describe('clients that are played one by one', () => {
  it('do, each for itself, exactly what they do in the queue of due events', () => {
    fc.assert(
      fc.property(independentSpecs, (spec) => {
        const times = timetableOf(spec);
        expect(timetableAlone(spec)).toEqual(times);
        const exact = recorder();
        const alone = recorder();
        const played = simulate(spec, times, exact.sink);
        const same = simulateAlone(spec, times, alone.sink);
        expect(same.heldMax).toBeLessThanOrEqual(played.heldMax);
        const clients = [-1, ...spec.joinMs.keys()];
        for (const client of clients) expect(alone.calls.get(client)).toEqual(exact.calls.get(client));
      }),
      { numRuns: 400 },
    );
  });

  it('can be given the publishes of one channel at a time, with numbers of its own', () => {
    const spec = smallSpec('long', { channels: ['a', 'b', 'c'] });
    const { atMs, channel } = spec.publishes;
    const publishes = { ...spec.publishes, channel: channel.map((_, i) => i % 3) };
    const times = timetableOf(spec);
    const whole = recorder();
    const parts = recorder();
    simulateAlone({ ...spec, publishes }, times, whole.sink);
    const told: [number, number, unknown][] = [];
    const listening = {
      ...parts.sink,
      channel: (number: number, at: Float64Array, numbers: unknown) =>
        told.push([number, at.length, numbers]),
    };
    const publishesOf = (which: number): Float64Array =>
      Float64Array.from(atMs.filter((_, i) => i % 3 === which));
    simulateAlone({ ...spec, publishes: { atMs: [], channel: [], bytes: 256 } }, times, listening, {
      publishesOf,
    });
    expect(told).toEqual([0, 1, 2].map((number) => [number, 40, null]));
    expect(parts.calls.has(-1)).toBe(false);
    for (const client of spec.joinMs.keys()) {
      // Message 7 of channel 1 is the run's number 3 * 7 + 1.
      const renamed = parts.calls.get(client)!.map((call) => {
        const [kind, at, poll, message] = JSON.parse(call);
        return kind === 'delivered' ? JSON.stringify([kind, at, poll, 3 * message + (client % 3)]) : call;
      });
      expect(renamed).toEqual(whole.calls.get(client));
    }
  });

  it('are refused where one can touch another, with the reason', () => {
    expect(isIndependent(smallSpec('long'))).toBe(true);
    const busy = smallSpec('long', { server: { ...smallSpec('long').server, serviceMs: 1 } });
    expect(isIndependent(busy)).toMatch(/wait for one another/);
    expect(() => simulateAlone(busy, timetableOf(busy), recorder().sink)).toThrow(/one by one: an answer/);
    expect(isIndependent(smallSpec('long', { watchPresence: true }))).toMatch(/online/);
    expect(isIndependent(smallSpec('long', { scripts: [{ client: 0, steps: [] }] }))).toMatch(/script/);
  });
});

import { expect, it } from 'vitest';
import { assumptions } from '../../src/conformance/calibrate.ts';
import { cardOf } from '../../src/conformance/card.ts';
import { Limits, withFound } from '../../src/conformance/limits.ts';
import type { Held } from '../../src/conformance/probe/held.ts';
import { Pace } from '../../src/conformance/probe/pace.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import { monotonicClock } from '../../src/world/real/clock.ts';

const profile = {
  ...ownProfile('buffered'),
  hold: { ...ownProfile('buffered').hold, time: undefined },
  timing: { probeHold: 65_000 },
};

/** A target whose polls are held for longer than anybody waits. */
function neverAnswered() {
  const constants = assumptions(profile);
  const clock = monotonicClock();
  const held = { within: () => Promise.resolve(undefined) } as unknown as Held;
  const ordinary = () => Promise.reject(new Error('nobody asks for it'));
  return {
    profile,
    constants,
    clock,
    pace: new Pace(clock, constants),
    subscribe: async () => held,
    ordinary,
  };
}

it('says of a hold that was waited for in vain for how long that was', async () => {
  const limits = new Limits();
  expect(await limits.hold(neverAnswered())).toBeUndefined();
  const { hold_ms, sources } = cardOf(withFound(assumptions(profile), limits), []);
  expect(hold_ms).toBeNull();
  expect(sources['hold_ms']).toEqual({ from: 'measured', measured: null, note: 'still held after 65 s' });
  expect(sources['keepalive_ms']).toBeUndefined();
});

it('says nothing of the kind once a row has found the figure', async () => {
  const limits = new Limits();
  await limits.hold(neverAnswered());
  const { hold_ms, sources } = cardOf(withFound(assumptions(profile), limits), [{ holdMs: 70_000 }]);
  expect(hold_ms).toBe(70_000);
  expect(sources['hold_ms']).toEqual({ from: 'measured', measured: 70_000, note: null });
});

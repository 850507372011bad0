import { expect, it } from 'vitest';
import { ChannelTally } from '../../src/measure/channel-tally.ts';
import { mostKept } from '../../src/measure/samples.ts';

it('tells how far apart messages reach their clients, of more messages than any list keeps', () => {
  const count = mostKept + 1;
  const tally = new ChannelTally({ window: { from: 0, to: count }, clients: 2, channels: 1 });
  tally.open(
    0,
    Float64Array.from({ length: count }, (_, i) => i),
    null,
  );
  for (const client of [0, 1])
    for (let place = 0; place < count; place++) tally.got(place, client, place + 8 * client);
  tally.close();
  const { p50, p99, max } = tally.fanout()!;
  expect(max).toBe(8);
  for (const value of [p50, p99!]) expect(Math.abs(value - 8)).toBeLessThan(0.01);
});

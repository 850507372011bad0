import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand } from '../../verify.ts';
import { inMiB, typicalGrowth } from './growth.ts';

const cycles = 10_000;
const atOnce = 50;
const rounds = 5;
/** Young memory grows until it is collected: where it seems to, it is watched for longer. */
const roundsAtMost = 20;
/** Growth per poll below this is garbage that waits to be collected; a request that is not forgotten keeps more. */
const allowedBytes = 4096;
const aliveSamples = 5;

const stable = defineCase({
  id: 'presence.churn.stable',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: `${cycles} polls that are sent and aborted leave memory flat and the server prompt.`,
  because:
    'Each leak per connection ends a server after some days of browsers that come and go (SignalR PR 574).',
  needs: ['pid'],
  tags: ['hostile', 'load'],
  seconds: () => 10,
  async run(probe) {
    const { probe: own, process } = await probe.weighed();
    await churn(own, cycles / rounds);
    const before = await promptness(own);
    const sizes = [process.memory()];
    const perCycle = (): number => typicalGrowth(sizes.slice(-rounds)) / (cycles / rounds);
    while (sizes.length < rounds || (perCycle() >= allowedBytes && sizes.length < roundsAtMost)) {
      await churn(own, cycles / rounds);
      sizes.push(process.memory());
    }
    const after = await promptness(own);
    const seen = `memory ${inMiB(sizes.slice(-rounds))} after the last of ${(sizes.length * cycles) / rounds} polls; a delivery took ${before.toFixed(1)} ms before and ${after.toFixed(1)} ms after`;
    demand(
      perCycle() < allowedBytes,
      `less than ${allowedBytes} bytes for each aborted poll`,
      `${Math.round(perCycle())} bytes each: ${seen}`,
      { timeless: true },
    );
    demand(after <= Math.max(3 * before, own.budgetMs), 'a delivery as prompt as before', seen);
    return { seen };
  },
});

async function churn(probe: Probe, count: number): Promise<void> {
  const client = await probe.reader();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next++ < count) {
        const held = await client.ask({ fresh: true });
        await held.connection.flushed();
        held.connection.reset();
      }
    }),
  );
}

/** The middle of several signs of life, milliseconds. */
async function promptness(probe: Probe): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < aliveSamples; i++) took.push(await probe.alive());
  return took.sort((a, b) => a - b)[Math.floor(aliveSamples / 2)]!;
}

/** Clients that come and go. */
export const presenceChurn: readonly Case[] = [stable];

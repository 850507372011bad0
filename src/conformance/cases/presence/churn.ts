import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import type { TargetProcess } from '../../probe/process.ts';
import { sideBySide, upTo } from '../../side-by-side.ts';
import { demand } from '../../verify.ts';
import { inMiB, middle, typicalGrowth } from './growth.ts';

const cycles = 10_000;
const atOnce = 50;
const rounds = 5;
/** Growth per poll below this is garbage that waits to be collected; a request that is not forgotten keeps more. */
const allowedBytes = 4096;
const aliveSamples = 5;
/** Memory that grows even when all has been repeated so often is not given back. */
const mostRepeats = 4;

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
    let sizes = [process.memory()];
    for (let round = 1; round < rounds; round++) sizes.push(await sizeAfterChurn(own, process));
    const after = await promptness(own);
    const prompt = `a delivery took ${before.toFixed(1)} ms before and ${after.toFixed(1)} ms after`;
    let perCycle = typicalGrowth(sizes) / (cycles / rounds);
    let seen = `memory ${inMiB(sizes)}; ${prompt}`;
    for (let more = 0; more < mostRepeats && perCycle >= allowedBytes; more++) {
      // Perhaps polls are forgotten when their hold would have ended, or garbage is left to lie for long: then
      // some time as many again need no more room.
      await probe.pace.pass((probe.constants.hold?.ms ?? 0) + probe.constants.release.ms);
      const later: number[] = [];
      for (let round = 1; round < rounds; round++) later.push(await sizeAfterChurn(own, process));
      perCycle = (middle(later) - middle(sizes.slice(1 - rounds))) / (cycles - cycles / rounds);
      seen = `memory ${inMiB(sizes)}, and ${inMiB(later)} a hold later; ${prompt}`;
      sizes = later;
    }
    demand(
      perCycle < allowedBytes,
      `less than ${allowedBytes} bytes for each aborted poll`,
      `${Math.round(perCycle)} bytes each: ${seen}`,
      { timeless: true },
    );
    demand(after <= Math.max(3 * before, own.budgetMs), 'a delivery as prompt as before', seen);
    return { seen };
  },
});

async function sizeAfterChurn(own: Probe, process: TargetProcess): Promise<number> {
  await churn(own, cycles / rounds);
  return process.memory();
}

async function churn(probe: Probe, count: number): Promise<void> {
  const client = await probe.reader();
  await sideBySide(upTo(count), atOnce, async () => {
    const held = await client.ask({ fresh: true });
    await held.connection.flushed();
    held.connection.reset();
  });
}

/** The middle of several signs of life, milliseconds. */
async function promptness(probe: Probe): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < aliveSamples; i++) took.push(await probe.alive());
  return took.sort((a, b) => a - b)[Math.floor(aliveSamples / 2)]!;
}

/** Clients that come and go. */
export const presenceChurn: readonly Case[] = [stable];

import { type Case, defineCase } from '../../case.ts';
import type { Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import type { TargetProcess } from '../../probe/process.ts';
import { demand, NotApplicable, Unclear } from '../../verify.ts';
import { inMiB, middle, typicalGrowth } from './growth.ts';

const subscribers = 20;
/** A count that still changes after so many settle times is taken as it is. */
const mostLooks = 20;

/**
 * Counts what a target has in its hands for a channel: polls by its own account, else open descriptors of its
 * process.
 */
function counterOf(probe: Probe, channel: string): () => Promise<number> {
  if (probe.presence.counts) return () => probe.presence.held(channel);
  if (probe.profile.process?.pid === undefined) {
    throw new NotApplicable('the target neither says how many polls it holds, nor is its process known');
  }
  const { descriptors } = probe.process();
  return () => Promise.resolve(descriptors());
}

/** The count once what was closed before is gone: until it is the same for a settle time. */
async function settled(probe: Probe, count: () => Promise<number>): Promise<number> {
  let last = await count();
  for (let times = 0; times < mostLooks; times++) {
    await probe.pace.pass(probe.pace.settleMs);
    const now = await count();
    if (now === last) return now;
    last = now;
  }
  return last;
}

const finRst = defineCase({
  id: 'presence.release.fin-rst',
  duties: [
    { level: 'MUST', authority: 'SEED' },
    { level: 'SHOULD', authority: 'RFC 9112 §9.5' },
  ],
  requires: 'A subscriber whose connection has closed is forgotten, without waiting for a message.',
  because:
    'Dead requests that are only noticed at the next message pile up on a quiet channel (couchbase sync_gateway#164, hapi nes#24, node-wot#964).',
  needs: ['counter'],
  seconds: ({ constants }) => 1 + (2 * constants.release.ms) / 1000,
  async run(probe) {
    const count = counterOf(probe, probe.channel);
    const took: number[] = [];
    for (const how of ['fin', 'reset'] as const) {
      const clients = await Promise.all(Array.from({ length: subscribers }, () => probe.reader()));
      // Only now: sessions have been opened, on connections that stay.
      const base = await settled(probe, count);
      const held = await Promise.all(clients.map((client) => client.subscribe({ fresh: true })));
      const full = await count();
      if (full < base + subscribers) {
        throw new Unclear(`${subscribers} held polls raised the target's count from ${base} to ${full} only`);
      }
      const closedAt = probe.clock.now();
      for (const { connection } of held) connection[how]();
      const allowed = base + (probe.presence.counts ? 0 : 2);
      const released = await probe.pace.until(
        async () => (await count()) <= allowed,
        probe.constants.release.ms,
      );
      const left = await count();
      demand(
        released,
        `the target's count back at ${base} within ${Math.round(probe.constants.release.ms)} ms of ${how === 'fin' ? 'closing' : 'resetting'} ${subscribers} connections`,
        `it is ${left}`,
      );
      took.push(probe.clock.now() - closedAt);
    }
    const releaseMs = Math.max(...took);
    return { seen: `forgotten within ${Math.round(releaseMs)} ms`, measured: { releaseMs } };
  },
});

const silentLoss = defineCase({
  id: 'presence.release.silent-loss',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires:
    'A peer that was lost without a word is forgotten when its hold has ended, or TCP keep-alive finds out.',
  because: 'Connections that nobody ever ends added up to 19 GiB in 20 days (socketioxide#731).',
  needs: ['counter'],
  tags: ['slow'],
  limits: ['hold'],
  info: {
    'endless hold':
      'the target never ends a hold; whether TCP keep-alive is on cannot be seen through a relay, whose kernel answers for the lost peer',
  },
  seconds: ({ constants }) => (constants.hold?.ms ?? 0) / 1000 + 2,
  async run(probe) {
    const holdMs = await probe.holdMs();
    if (holdMs === undefined) return { outcome: 'endless hold' };
    const { relay, probe: beyond } = await probe.through({ kind: 'pass' });
    const count = counterOf(probe, probe.channel);
    const base = await settled(probe, count);
    // Closed after its answer: an idle connection would be counted for as long as it is kept alive.
    await beyond.subscribe({ channel: probe.channel, close: true });
    if ((await count()) <= base) throw new Unclear('the poll through the relay was not counted');
    relay.stall();
    const lostAt = probe.clock.now();
    const limitMs = holdMs + probe.profile.hold.slack + probe.profile.hold.jitter + probe.budgetMs;
    const released = await probe.pace.until(async () => (await count()) <= base, limitMs);
    demand(released, `forgotten within ${Math.round(limitMs)} ms`, 'it is still counted');
    return { seen: `forgotten ${Math.round(probe.clock.now() - lostAt)} ms after it was lost` };
  },
});

const identities = 1000;
const rounds = 4;
const atOnce = 20;
/** Servers keep a client for about so long after they last heard of it. */
const forgettingMs = 60_000;
/** Growth per abandoned client below this is the noise of an allocator. */
const allowedBytes = 4096;

const abandonedSession = defineCase({
  id: 'presence.release.abandoned-session',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A client that never comes back frees what was kept for it.',
  because: 'Queues of clients that are long gone grow for ever (socketioxide#731, grizzly#257, urbit#6469).',
  needs: ['identity', 'pid'],
  tags: ['load'],
  seconds: () => 30,
  async run(probe) {
    const { probe: own, process } = await probe.weighed();
    const sizes = await abandon(own, process);
    const seen = `memory ${inMiB(sizes)} after each ${identities} clients`;
    if (typicalGrowth(sizes) / identities < allowedBytes) return { seen };
    // Perhaps they are not forgotten yet. Once they are, as many again find room in what they left.
    await probe.pace.pass(forgettingMs);
    const later = await abandon(own, process);
    const perClient = (middle(later) - middle(sizes)) / (rounds * identities);
    const told = `${seen}, and ${inMiB(later)} a minute later`;
    demand(
      perClient < allowedBytes,
      `less than ${allowedBytes} bytes for each client that is gone`,
      `${Math.round(perClient)} bytes each: ${told}`,
    );
    return { seen: told };
  },
});

/** @returns the target's memory after each round of clients that go away for good */
async function abandon(own: Probe, process: TargetProcess): Promise<number[]> {
  const sizes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await inTurn(own, identities);
    await own.publish('for those who are gone'.padEnd(1000, '.'));
    await own.alive();
    sizes.push(process.memory());
  }
  return sizes;
}

/** So many clients that each ask once and never again. */
async function inTurn(probe: Probe, count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next++ < count)
        await onceOnly(await probe.client({ regular: probe.profile.regular !== undefined }));
    }),
  );
}

async function onceOnly(client: Client): Promise<void> {
  if (client.regular) {
    await client.poll();
    return;
  }
  const held: Held = await client.ask({ fresh: true });
  await held.within(1);
  held.connection.reset();
}

/** Forgetting those who have gone. */
export const presenceRelease: readonly Case[] = [finRst, silentLoss, abandonedSession];

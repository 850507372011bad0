import { type Case, defineCase } from '../../case.ts';
import type { Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { sideBySide, upTo } from '../../side-by-side.ts';
import { demand, Unclear } from '../../verify.ts';
import { countAtRest, counterOf } from './counter.ts';
import { inMiB, typicalGrowth } from './growth.ts';

const subscribers = 20;
/** What is expected of a hold that nobody has stated or measured yet. */
const usualHoldMs = 30_000;

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
  // Descriptors of the target are those of all rows together.
  alone: true,
  seconds: ({ constants }) => (8 * constants.settle.ms) / 1000,
  async run(probe) {
    const { count, tolerance } = counterOf(probe, probe.channel);
    // What a client needs to begin with may be a connection, which stays open after that.
    const ready = async (): Promise<Client[]> =>
      Promise.all(Array.from({ length: subscribers }, () => probe.reader()));
    const all = { fin: await ready(), reset: await ready() };
    const base = await countAtRest(probe, count);
    const took: number[] = [];
    for (const how of ['fin', 'reset'] as const) {
      const clients = all[how];
      const held = await Promise.all(clients.map((client) => client.subscribe({ fresh: true })));
      const full = await count();
      if (full < base + subscribers) {
        throw new Unclear(`${subscribers} held polls raised the target's count from ${base} to ${full} only`);
      }
      const closedAt = probe.clock.now();
      for (const { connection } of held) connection[how]();
      const isReleased = async (): Promise<boolean> => (await count()) <= base + tolerance;
      const released = await probe.pace.until(isReleased, probe.constants.release.ms);
      took.push(probe.clock.now() - closedAt);
      // Who is far over the time is so however late we are ourselves.
      const timeless = !released && !(await probe.pace.until(isReleased, 3 * probe.constants.release.ms));
      const left = await count();
      demand(
        released,
        `the target's count back at ${base} within ${Math.round(probe.constants.release.ms)} ms of ${how === 'fin' ? 'closing' : 'resetting'} ${subscribers} connections`,
        `it is ${left}`,
        { timeless },
      );
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
  // As above: what other rows close or open would be taken for the poll.
  alone: true,
  info: {
    'endless hold':
      'the target never ends a hold; whether TCP keep-alive is on cannot be seen through a relay, whose kernel answers for the lost peer',
  },
  seconds: ({ profile, constants }) =>
    profile.hold.kind === 'unbounded' ? 0.1 : (constants.hold?.ms ?? usualHoldMs) / 1000,
  async run(probe) {
    const holdMs = await probe.holdMs();
    if (holdMs === undefined) return { outcome: 'endless hold' };
    const { relay, probe: beyond } = await probe.through({ kind: 'pass' });
    const { count } = counterOf(probe, probe.channel);
    const client = await beyond.reader({ channel: probe.channel });
    const base = await countAtRest(probe, count);
    // An idle connection is no poll: this one ends with the answer that nobody hears.
    await client.subscribe({ fresh: true, close: true });
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
/** Servers forget a session after some time only: memory that still grows is watched for so long. */
const watchMs = 30_000;
const roundsAtMost = 12;
const atOnce = 20;
/** Growth per abandoned client below this is the noise of an allocator. */
const allowedBytes = 4096;

const abandonedSession = defineCase({
  id: 'presence.release.abandoned-session',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A client that never comes back frees what was kept for it.',
  because: 'Queues of clients that are long gone grow for ever (socketioxide#731, grizzly#257, urbit#6469).',
  needs: ['identity', 'pid'],
  tags: ['load'],
  seconds: () => 10,
  async run(probe) {
    const { probe: own, process } = await probe.weighed();
    const sizes: number[] = [];
    const end = own.clock.now() + (own.profile.timing.probeHold ?? watchMs);
    const perClient = (): number => typicalGrowth(sizes.slice(-rounds)) / identities;
    const goesOn = (): boolean => sizes.length < roundsAtMost && own.clock.now() < end;
    while (sizes.length < rounds || (perClient() >= allowedBytes && goesOn())) {
      await askOnce(own, identities);
      await own.publish('for those who are gone'.padEnd(1000, '.'));
      await own.alive();
      sizes.push(process.memory());
    }
    const seen = `memory ${inMiB(sizes.slice(-rounds))} after the last ${rounds} of ${sizes.length} times ${identities} clients`;
    demand(
      perClient() < allowedBytes,
      `less than ${allowedBytes} bytes for each client that is gone, some time`,
      `${Math.round(perClient())} bytes each: ${seen}`,
      { timeless: true },
    );
    return { seen };
  },
});

/** So many clients that each ask once and never again. */
async function askOnce(probe: Probe, count: number): Promise<void> {
  const regular = probe.profile.regular !== undefined;
  await sideBySide(upTo(count), atOnce, async () =>
    onceOnly(await probe.client({ regular }), 10 * probe.budgetMs),
  );
}

async function onceOnly(client: Client, patienceMs: number): Promise<void> {
  if (client.regular) {
    // How soon it is answered is another row.
    const poll = await client.ask({ waitMs: 0 });
    if ((await poll.within(patienceMs)) === undefined) throw new Unclear('a regular poll had no answer');
    return;
  }
  const held: Held = await client.ask({ fresh: true });
  await held.within(1);
  held.connection.reset();
}

/** Forgetting those who have gone. */
export const presenceRelease: readonly Case[] = [finRst, silentLoss, abandonedSession];

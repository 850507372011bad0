import { type Case, defineCase } from '../../case.ts';
import { demand, Unclear } from '../../verify.ts';
import { exitMs } from './patience.ts';

const draining = defineCase({
  id: 'shutdown.health.draining',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'While the server drains, its health URL says that it wants no more work.',
  because: 'A balancer that still hears "ok" keeps sending clients to a server that is leaving.',
  needs: ['process', 'health'],
  seconds: () => 5,
  async run(probe) {
    const { instance, probe: own } = await probe.own();
    const health = { method: 'GET', path: probe.profile.health ?? '/', headers: {}, body: undefined };
    const open = await own.connect();
    const well = await own.request(health, { connection: open });
    if (well === undefined || 'cut' in well || well.status !== 200) {
      throw new Unclear('the health URL does not say 200 while all is well');
    }
    await own.subscribe({ fresh: true });
    instance.signal();
    const signalledAt = probe.clock.now();
    let wellAt: number | undefined;
    let last = '';
    const told = await probe.pace.until(async () => {
      const answer = open.isClosed
        ? undefined
        : await own.request(health, { connection: open }, probe.budgetMs);
      last = answer === undefined || 'cut' in answer ? 'the connection ended' : String(answer.status);
      if (last === '200') wellAt = probe.clock.now();
      return last !== '200';
    }, exitMs);
    demand(told, 'anything but 200 from the health URL while the server drains', 'it says 200 still');
    // The request that races the signal may still hear that all is well.
    const lateMs = (wellAt ?? signalledAt) - signalledAt;
    demand(
      last !== 'the connection ended' || lateMs < own.budgetMs,
      'anything but 200 from the health URL while the server drains',
      `200 until ${Math.round(lateMs)} ms after the signal, and then the connection ended`,
    );
    return { seen: last };
  },
});

/** What the health URL says. */
export const shutdownHealth: readonly Case[] = [draining];

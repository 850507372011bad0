import { type Case, defineCase } from '../../case.ts';
import { demand, Unclear } from '../../verify.ts';

/** Whoever cannot connect any more is told enough. */
function unreachable(error: unknown): undefined {
  if (!(error instanceof Unclear)) throw error;
}

const draining = defineCase({
  id: 'shutdown.health.draining',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'While the server drains, its health URL says that it wants no more work.',
  because: 'A balancer that still hears "ok" keeps sending clients to a server that is leaving.',
  needs: ['process', 'health'],
  seconds: () => 1,
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
    let last = '';
    const told = await probe.pace.until(async () => {
      const way = open.isClosed ? { fresh: true } : { connection: open };
      const answer = await own.request(health, way, probe.budgetMs).catch(unreachable);
      last = answer === undefined || 'cut' in answer ? 'the connection ended' : String(answer.status);
      return last !== '200';
    }, own.budgetMs);
    demand(
      told,
      'anything but 200 from the health URL once the server drains',
      `it says 200 still after ${Math.round(own.budgetMs)} ms`,
    );
    return { seen: last };
  },
});

/** What the health URL says. */
export const shutdownHealth: readonly Case[] = [draining];

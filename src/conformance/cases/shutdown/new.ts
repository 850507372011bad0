import { type Case, defineCase } from '../../case.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, Unclear, Violation } from '../../verify.ts';
import { exitMs } from './patience.ts';

const refused = defineCase({
  id: 'shutdown.new.refused',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'After the server was told to stop it holds no new request.',
  because: 'A deploy that waits for the last request never ends while new ones are held.',
  needs: ['process'],
  seconds: () => 1,
  async run(probe) {
    const { instance, probe: own } = await probe.own();
    // Connections that are open before the signal still carry requests when the listener is closed.
    const late = await Promise.all([own.reader(), own.reader()]);
    const open = await own.connect();
    const held = await (await own.reader()).subscribe({ fresh: true });
    instance.signal();
    const first = await held.within(exitMs);
    if (first === undefined && instance.alive)
      throw new Unclear('the held poll outlived the signal, which is another row');

    const ends: string[] = [];
    for (const [i, client] of late.entries()) {
      let poll: Awaited<ReturnType<typeof client.ask>>;
      try {
        poll = await client.ask(i === 0 ? { connection: open } : { fresh: true });
      } catch (error) {
        if (!(error instanceof Unclear)) throw error;
        ends.push('no connection');
        continue;
      }
      const reply = await poll.within(exitMs);
      if (reply === undefined) {
        throw new Violation(
          'new polls to be refused after the signal',
          `a new poll was held for ${exitMs / 1000} s`,
        );
      }
      const tookMs = reply.at - poll.sentAt;
      const quick = tookMs < own.budgetMs + own.pace.settleMs;
      if ('cut' in reply) {
        demand(
          quick,
          'a new poll to be refused, and not held',
          `it was held for ${Math.round(tookMs)} ms, and then cut`,
        );
        ends.push('the connection ended');
        continue;
      }
      demand(
        quick || reply.raw.status >= 400,
        'a new poll to be refused, and not held',
        `${inWords(reply)} after the signal`,
      );
      ends.push(String(reply.raw.status));
    }
    return { seen: `on an open connection: ${ends[0]}; on a new one: ${ends[1]}` };
  },
});

/** Requests that come too late. */
export const shutdownNew: readonly Case[] = [refused];

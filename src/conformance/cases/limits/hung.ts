import { type Case, defineCase } from '../../case.ts';
import { demand, Unclear } from '../../verify.ts';
import { bodyOf } from '../request-parts.ts';

const lastsMs = 10_000;
const everyMs = 500;

const publisher = defineCase({
  id: 'limits.hung-publisher',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'A publisher that stops in the middle of its body blocks nobody.',
  because: 'A server that reads one body after the other stands still with the first that does not come.',
  tags: ['slow'],
  seconds: () => lastsMs / 1000,
  async run(probe) {
    const request = await probe.encodePublish(`${probe.newName()} half of a message`);
    const { head, body } = bodyOf(request);
    const connection = await probe.connect();
    connection.expect('POST');
    connection.write(request.subarray(0, head.length + Math.floor(body.length / 2)));
    await connection.flushed();
    const end = probe.clock.now() + lastsMs;
    let worstMs = 0;
    let rounds = 0;
    while (probe.clock.now() < end) {
      if (connection.isClosed && rounds === 0) throw new Unclear('the half publish was refused at once');
      worstMs = Math.max(worstMs, await probe.alive());
      rounds++;
      await probe.pace.pass(everyMs);
    }
    demand(
      worstMs <= 10 * probe.budgetMs,
      'deliveries as prompt as ever',
      `one took ${Math.round(worstMs)} ms`,
    );
    return { seen: `${rounds} deliveries beside it, at most ${worstMs.toFixed(1)} ms` };
  },
});

/** Publishers that stop half-way. */
export const limitsHung: readonly Case[] = [publisher];

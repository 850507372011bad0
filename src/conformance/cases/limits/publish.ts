import { hasChannels } from '../../../wire/profile.ts';
import { quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, Unclear } from '../../verify.ts';

const perSecond = 2000;
const lastsMs = 5000;
const tickMs = 10;
const publishers = 10;
/** What may stay behind of all these messages, beyond the messages themselves. */
const allowedBytes = 256 * 1024 * 1024;

const flood = defineCase({
  id: 'limits.publish.flood',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'A flood of publishes does not starve those who poll elsewhere.',
  because: 'On one event loop the loudest publisher decides when everybody else is served.',
  tags: ['hostile'],
  seconds: () => lastsMs / 1000,
  async run(probe) {
    const apart = hasChannels(probe.profile);
    const loud = await probe.newChannel();
    const before = probe.memory();
    const sent = { count: 0, acknowledged: 0 };
    const flooding = publishFast(probe, loud, sent);
    let worstMs = 0;
    let rounds = 0;
    try {
      const end = probe.clock.now() + lastsMs;
      while (probe.clock.now() < end) {
        const channel = await probe.newChannel();
        const held = await probe.subscribe({ channel, fresh: true });
        const text = `${probe.newName()} in the middle of a flood`;
        const sentAt = probe.clock.now();
        // Its acknowledgement is not waited for: a server that is starved gives none.
        const [reply] = await Promise.all([
          held.reply('an unrelated poll to be answered during the flood', 10 * probe.budgetMs),
          probe.offer(text, { channel, fresh: true }),
        ]);
        const got = probe.ours(reply.messages).map((message) => message.text);
        // With one channel for everybody the flood itself may be the answer.
        const served = got.includes(text) || (!apart && got.length > 0);
        demand(served, `the message ${quote([text])}`, `${inWords(reply)}: ${quote(got)}`);
        worstMs = Math.max(worstMs, reply.at - sentAt);
        rounds++;
      }
    } finally {
      await flooding;
    }
    if (sent.acknowledged === 0) throw new Unclear('none of the flood was acknowledged');
    const after = probe.memory();
    const grown = before === undefined || after === undefined ? undefined : after - before;
    const seen = `${sent.acknowledged} of ${sent.count} publishes acknowledged in ${lastsMs / 1000} s; ${rounds} deliveries beside took at most ${worstMs.toFixed(1)} ms${grown === undefined ? '' : `; memory grew by ${Math.round(grown / 1024 / 1024)} MiB`}`;
    if (grown !== undefined) demand(grown < allowedBytes, 'memory to stay bounded', seen);
    return { seen };
  },
});

/** Publishes at a steady rate, whatever the answers; pipelined where that can be, because nobody waits for them. */
async function publishFast(
  probe: Probe,
  channel: string,
  sent: { count: number; acknowledged: number },
): Promise<void> {
  const end = probe.clock.now() + lastsMs;
  if (probe.profile.publish.as === 'session') {
    // A session says one thing after the other: as fast as that goes.
    while (probe.clock.now() < end) {
      sent.count++;
      const { publication } = await probe.offer('x'.repeat(100), { channel });
      if (publication !== undefined) sent.acknowledged++;
    }
    return;
  }
  const connections = await Promise.all(Array.from({ length: publishers }, () => probe.connect()));
  const bytes = await probe.encodePublish('x'.repeat(100), { channel });
  while (probe.clock.now() < end) {
    // As many as are due by now: a tick that came late is made up for.
    const dueCount = ((probe.clock.now() - (end - lastsMs)) * perSecond) / 1000;
    const each = Math.ceil((dueCount - sent.count) / publishers);
    for (const [n, old] of connections.entries()) {
      // A server may end a connection after each answer, or after so many.
      const connection = old.isClosed ? await probe.connect() : old;
      connections[n] = connection;
      for (let i = 0; i < each && !connection.isClosed; i++) {
        const { answer } = connection.request(bytes, 'POST');
        sent.count++;
        void answer.then((reply) => {
          if (!('cut' in reply) && reply.status < 300) sent.acknowledged++;
        });
      }
    }
    await probe.pace.pass(tickMs);
  }
}

/** Publishers without measure. */
export const limitsPublish: readonly Case[] = [flood];

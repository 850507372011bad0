import { membersOf, valuesOf } from '../../../wire/response/fields.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, Unclear, Violation } from '../../verify.ts';
import { aside } from './aside.ts';

const cycles = 50;
/** Requests sent just before an idle connection would be closed. */
const lateRequests = 20;
const marginMs = 100;
/** Common balancers keep idle connections for 60 s and send the next request whenever it comes. */
const balancerMs = 65_000;

const announcesClose = ({ rawHeaders }: RawAnswer): boolean =>
  membersOf(rawHeaders, 'connection').includes('close');

const closeHonoured = defineCase({
  id: 'http.conn.close-honoured',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §9.6' }],
  requires: 'Where the client asked for it, the connection is closed after the answer to a held poll.',
  because: 'A client that asked for the close reads until it comes, and hangs when it does not.',
  lenient: { unannounced: 'the connection is closed, but the answer does not say "Connection: close"' },
  async run(probe) {
    const held = await probe.subscribe({ close: true, fresh: true });
    const message = await probe.publish();
    const reply = await held.reply('a poll with "Connection: close" to be answered');
    carries(probe, reply, [message]);
    const how = await probe.pace.within(held.connection.closed, probe.budgetMs);
    demand(how !== undefined, 'the server to close after the answer', 'the connection stays open');
    return announcesClose(reply.raw) ? { seen: how } : { outcome: 'unannounced', seen: how };
  },
});

const reuseAfterHold = defineCase({
  id: 'http.conn.reuse-after-hold',
  duties: [{ level: 'SHOULD', authority: 'RFC 9112 §9.3' }],
  requires: 'After a held answer the same connection takes the next poll, fifty times in a row.',
  because: 'Long polling asks again after every message: a new connection each time costs handshakes.',
  lenient: { announced: 'the connection is closed now and then, as announced by "Connection: close"' },
  seconds: ({ constants }) => 1 + (cycles * (constants.settle.ms + constants.deliveryP50Ms)) / 1000,
  async run(probe) {
    const client = await probe.reader();
    const connection = await probe.connect();
    for (let done = 1; done <= cycles; done++) {
      const held = await client.subscribe({ connection });
      const message = await probe.publish();
      let reply = await held.reply(`poll ${done} of ${cycles} on one connection to be answered`);
      // A hold that came to its end just then is an answered poll like any other.
      while (reply.reading.outcome.kind === 'empty' && !announcesClose(reply.raw)) {
        const next = await client.ask({ connection });
        reply = await next.reply('the next poll on the same connection to be answered');
      }
      if (announcesClose(reply.raw)) {
        return { outcome: 'announced', seen: `closed as announced after ${done} polls` };
      }
      carries(probe, reply, [message]);
    }
    return { seen: `${cycles} polls on one connection` };
  },
});

/** Whether the target said itself for how long it keeps idle connections. */
function isPromised(probe: Probe, answer: RawAnswer): boolean {
  const hint = valuesOf(answer.rawHeaders, 'keep-alive').some((value) => /timeout\s*=/i.test(value));
  return hint || probe.constants.keepAlive?.from === 'profile';
}

/** One connection that is used again just before it would be closed: whether that went well. */
async function lateRequest(probe: Probe, keptMs: number): Promise<'answered' | 'cut' | 'early' | 'broken'> {
  const connection = await probe.connect();
  const request = probe.encode(aside(probe));
  const first = await connection.request(request, 'GET').within(10 * probe.budgetMs);
  if (first === undefined || 'cut' in first) throw new Unclear('an ordinary GET had no answer');
  if (announcesClose(first)) throw new Unclear('the server closes after every ordinary GET');
  await probe.pace.within(connection.closed, first.at + keptMs - marginMs - probe.clock.now());
  if (connection.isClosed) return isPromised(probe, first) ? 'broken' : 'early';
  const second = await connection.request(request, 'GET').within(10 * probe.budgetMs);
  return second === undefined || 'cut' in second ? 'cut' : 'answered';
}

const idleRace = defineCase({
  id: 'http.conn.idle-race',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A poll that comes before the keep-alive time is over is not hit by the close of the connection.',
  because:
    'A server that closes idle connections sooner than it says, or than its balancer expects, resets polls that are on their way (nodejs/node#20256, #17749, #27363).',
  limits: ['keep-alive'],
  lenient: { short: 'closed after less than 65 s behind a balancer, but the Keep-Alive hint says so' },
  seconds: ({ constants }) => (constants.keepAlive?.ms ?? balancerMs) / 1000 + 1,
  async run(probe) {
    const keptMs = await probe.keepAliveMs();
    if (keptMs === undefined) return { seen: 'idle connections are kept for longer than anybody waited' };
    const ends = await Promise.all(Array.from({ length: lateRequests }, () => lateRequest(probe, keptMs)));
    const count = (end: (typeof ends)[number]): number => ends.filter((each) => each === end).length;
    const kept = `${(keptMs / 1000).toFixed(1)} s`;
    demand(
      count('cut') === 0 && count('broken') === 0,
      `a request ${marginMs} ms before the keep-alive time of ${kept} is over to be answered`,
      `of ${lateRequests}, ${count('cut')} were cut, and ${count('broken')} found the connection closed before its time`,
    );
    if (count('answered') === 0) throw new Unclear(`all connections were closed before ${kept}`);
    const measured = { keepAliveMs: keptMs };
    const seen = `kept for ${kept}; ${count('answered')} of ${lateRequests} late requests answered`;
    if (!probe.profile.behindBalancer || keptMs >= balancerMs) return { seen, measured };
    const { answer } = await probe.ordinary();
    if (valuesOf(answer.rawHeaders, 'keep-alive').length > 0) return { outcome: 'short', seen, measured };
    throw new Violation(
      'idle connections to be kept for 65 s behind a balancer',
      `kept for ${kept}, no hint`,
    );
  },
});

const halfClose = defineCase({
  id: 'http.conn.half-close',
  duties: [{ level: 'OBSERVE', authority: 'RFC 9112 §9.6' }],
  requires: 'What becomes of a held poll whose client has closed its own half of the connection.',
  because:
    'By the RFC that does not mean that the client has lost interest; most servers take it for the end all the same.',
  info: {
    answered: 'the poll is answered when a message comes',
    closed: 'the client is taken for gone, and the connection is closed',
    silent: 'the connection stays open, and the message does not come',
  },
  async run(probe) {
    const held = await probe.subscribe({ fresh: true });
    held.connection.fin();
    const before = await held.within(probe.pace.settleMs);
    if (before !== undefined && 'cut' in before) return { outcome: 'closed', seen: before.cut };
    await probe.publish();
    const after = await held.within();
    if (after === undefined) return { outcome: 'silent' };
    return 'cut' in after ? { outcome: 'closed', seen: after.cut } : { outcome: 'answered' };
  },
});

/** How connections live and end. */
export const httpConn: readonly Case[] = [closeHonoured, reuseAfterHold, idleRace, halfClose];

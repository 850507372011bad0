import type { HttpRequest } from '../../../wire/request.ts';
import type { RawConnection } from '../../../world/real/raw/connection.ts';
import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, Unclear, Violation } from '../../verify.ts';
import { emptySeconds, inShort, pollAnswers } from './answers.ts';
import { aside, by, nothingMoreOn } from './aside.ts';

/** A hold that ends sooner than this is waited for: its answer is often a 204, on which much goes wrong. */
const shortHoldMs = 4000;
/** At most so many offences are quoted. */
const quoted = 5;

const waits = (facts: Pick<Probe, 'profile' | 'constants'>): boolean =>
  emptySeconds(facts) * 1000 <= shortHoldMs;

/** Sends requests one after the other on one connection for as long as it lasts, and sees what else comes on it. */
async function inTurn(probe: Probe, requests: readonly HttpRequest[]): Promise<readonly string[]> {
  const connections: RawConnection[] = [];
  for (const request of requests) {
    const last = connections.at(-1);
    const connection = last === undefined || last.isClosed ? await probe.connect() : last;
    if (connection !== last) connections.push(connection);
    const exchange = connection.request(probe.encode(request), request.method);
    // What is held by mistake is another row's business; the next request then needs another connection.
    if ((await exchange.within(probe.budgetMs)) === undefined) connection.reset();
  }
  for (const connection of connections) await nothingMoreOn(probe, connection);
  return connections.flatMap((connection) => connection.violations);
}

const valid = defineCase({
  id: 'http.framing.valid',
  duties: [
    { level: 'MUST', authority: 'RFC 9112 §6' },
    { level: 'MUST', authority: 'RFC 9110 §9.3.2' },
    { level: 'MUST', authority: 'RFC 9110 §15.3.5' },
    { level: 'MUST', authority: 'RFC 9110 §15.4.5' },
  ],
  requires:
    'Every answer of the whole run is valid HTTP: it says in exactly one way where it ends, and has no content where there must be none (204, 304, HEAD).',
  because:
    'A proxy and a client that find the end of an answer in different places take the rest for the next one: messages reach the wrong people.',
  afterAll: true,
  seconds: (facts) => 2 + (waits(facts) ? emptySeconds(facts) : 0),
  async run(probe) {
    const samples = await pollAnswers(probe, { patient: waits(probe) });
    // HEAD and OPTIONS also where a message could be had: that is where content slips in.
    const begun = await probe.reader();
    await probe.publish('to be asked for');
    const poll = begun.request();
    const publish = await probe.publishRequest(`${probe.newName()} framed`);
    const around = await inTurn(probe, [
      by('HEAD', poll),
      by('OPTIONS', poll),
      aside(probe),
      by('HEAD', aside(probe)),
      publish,
      { ...aside(probe), path: `/${probe.newName()}` },
    ]);
    const own = samples.flatMap(({ what, answer }) => answer.violations.map((found) => `${found} (${what})`));
    const all = [...new Set([...own, ...around, ...probe.witness.offences])];
    if (all.length > 0) {
      const more = all.length > quoted ? `; and ${all.length - quoted} more` : '';
      throw new Violation('nothing but valid HTTP', all.slice(0, quoted).join('; ') + more);
    }
    return { seen: `${probe.witness.connections} connections before this row, ${inShort(samples)}` };
  },
});

const http10 = defineCase({
  id: 'http.framing.http10',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §6.1' }],
  requires: 'A client of HTTP/1.0 gets its answer with a length or up to the close, never in chunks.',
  because:
    'Such a client takes the sizes of the chunks for a part of the message (sockjs-protocol tests it).',
  async run(probe) {
    const held = await probe.subscribe({ version: '1.0', fresh: true });
    const message = await probe.publish('to HTTP/1.0');
    const reply = await held.reply('a poll by HTTP/1.0 to be answered');
    const { framing, rawHeaders } = reply.raw;
    const coded = rawHeaders.some(([name]) => name.toLowerCase() === 'transfer-encoding');
    demand(
      !coded && framing !== 'chunked',
      'a length, or a body that ends with the connection',
      'Transfer-Encoding in the answer to a request by HTTP/1.0',
    );
    if (reply.messages.length === 0) throw new Unclear('the poll was answered before the message came');
    carries(probe, reply, [message]);
    return { seen: framing };
  },
});

/** Where answers end. */
export const httpFraming: readonly Case[] = [valid, http10];

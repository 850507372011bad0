import type { Cut } from '../../../world/real/raw/answer.ts';
import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import { persists } from '../../probe/lines.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear } from '../../verify.ts';
import { aside } from './aside.ts';

/** An answer that is the last one of its connection, which is a server's right (RFC 9112 section 9.6). */
const closes = (reply: Reply | Cut): boolean => !('cut' in reply) && !persists(reply.raw);

const order = defineCase({
  id: 'http.pipeline.order',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §9.3.2' }],
  requires: 'Pipelined requests are answered in their order, also behind a poll that is held.',
  because: 'A client tells answers apart by nothing but their order: it would take the one for the other.',
  lenient: { refused: 'the poll gets an error at once, and then the other request its answer' },
  async run(probe) {
    const alone = await probe.request(aside(probe));
    if (alone === undefined || 'cut' in alone) throw new Unclear('an ordinary GET had no answer');
    const client = await probe.reader();
    const connection = await probe.connect();
    const held = await client.subscribe({ connection });
    const behind = connection.request(probe.encode(aside(probe)), 'GET');
    const early = await held.within(probe.pace.settleMs);
    let first = early;
    if (early !== undefined) {
      const own = !('cut' in early) && early.raw.status >= 400 && early.raw.text !== alone.text;
      demand(own, 'nothing to be answered before the poll, which comes first', inWords(early));
    } else {
      const message = await probe.publish();
      first = await held.reply('the held poll to be answered first');
      carries(probe, first, [message]);
    }
    const answer = await behind.within(probe.budgetMs);
    if (answer !== undefined && 'cut' in answer && first !== undefined && closes(first)) {
      throw new NotApplicable('the connection closes with the answer to the poll, as that says');
    }
    const said = answer === undefined ? 'no answer' : 'cut' in answer ? `cut (${answer.cut})` : answer.status;
    demand(
      answer !== undefined && !('cut' in answer) && answer.status === alone.status,
      `the request behind the poll to be answered next, with ${alone.status}`,
      String(said),
    );
    return early === undefined ? undefined : { outcome: 'refused', seen: inWords(early) };
  },
});

const publishBehindHold = defineCase({
  id: 'http.pipeline.publish-behind-hold',
  duties: [{ level: 'OBSERVE', authority: 'RFC 6202 §5.2' }],
  requires: 'What becomes of a publish that is pipelined behind a poll that is held.',
  because:
    'A client with one connection that publishes behind its own poll may wait for itself (BOSH and Bayeux warn of it).',
  info: {
    released: 'the publish is processed, and ends the hold',
    stuck: 'the publish waits behind the poll',
    refused: 'the poll is answered by an error, or cut',
  },
  async run(probe) {
    const client = await probe.reader();
    const connection = await probe.connect();
    const held = await client.subscribe({ connection });
    const text = `${probe.newName()} behind`;
    connection.request(await probe.encodePublish(text), probe.profile.publish.method);
    const reply = await held.within();
    if (reply === undefined) return { outcome: 'stuck' };
    if ('cut' in reply || reply.reading.outcome.kind === 'refused') {
      return { outcome: 'refused', seen: inWords(reply) };
    }
    const came = reply.messages.some((message) => message.text === text);
    if (!came) throw new Unclear(`the poll was answered with something else: ${inWords(reply)}`);
    return { outcome: 'released', seen: `after ${Math.round(reply.tookMs)} ms` };
  },
});

/** Several requests on one connection before the first answer. */
export const httpPipeline: readonly Case[] = [order, publishBehindHold];

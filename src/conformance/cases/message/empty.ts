import { matches } from '../../../wire/dialogue/match.ts';
import { AnswerView } from '../../../wire/dialogue/view.ts';
import { type Case, defineCase } from '../../case.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, Violation } from '../../verify.ts';

const defined = defineCase({
  id: 'message.empty.defined',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'An empty publish is refused, or can be told from "nothing" by everybody who gets it.',
  because:
    'An empty message that looks like the end of a hold, or of the server, is a message that nobody sees.',
  async run(probe) {
    const { refuses, empty, shutdown } = probe.profile;
    const client = await probe.reader();
    const held = await client.subscribe();
    const { answer, publication } = await probe.offer('');
    if (answer === undefined || 'cut' in answer)
      throw new Violation('an answer to an empty publish', 'there was none');
    if (refuses.emptyPublish !== undefined) {
      demand(
        refuses.emptyPublish.includes(answer.status),
        `the status that the profile names: ${refuses.emptyPublish.join(' or ')}`,
        `${answer.status}`,
      );
      return { seen: `refused with ${answer.status}` };
    }
    if (answer.status >= 400 && answer.status < 500) return { seen: `refused with ${answer.status}` };
    if (publication === undefined) throw new Violation('4xx or an acknowledgement', `${answer.status}`);
    const reply = await held.reply('an empty message that was acknowledged to be delivered');
    const blank = reply.messages.some(({ bytes }) => bytes.length === 0);
    demand(blank, 'an answer that carries an empty message', inWords(reply));
    const view = new AnswerView(reply.raw);
    const like = [...empty, ...(shutdown?.heldAnswer ?? [])].some((each) =>
      matches(each, view, reply.messages.length),
    );
    demand(
      !like,
      'an answer that differs from "nothing", and from that of a server that stops',
      `it is the same: ${inWords(reply)}`,
    );
    return { seen: inWords(reply) };
  },
});

/** Messages with nothing in them. */
export const messageEmpty: readonly Case[] = [defined];

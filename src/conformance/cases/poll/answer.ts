import { hasChannels } from '../../../wire/profile.ts';
import { type Case, defineCase } from '../../case.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, Unclear } from '../../verify.ts';

const idlePolls = 5;
const foreignAtMost = 1000;

const immediate = defineCase({
  id: 'poll.answer.immediate',
  duties: [
    { level: 'MUST', authority: 'SEED' },
    { level: 'SHOULD', authority: 'RFC 6202 §2.1' },
  ],
  requires: 'A regular poll with nothing to deliver is answered without waiting.',
  because:
    'A handler for long polls that stands behind the URL of regular polls holds every poll to its limit.',
  needs: ['poll'],
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const took: number[] = [];
    for (let i = 0; i < idlePolls; i++) {
      const held = await client.ask();
      took.push((await held.reply('a regular poll of an idle channel to be answered at once')).tookMs);
    }
    return { seen: `answered after at most ${Math.max(...took).toFixed(1)} ms` };
  },
});

const emptyForm = defineCase({
  id: 'poll.answer.empty-form',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: '"Nothing new" has one form, the one that the profile declares.',
  because: 'A client that does not know the form takes an empty text, `null` or an error page for a message.',
  needs: ['poll'],
  async run(probe) {
    const client = await probe.reader({ regular: true });
    let last: string | undefined;
    for (let idle = 0, polls = 0; idle < idlePolls; polls++) {
      const reply = await client.poll();
      const [message] = reply.messages;
      // Where all share one channel, somebody else's message may come; it does not come twice.
      if (message !== undefined && !hasChannels(probe.profile) && message.text !== last) {
        if (polls > foreignAtMost) throw new Unclear('others publish here all the time');
        last = message.text;
        continue;
      }
      demand(
        reply.reading.outcome.kind === 'empty',
        'an answer that says "nothing" in the declared form',
        inWords(reply),
      );
      idle++;
    }
    return { seen: `${idlePolls} of ${idlePolls} in the declared form` };
  },
});

/** What a regular poll gets when there is nothing. */
export const pollAnswer: readonly Case[] = [immediate, emptyForm];

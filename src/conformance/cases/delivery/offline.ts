import { type Case, defineCase } from '../../case.ts';
import { needs } from '../../need.ts';
import type { Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { Violation } from '../../verify.ts';
import { standing } from './standing.ts';

const noSubscribers = defineCase({
  id: 'delivery.offline.no-subscribers',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires:
    'What is published while nobody listens is kept, or its acknowledgement differs from that of a message that somebody hears.',
  because:
    'The same "ok" for a message that reaches everybody and for one that reaches nobody tells the publisher nothing.',
  async run(probe) {
    const client = await away(probe);
    const unheard = await probe.publish('while nobody listens');
    const { starts } = probe.profile;
    const begins = client.place === undefined && starts.oldest !== undefined;
    const held = await client.ask(begins ? { place: 'oldest' } : {});
    const got = await client.collect([unheard], { first: held });
    if (got.some(({ text }) => text === unheard.text)) return { seen: 'it was kept' };
    if (!held.over) await probe.presence.settle(held);
    const heard = await probe.publish('while somebody listens');
    const says = difference(unheard, heard);
    if (says !== undefined) return { seen: `not kept; ${says}` };
    throw new Violation(
      'a message that is kept, or an acknowledgement that says that nobody heard it',
      `it was acknowledged with ${heard.answer.status}, like one that is heard, and never came`,
    );
  },
});

/** A client that the server could keep something for, and that has no poll out. */
async function away(probe: Probe): Promise<Client> {
  const byServer = probe.profile.cursor.length === 0 && needs.place[1](probe.profile);
  return byServer ? (await standing(probe)).client : probe.reader();
}

/** How the acknowledgement of what nobody heard can be told from the other one; undefined when it cannot. */
function difference(unheard: Publication, heard: Publication): string | undefined {
  const { status } = unheard.answer;
  if (unheard.published.subscribers === 0) return 'the acknowledgement speaks of 0 subscribers';
  if (status === 202) return 'the acknowledgement is 202, which promises nothing';
  if (status !== heard.answer.status)
    return `acknowledged with ${status}, and with ${heard.answer.status} when somebody listens`;
  return undefined;
}

/** What is published while nobody is there. */
export const deliveryOffline: readonly Case[] = [noSubscribers];

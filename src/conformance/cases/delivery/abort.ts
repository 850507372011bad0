import { type Case, defineCase } from '../../case.ts';
import type { Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { NotApplicable, Unclear, Violation } from '../../verify.ts';
import { standing } from './standing.ts';

/**
 * So much is on its way to the client when it breaks off: more than the kernels between them take while nobody
 * reads, which was measured as 3.7 MiB on the loopback of Linux. What they took counts as written, and a server
 * that keeps the place himself cannot know that nobody read it.
 */
const bigBytes = 8 * 1024 * 1024;
/** Tried where the profile does not say how long a message may be. */
const usualBytes = 1024 * 1024;
/** The client reads so much of the answer before it is gone. */
const readBytes = 16 * 1024;

const redelivered = defineCase({
  id: 'delivery.abort.redelivered',
  duties: [{ level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }],
  requires: 'An answer that the client never received whole is given again when it asks from the same place.',
  because:
    'A write that succeeded is no delivery: the bytes lie in a kernel, and the peer may be gone (Atmosphere#1820, clj-browserchannel PR 4, cometd#77).',
  needs: ['again'],
  dependsOn: ['delivery.gap.no-loss'],
  seconds: ({ constants }) => 3 + (2 * constants.settle.ms) / 1000,
  async run(probe) {
    if (probe.profile.claims.coalesces) throw new NotApplicable('only the newest state counts here');
    await goneBefore(probe);
    if (keepsPlace(probe)) await goneAfter(probe);
    return { seen: await goneMidway(probe) };
  },
});

/** Whether the client says where it stands, so that it does not matter what the server takes for delivered. */
function keepsPlace({ profile: { cursor, counters } }: Probe): boolean {
  return cursor.length > 0 || Object.keys(counters).length > 0;
}

/** The poll is reset just before the message is published. */
async function goneBefore(probe: Probe): Promise<void> {
  const { client } = await standing(probe);
  const { place } = client;
  const held = await client.subscribe();
  held.connection.reset();
  const message = await probe.publish('just after a reset');
  await comesAgain(probe, client, place, [message], 'the held poll was reset just before the publish');
}

/** The answer has been sent and lies unread when the client goes away. */
async function goneAfter(probe: Probe): Promise<void> {
  const { client } = await standing(probe);
  const { place } = client;
  const held = await client.subscribe({ still: true });
  held.connection.pause();
  const message = await probe.publish('just before a reset');
  await probe.pace.pass(probe.pace.settleMs);
  held.connection.reset();
  await comesAgain(
    probe,
    client,
    place,
    [message],
    'the connection was reset when the answer had been sent and not read',
  );
}

/** The client goes away when it has read the beginning of a long answer. */
async function goneMidway(probe: Probe): Promise<string> {
  const { client } = await standing(probe);
  const { place } = client;
  const { messages, bytes } = await publishBig(probe);
  if (bytes < bigBytes && !keepsPlace(probe)) {
    return `what was published after a reset came; an answer of ${bytes} bytes may be written before anybody reads it`;
  }
  const connection = await probe.connect({ receiveWindow: readBytes });
  const held = await client.ask({ connection, still: true });
  const began = await probe.pace.until(() => held.exchange.bytesSoFar > 0, 10 * probe.budgetMs, 1);
  if (!began) throw new Violation('an answer with the messages', 'not a byte of it came');
  const read = held.exchange.bytesSoFar;
  const whole = held.over;
  connection.reset();
  await comesAgain(
    probe,
    client,
    place,
    messages,
    `the connection was reset after ${read} bytes of the answer`,
  );
  return `${bytes} bytes came again after a reset ${whole ? 'behind' : 'within'} an answer of which ${read} bytes were read`;
}

/** One long message, or many that are as long as they may be. @throws Unclear when the target takes none */
async function publishBig(probe: Probe): Promise<{ messages: Publication[]; bytes: number }> {
  const { maxBytes } = probe.profile.payload;
  const name = `${probe.newName()} long `;
  for (let size = Math.min(maxBytes ?? usualBytes, bigBytes); size > 1000; size = Math.floor(size / 4)) {
    const text = (i: number): string => `${name}${i} `.padEnd(size, '.');
    const first = await probe.publishIfTaken(text(1));
    if (first === undefined) continue;
    const messages = [first];
    const most = probe.profile.claims.retention?.count ?? Number.POSITIVE_INFINITY;
    while (messages.length * size < bigBytes && messages.length < most && messages.length < 64) {
      messages.push(await probe.publishExactly(text(messages.length + 1)));
    }
    return { messages, bytes: messages.length * size };
  }
  throw new Unclear('no long message was taken');
}

/** @throws Violation unless all of these come to the client that asks from there once more */
async function comesAgain(
  probe: Probe,
  client: Client,
  place: Client['place'],
  messages: readonly Publication[],
  after: string,
): Promise<void> {
  const first = await client.ask({ place, again: true, fresh: true });
  const got = new Set(
    (await client.collect(messages, { first, quietMs: 4 * probe.budgetMs })).map(({ text }) => text),
  );
  const missing = messages.filter(({ text }) => !got.has(text)).length;
  if (missing === 0) return;
  const what = messages.length === 1 ? 'the message' : `${missing} of ${messages.length} messages`;
  throw new Violation(
    'every message when the client asks again from where it stood',
    `${after}; ${what} did not come again`,
  );
}

/** Answers that never arrived. */
export const deliveryAbort: readonly Case[] = [redelivered];

import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, Violation } from '../../verify.ts';

/** How long an idle poll is watched: long enough to tell a hold from a slow answer. */
const watchMs = 5000;
/** A hold under this hardly saves requests against regular polling. */
const worthMs = 20_000;
const tooShortMs = 5000;

/** How long a poll must stay open, from when it was sent. */
function watchedMs({ hold }: Probe['constants']): number {
  return Math.min(watchMs, (hold?.ms ?? Number.POSITIVE_INFINITY) / 2);
}

const defers = defineCase({
  id: 'longpoll.hold.defers',
  duties: [
    { level: 'MUST', authority: 'SEED' },
    { level: 'SHOULD', authority: 'RFC 6202 §2.1' },
  ],
  requires: 'With nothing to send, the request stays pending.',
  because: 'An answer at once turns long polling into a busy loop that only looks like it (Grizzly#217).',
  lenient: { 'early head': 'status line and headers come early, the body stays incomplete' },
  seconds: ({ constants }) => watchedMs(constants) / 1000,
  async run(probe) {
    const held = await probe.subscribe();
    await held.staysHeld(watchedMs(probe.constants) - (probe.clock.now() - held.sentAt));
    return held.exchange.state === 'silent' ? undefined : { outcome: 'early head' };
  },
});

const minimum = defineCase({
  id: 'longpoll.hold.minimum',
  duties: [{ level: 'SHOULD', authority: 'RFC 6202 §5.5' }],
  requires: 'The hold is long enough to save requests: 20 s, or the whole of a shorter stated hold.',
  because:
    'A cap of a few seconds costs as many requests as polling (Netflix conductor PR 521); overflowing timers do the same.',
  tags: ['slow'],
  lenient: { short: 'the first idle answer comes after 5 s to 20 s' },
  seconds: ({ constants }) => Math.min(worthMs, constants.hold?.ms ?? worthMs) / 1000,
  async run(probe) {
    const held = await probe.subscribe();
    const wanted = Math.min((probe.constants.hold?.ms ?? Number.POSITIVE_INFINITY) - probe.budgetMs, worthMs);
    const left = wanted - (probe.clock.now() - held.sentAt);
    const reply = await held.within(Math.max(0, left));
    if (reply === undefined) return undefined;
    const tookMs = reply.at - held.sentAt;
    if (tookMs >= tooShortMs) return { outcome: 'short', seen: inWords(reply) };
    throw new Violation(
      `no answer within ${Math.round(wanted)} ms while nothing is published`,
      inWords(reply),
    );
  },
});

const answersOnMessage = defineCase({
  id: 'longpoll.hold.answers-on-message',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: 'A held poll is answered as soon as a message is published, not when the hold ends.',
  because: 'That is the whole point of long polling (SignalR#1164).',
  async run(probe) {
    const held = await probe.subscribe();
    const message = await probe.publish();
    const reply = await held.reply('the held poll to be answered within the delivery budget');
    carries(probe, reply, [message]);
    return { seen: `delivered ${(reply.at - message.sentAt).toFixed(1)} ms after the publish was sent` };
  },
});

const completeResponse = defineCase({
  id: 'longpoll.hold.complete-response',
  duties: [
    { level: 'SHOULD', authority: 'RFC 6202 §2.1' },
    { level: 'MUST', authority: 'RFC 9112 §6.3' },
  ],
  requires: 'The answer is one complete HTTP message and not an open stream.',
  because: 'An event stream or an endless chunked body sold as long polling never ends the request.',
  async run(probe) {
    const held = await probe.subscribe();
    await probe.publish();
    const first = await probe.pace.until(() => held.exchange.state !== 'silent', probe.budgetMs);
    demand(first, 'an answer that begins within the delivery budget', 'not a byte came');
    await held.reply('the framing of the answer to say that it is complete');
    return undefined;
  },
});

const selfDelivery = defineCase({
  id: 'longpoll.hold.self-delivery',
  duties: [
    { level: 'MUST', authority: 'SEED' },
    { level: 'MUST', authority: 'CLAIM', whenClaimed: 'selfDelivery' },
  ],
  requires: "The publisher's own subscription gets the message too.",
  because: 'In the demo page all visitors see the messages of each other, and their own.',
  async run(probe) {
    const client = await probe.reader();
    const held = await client.subscribe();
    const publishing = probe.publish('to myself', { as: client });
    publishing.catch(() => {});
    // A publish that is itself a poll is held, and answered when its client asks again.
    const isPoll = probe.profile.publish.as === 'session';
    if ((await held.within()) !== undefined && isPoll) await client.ask();
    const message = await publishing;
    const reply = await held.reply("the publisher's own poll to be answered");
    carries(probe, reply, [message]);
    return undefined;
  },
});

const body = 'abc';

const withRequestBody = defineCase({
  id: 'longpoll.hold.with-request-body',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A poll that carries a body stays subscribed.',
  because:
    'Since Node 16 a request says `close` once its body was read (nodejs/node#38924, #33035): a server that cleans up on it unsubscribes at once, in silence.',
  lenient: { refused: 'the body is refused at once, by a status of 400 to 499' },
  async run(probe) {
    const client = await probe.reader();
    const { subscribe } = probe.profile;
    const bodiless = subscribe.body === undefined && subscribe.form === undefined;
    const held = await client.subscribe({ fresh: true, ...(bodiless && { body }) });
    if (held.over) {
      const reply = await held.ended;
      const refused = !('cut' in reply) && reply.raw.status >= 400 && reply.raw.status < 500;
      demand(refused, 'the poll to be held, or refused by 4xx', inWords(reply));
      return { outcome: 'refused', seen: inWords(reply) };
    }
    const message = await probe.publish('to one who sent a body');
    carries(probe, await held.reply('a poll that was sent with a body to get its message'), [message]);
    return undefined;
  },
});

/** Holding a poll and ending the hold with a message. */
export const longpollHold: readonly Case[] = [
  defers,
  minimum,
  answersOnMessage,
  completeResponse,
  selfDelivery,
  withRequestBody,
];

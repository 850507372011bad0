import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, Violation } from '../../verify.ts';

/** A browser opens so many connections to one host. */
const browserConnections = 6;

/** Whether an answer ended a poll because another one took its place: empty, or a conflict. */
function steppedAside({ raw, reading }: Reply): boolean {
  return reading.outcome.kind === 'empty' || raw.status === 409 || reading.session !== 'open';
}

const policy = defineCase({
  id: 'fanout.same-client.policy',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'Two held polls of one client follow the declared policy, and neither is left hanging.',
  because:
    'The older poll of a client that came back was never answered (engine.io#352, #363), or by a 500 (#650); BOSH releases it, Telegram says 409.',
  needs: ['identity'],
  // The hold is waited for only where a poll hangs.
  seconds: ({ constants }) => (4 * constants.settle.ms) / 1000,
  async run(probe) {
    const { sameClient } = probe.profile.identity ?? { sameClient: 'all' };
    const client = await probe.reader();
    const older = await client.subscribe({ fresh: true });
    demand(!older.over, 'the first poll to be held', inWords(await older.within(0)));
    const newer = await client.ask({ fresh: true });
    await newer.within(probe.pace.settleMs);

    if (sameClient === 'newest') {
      const reply = await older.reply('the older poll to be answered at once when a newer one comes');
      demand(steppedAside(reply), 'the older poll to be answered empty, or by 409', inWords(reply));
    }
    if (sameClient === 'oldest' || sameClient === 'reject') {
      const reply = await newer.reply('the newer poll to be refused at once');
      const refused = reply.reading.outcome.kind === 'refused' && reply.raw.status < 500;
      demand(refused, 'the newer poll to be refused, and not by an error of the server', inWords(reply));
    }
    const message = await probe.publish('for one client');
    // A server that refuses the newer poll may end the session with it, and the older poll, too.
    const ended = sameClient === 'reject' && older.over;
    const expected = sameClient === 'all' ? [older, newer] : sameClient === 'newest' ? [newer] : [older];
    for (const held of ended ? [] : expected) {
      const reply = await held.reply(`the ${held === older ? 'older' : 'newer'} poll to get the message`);
      demand(
        reply.messages.some(({ text }) => text === message.text),
        `the ${held === older ? 'older' : 'newer'} poll to get the message`,
        inWords(reply),
      );
    }
    const late = [older, newer].some(({ over }) => !over);
    await noneHangs([older, newer], late ? ((await probe.holdMs()) ?? 0) : 0, probe.budgetMs);
    return { seen: `older poll: ${inWords(await older.ended)}; newer poll: ${inWords(await newer.ended)}` };
  },
});

async function noneHangs(polls: readonly Held[], holdMs: number, budgetMs: number): Promise<void> {
  for (const [i, held] of polls.entries()) {
    const reply = await held.within(holdMs + budgetMs);
    const which = i === 0 ? 'older' : 'newer';
    if (reply === undefined)
      throw new Violation(
        `the ${which} poll to be answered some time`,
        `it hangs after ${Math.round(holdMs + budgetMs)} ms`,
      );
    if (!('cut' in reply)) demand(reply.raw.status < 500, 'no error of the server', inWords(reply));
  }
}

const starvation = defineCase({
  id: 'fanout.same-client.starvation',
  duties: [{ level: 'SHOULD', authority: 'RFC 6202 §5.1' }],
  requires: 'Several tabs of one browser are not all held, so that a connection is left for other requests.',
  because:
    'A browser opens six connections to a host; six held polls leave none for anything else (SignalR#807, message_bus#54, nchan#186).',
  needs: ['cookieIdentity'],
  info: { 'all held': 'every tab is held: nothing caps them' },
  seconds: ({ constants }) => (2 * constants.settle.ms) / 1000,
  async run(probe) {
    const client = await probe.reader();
    const polls: Held[] = [];
    for (let tab = 0; tab < browserConnections; tab++) polls.push(await client.ask({ fresh: true }));
    await probe.pace.pass(probe.pace.settleMs);
    const held = polls.filter(({ over }) => !over).length;
    const seen = `${held} of ${browserConnections} polls with one cookie are held`;
    return held < browserConnections ? { seen } : { outcome: 'all held', seen };
  },
});

/** Several polls of one client. */
export const fanoutSameClient: readonly Case[] = [policy, starvation];

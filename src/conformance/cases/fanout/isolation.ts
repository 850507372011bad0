import { carries, quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Attempt } from '../../probe/publisher.ts';
import { inWords } from '../../probe/reply.ts';
import { sideBySide, upTo } from '../../side-by-side.ts';
import { demand, Unclear, Violation } from '../../verify.ts';

const manyChannels = 200;
const atOnce = 20;

const channels = defineCase({
  id: 'fanout.isolation.channels',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'A message reaches its channel only, however many channels there are.',
  because: 'Mixed-up channels show private messages to strangers (nchan#367).',
  needs: ['channels'],
  seconds: ({ constants }) => 0.5 + (2 * constants.settle.ms) / 1000,
  async run(probe) {
    const names = await sideBySide(upTo(manyChannels), atOnce, () => probe.newChannel());
    const held = await sideBySide(names, atOnce, async (channel) => {
      const client = await probe.reader({ channel });
      return client.ask({ fresh: true });
    });
    const settle = (each: Held): Promise<void> => probe.presence.settle(each);
    if (probe.presence.counts) await sideBySide(held, atOnce, settle);
    // All at once, or a short hold would be over before the last of them has settled.
    else await Promise.all(held.map(settle));
    const messages = await sideBySide(names, atOnce, (channel, i) =>
      probe.publish(`for channel ${i}`, { channel }),
    );
    await sideBySide(held, atOnce, async (each, i) => {
      const reply = await each.reply(
        `the subscriber of channel ${i + 1} of ${manyChannels} to get its message`,
      );
      const strange = probe.ours(reply.messages).filter(({ text }) => text !== messages[i]!.text);
      demand(
        strange.length === 0,
        `channel ${i + 1} of ${manyChannels} to bring its own message only`,
        `it brought ${quote(strange.map(({ text }) => text))}`,
        { timeless: true },
      );
      carries(probe, reply, [messages[i]!]);
    });
    return { seen: `${manyChannels} channels, each with its own message only` };
  },
});

const bigBytes = 8 * 1024 * 1024;
const smallWindow = 4096;

const slowReader = defineCase({
  id: 'fanout.isolation.slow-reader',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'A subscriber that does not read does not delay the others.',
  because: 'A server that waits for one full socket buffer stops for everybody (http-kit#180, mold#1582).',
  tags: ['load'],
  seconds: () => 2,
  async run(probe) {
    const slow = await probe.reader();
    const stuck = await probe.connect({ receiveWindow: smallWindow });
    const stuckPoll = await slow.ask({ connection: stuck });
    stuck.pause();
    const normal = await probe.reader();
    const size = Math.min(bigBytes, probe.profile.payload.maxBytes ?? 512 * 1024) - 200;
    const count = Math.ceil(bigBytes / size);
    const beforeBytes = probe.memory();
    let held = await normal.subscribe();
    for (let i = 1; i <= count; i++) {
      const text = `${probe.newName()} part ${i} `.padEnd(size, 'x');
      // Its acknowledgement is not waited for: a server that stands still gives none.
      const [attempt, got] = await Promise.all([
        probe.offer(text),
        normal.collect([{ text }], { first: held, quietMs: 10 * probe.budgetMs }),
      ]);
      refuseRefused(attempt);
      demand(
        got.some((message) => message.text === text),
        `a reader beside a stuck one to get each of ${count} messages of ${size} bytes`,
        `message ${i} did not come within ten delivery budgets`,
      );
      if (i < count) held = await normal.subscribe();
    }
    const afterBytes = probe.memory();
    stuck.resume();
    await stuckPoll.within(probe.budgetMs);
    const grown =
      beforeBytes === undefined || afterBytes === undefined
        ? ''
        : `; memory grew by ${Math.round((afterBytes - beforeBytes) / 1024 / 1024)} MiB`;
    return { seen: `${count} messages of ${size} bytes went past the stuck reader${grown}` };
  },
});

/** @throws Unclear when the target has answered that it does not take the publish */
function refuseRefused({ answer, publication, why }: Attempt): void {
  if (publication !== undefined || answer === undefined || 'cut' in answer) return;
  throw new Unclear(`a publish was refused with ${answer.status}${why === undefined ? '' : `, ${why}`}`);
}

const deadPeer = defineCase({
  id: 'fanout.isolation.dead-peer',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'A peer that has gone silent without a word does not delay the others.',
  because: 'Blocking writes to a dead connection last for minutes.',
  tags: ['load'],
  seconds: ({ constants }) => (2 * constants.settle.ms) / 1000,
  async run(probe) {
    const { relay, probe: beyond } = await probe.through({ kind: 'pass' });
    await beyond.subscribe({ channel: probe.channel });
    relay.stall();
    const held = await probe.subscribe();
    const text = `${probe.newName()} past a dead peer`;
    const publishing = probe.offer(text);
    const answered = await held.within(probe.budgetMs + probe.pace.settleMs);
    const attempt = await publishing;
    refuseRefused(attempt);
    if (answered === undefined || 'cut' in answered)
      throw new Violation('the others to be answered within the delivery budget', inWords(answered));
    const got = probe.ours(answered.messages).map((message) => message.text);
    demand(got.length === 1 && got[0] === text, `the message ${quote([text])}`, quote(got));
    return { seen: `delivered ${(answered.at - attempt.sentAt).toFixed(1)} ms after the publish was sent` };
  },
});

/** What one subscriber must not do to another. */
export const fanoutIsolation: readonly Case[] = [channels, slowReader, deadPeer];

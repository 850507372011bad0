import { quote } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, NotApplicable, Unclear } from '../../verify.ts';
import { bodyOf, chunkedHead } from '../request-parts.ts';
import { Follower } from './follower.ts';

/** So many bytes of each body are never sent. */
const withheld = 7;

const truncatedDropped = defineCase({
  id: 'delivery.publish.truncated-dropped',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §8' }],
  requires: 'A publish that breaks off before its announced end is not published.',
  because:
    'A server that publishes when the connection closes, and not when the body ends, spreads half a message.',
  dependsOn: ['longpoll.hold.answers-on-message'],
  seconds: ({ constants }) => 1 + (constants.deliveryBudget.ms + 4 * constants.settle.ms) / 1000,
  async run(probe) {
    const torn = `${probe.newName()} torn`;
    const follower = await Follower.begin(probe);
    const { missing } = await follower.caughtUp([await probe.publish('whole')]);
    if (missing.length > 0) throw new Unclear('a whole message did not arrive, which is another row');
    const ways = (['length', 'chunks'] as const).flatMap((framing) =>
      (['fin', 'reset'] as const).map((ending) => ({ framing, ending })),
    );
    for (const { framing, ending } of ways)
      await breakOff(probe, await half(probe, `${torn} 0123456789`, framing), ending);
    await probe.pace.pass(probe.budgetMs);
    follower.stop();
    const heard = follower.foreign.map(({ text }) => text).filter((text) => text.includes(torn));
    demand(heard.length === 0, 'nothing of what was not sent whole', `this was delivered: ${quote(heard)}`, {
      timeless: true,
    });
    return { seen: `nothing came of ${ways.length} publishes that broke off` };
  },
});

/** The bytes of a publish up to where it breaks off. Where a publisher has a session, it is a new one each time: the break may end it. */
async function half(probe: Probe, text: string, framing: 'length' | 'chunks'): Promise<Uint8Array> {
  const author = probe.profile.publish.as === 'session' ? await probe.client() : undefined;
  await author?.open();
  const { head, body } = bodyOf(await probe.encodePublish(text, author === undefined ? {} : { as: author }));
  if (body.length <= withheld) throw new NotApplicable('a publish has no body that could break off');
  const part = body.subarray(0, body.length - withheld);
  if (framing === 'length') return Buffer.concat([Buffer.from(head, 'latin1'), part]);
  const size = Buffer.from(`${part.length.toString(16)}\r\n`);
  return Buffer.concat([Buffer.from(chunkedHead(head), 'latin1'), size, part, Buffer.from('\r\n')]);
}

/** Sends what there is, lets the server read it, and goes away. */
async function breakOff(probe: Probe, request: Uint8Array, ending: 'fin' | 'reset'): Promise<void> {
  const connection = await probe.connect();
  // The server may say what it thinks of that.
  connection.request(request, 'POST');
  await connection.flushed();
  await probe.pace.within(connection.closed, probe.pace.settleMs);
  connection[ending]();
}

const idempotentRetry = defineCase({
  id: 'delivery.publish.idempotent-retry',
  duties: [{ level: 'MAY', authority: 'CLAIM', whenClaimed: 'dedupe' }],
  requires:
    'A publish that is repeated with the same key is stored once, and acknowledged as the first time.',
  because:
    'A publisher whose acknowledgement was lost has to try again, and nobody should read his message twice.',
  needs: ['dedupe'],
  dependsOn: ['longpoll.hold.answers-on-message'],
  async run(probe) {
    const follower = await Follower.begin(probe);
    const text = `${probe.newName()} twice`;
    // The same bytes, and so the same key.
    const request = await probe.encodePublish(text);
    const answers = [];
    for (const time of ['the first', 'the second']) {
      const connection = await probe.connect();
      const answer = await connection
        .request(request, probe.profile.publish.method)
        .within(10 * probe.budgetMs);
      if (answer === undefined || 'cut' in answer) throw new Unclear(`${time} publish had no answer`);
      answers.push(answer);
    }
    const [one, two] = answers;
    if (!probe.profile.publish.ok.includes(one!.status))
      throw new Unclear(`a publish was refused with ${one!.status}`);
    const { missing } = await follower.caughtUp([await probe.publish('afterwards')]);
    follower.stop();
    if (missing.length > 0) throw new Unclear('the message after them did not arrive, which is another row');
    const times = follower.received.filter((each) => each.text === text).length;
    demand(times === 1, 'the message once', `it came ${times} times`, { timeless: times > 1 });
    const same = one!.status === two!.status && one!.text === two!.text;
    demand(same, `the acknowledgement of the first time: ${words(one!)}`, words(two!));
    return undefined;
  },
});

function words({ status, text }: { status: number; text: string }): string {
  return `${status} ${quote([text])}`;
}

/** Publishes that break off, and publishes that are repeated. */
export const deliveryPublish: readonly Case[] = [truncatedDropped, idempotentRetry];

import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, Unclear } from '../../verify.ts';
import { Follower } from '../delivery/follower.ts';
import { bodyOf, headFor } from '../request-parts.ts';
import { type Refusal, sendOversized } from './oversized.ts';

/** Nobody means to send messages of this size. */
const absurdBytes = 64 * 1024 * 1024;

/** @returns whether it was refused by the right words, or just by closing; @throws Violation when it was not refused */
function judge(
  probe: Probe,
  { status, sentBytes }: Refusal,
  { size, chunked }: { size: number; chunked: boolean },
): 'refused' | 'closed' {
  // Who asks for a length has a limit for what does not say it (RFC 9112, section 6.3).
  const wanted = [...(probe.profile.refuses.oversized ?? [413]), ...(chunked ? [411] : [])];
  if (status === undefined) return 'closed';
  demand(
    wanted.includes(status),
    `${wanted.join(' or ')} for a publish of ${size} bytes`,
    `${status} after ${sentBytes} bytes of it`,
    { timeless: true },
  );
  return 'refused';
}

function sizes(probe: Probe): number[] {
  const { maxBytes } = probe.profile.payload;
  return [...(maxBytes === undefined ? [] : [maxBytes + 1]), absurdBytes].sort((a, b) => a - b);
}

async function refusesAll(probe: Probe, chunked: boolean): Promise<{ outcome?: 'closed'; seen: string }> {
  const follower = await Follower.begin(probe);
  const seen: string[] = [];
  const names: string[] = [];
  let closed = false;
  for (const size of sizes(probe)) {
    const refusal = await sendOversized(probe, size, chunked);
    names.push(refusal.name);
    if (judge(probe, refusal, { size, chunked }) === 'closed') closed = true;
    seen.push(`${size}: ${refusal.status ?? 'closed'} after ${refusal.sentBytes} bytes`);
  }
  const mark = await probe.publish('after the oversized ones');
  const { missing } = await follower.caughtUp([mark]);
  follower.stop();
  if (missing.length > 0) throw new Unclear('nothing arrives any more, which is another row');
  const spread = [...follower.foreign, ...follower.received].filter(({ text }) =>
    names.some((name) => text.includes(name)),
  );
  demand(
    spread.length === 0,
    'nothing of an oversized publish',
    `a message of ${spread[0]?.bytes.length} bytes came`,
  );
  return { ...(closed && { outcome: 'closed' as const }), seen: seen.join('; ') };
}

const lenient = { closed: 'the connection is closed without an answer' };
const seconds = (): number => 2;

const length = defineCase({
  id: 'limits.body.length',
  duties: [
    { level: 'MUST', authority: 'PRACTICE' },
    { level: 'MUST', authority: 'RFC 9110 §15.5.14' },
  ],
  requires: 'A publish whose Content-Length is over the limit is refused, and nothing of it is published.',
  because:
    'One stranger with a large file fills the memory of the server and of every subscriber (redbot PR 403, dropshot#544, vibe.d#707).',
  tags: ['hostile'],
  lenient,
  seconds,
  run: (probe) => refusesAll(probe, false),
});

const chunked = defineCase({
  id: 'limits.body.chunked',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'The limit also holds for a publish that does not say how long it is.',
  because:
    'A limit that is checked against the header alone, or after everything was buffered, is none (shenyu#6627).',
  tags: ['hostile'],
  lenient,
  seconds,
  run: (probe) => refusesAll(probe, true),
});

const early = defineCase({
  id: 'limits.body.early',
  duties: [{ level: 'SHOULD', authority: 'RFC 9110 §10.1.1' }],
  requires: 'With `Expect: 100-continue` the refusal comes before the body.',
  because: 'That is what the header is for: not to send what will not be taken.',
  tags: ['hostile'],
  seconds: () => 0.5,
  async run(probe) {
    const { head } = bodyOf(await probe.encodePublish(`${probe.newName()} oversized`));
    const connection = await probe.connect();
    const exchange = connection.expect('POST');
    const announced = headFor(head, absurdBytes).replace(/\r\n\r\n$/, '\r\nExpect: 100-continue\r\n\r\n');
    connection.write(announced);
    const first = await probe.pace.within(
      Promise.race([
        exchange.firstInterim.then(({ status }) => status),
        exchange.answer.then(({ status }) => status),
      ]),
      10 * probe.budgetMs,
    );
    const wanted = [...(probe.profile.refuses.oversized ?? [413]), 417];
    demand(
      first !== undefined && wanted.includes(first),
      `${wanted.join(' or ')} before the body is sent`,
      first === undefined ? 'nothing, or the connection ended' : `${first}`,
      { timeless: first !== undefined },
    );
    return { seen: `${first} before the body` };
  },
});

/** Messages that are too large. */
export const limitsBody: readonly Case[] = [length, chunked, early];

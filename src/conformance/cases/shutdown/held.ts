import type { Cut } from '../../../world/real/raw/answer.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords, type Reply } from '../../probe/reply.ts';
import { demand, Violation } from '../../verify.ts';
import { declared } from './declared.ts';
import { exitMs } from './patience.ts';

const subscribers = 20;

/** Polls held by a target that is then told to stop. */
async function heldAtShutdown(probe: Probe): Promise<(Reply | Cut | undefined)[]> {
  const { instance, probe: own } = await probe.own();
  const clients = await Promise.all(Array.from({ length: subscribers }, () => own.reader()));
  const held: Held[] = await Promise.all(clients.map((client) => client.subscribe({ fresh: true })));
  instance.signal();
  return Promise.all(held.map((each) => each.within(exitMs)));
}

const answered = defineCase({
  id: 'shutdown.held.answered',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: 'When the server is told to stop, each held request gets a complete answer.',
  because:
    'A cut request looks like a broken network, and every client comes back at once (dsps#18, slycat#68).',
  needs: ['process'],
  seconds: () => 1,
  async run(probe) {
    const ends = await heldAtShutdown(probe);
    const bad = ends.filter((end) => end === undefined || 'cut' in end);
    demand(
      bad.length === 0,
      `a complete answer for each of ${subscribers} held polls`,
      `${bad.length} of them got none: ${inWords(bad[0])}`,
      // One that was cut got none, however long anybody waits.
      { timeless: bad.some((end) => end !== undefined) },
    );
    return { seen: inWords(ends[0]) };
  },
});

const distinguishable = defineCase({
  id: 'shutdown.held.distinguishable',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'That answer cannot be taken for a message.',
  because: 'The page of the article shows a blank line for each server that stops.',
  needs: ['process'],
  dependsOn: ['shutdown.held.answered'],
  lenient: { 'blank 200': '200 with nothing in it, which a careless client takes for an empty message' },
  seconds: () => 1,
  async run(probe) {
    const [first] = await heldAtShutdown(probe);
    if (first === undefined || 'cut' in first) throw new Violation('an answer', inWords(first));
    const { raw, reading, messages } = first;
    const seen = inWords(first);
    if (declared(probe, raw)) return { seen };
    if (raw.status === 503 || raw.status === 410 || raw.status === 204) return { seen };
    if (reading.outcome.kind === 'empty' || reading.session !== 'open') return { seen };
    if (raw.status === 200 && raw.bytes.length === 0) return { outcome: 'blank 200', seen };
    throw new Violation(
      '503, 410, 204, or nothing in the declared form',
      `${seen}${messages.length > 0 ? `: ${JSON.stringify(messages[0]!.text.slice(0, 60))}` : ''}`,
      { timeless: true },
    );
  },
});

/** What becomes of held polls when the server stops. */
export const shutdownHeld: readonly Case[] = [answered, distinguishable];

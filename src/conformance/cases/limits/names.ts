import { OpeningFailed } from '../../../wire/dialogue.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, NotApplicable, Violation } from '../../verify.ts';

const overlong = 'a'.repeat(7000);
const odd = ['../x', 'a b', 'a/b', 'ä', '\u0000', '%2e%2e', "'; --", '<b>'];
/** So many over-long names, each another one, for the memory. */
const many = 500;
const allowedBytes = 16 * 1024 * 1024;

type Taken = 'refused' | 'not opened' | 'served';

/** How the target takes a poll with a name. */
async function taken(probe: Probe, names: { channel?: string; name?: string }): Promise<Taken> {
  let client: Client;
  try {
    client = await probe.client(names);
    await client.open();
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof OpeningFailed)) throw error;
    const { status } = cause.answer;
    demand(status < 500, 'no error of the server for the name of a session', cause.message);
    return status >= 400 ? 'refused' : 'not opened';
  }
  const held = await client.ask({
    fresh: true,
    ...(probe.profile.hold.kind === 'requested' && { waitMs: 0 }),
  });
  const reply = await held.within(probe.pace.settleMs);
  const shown = JSON.stringify((names.channel ?? names.name ?? '').slice(0, 20));
  if (reply === undefined) return 'served';
  if ('cut' in reply) throw new Violation(`an answer to a poll with the name ${shown}`, inWords(reply));
  demand(reply.raw.status < 500, `no error of the server for the name ${shown}`, inWords(reply));
  return reply.raw.status >= 400 ? 'refused' : 'served';
}

const names = defineCase({
  id: 'limits.names',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'Over-long or odd names of channels and clients are refused with 4xx, and cost no memory.',
  because: 'Every new name is a queue that somebody must keep; names end up in paths, logs and pages.',
  needs: ['names'],
  lenient: {
    'odd ones served': 'over-long names are refused; odd ones are served like any other',
    'not opened': 'a session with such a name does not open, and the status does not say so',
  },
  seconds: ({ constants }) => 3 + (odd.length * 2 * constants.settle.ms) / 1000,
  async run(probe) {
    const fields = (['channel', 'name'] as const).filter((field) => isChosen(probe, field));
    if (fields.length === 0) throw new NotApplicable('the client names nothing');
    const served: string[] = [];
    const silent: string[] = [];
    for (const field of fields) {
      const long = await taken(probe, { [field]: overlong });
      demand(long !== 'served', `4xx for a ${field} of ${overlong.length} characters`, 'it was served');
      if (long === 'not opened') silent.push(field);
      for (const word of odd) if ((await taken(probe, { [field]: word })) === 'served') served.push(word);
    }
    const before = probe.memory();
    for (let i = 0; i < many; i++) await taken(probe, { [fields[0]!]: `${i}${overlong}` });
    const after = probe.memory();
    if (before !== undefined && after !== undefined) {
      demand(
        after - before < allowedBytes,
        'memory to stay where it was',
        `it grew by ${after - before} bytes`,
      );
    }
    if (silent.length > 0) return { outcome: 'not opened', seen: silent.join(', ') };
    if (served.length === 0) return { seen: 'all refused' };
    return { outcome: 'odd ones served', seen: served.map((word) => JSON.stringify(word)).join(', ') };
  },
});

/** Whether the client chooses this name in its polls. */
function isChosen(probe: Probe, field: 'channel' | 'name'): boolean {
  const { subscribe, open } = probe.profile;
  const hole = field === 'channel' ? '{channel}' : '{client}';
  return JSON.stringify([subscribe.url, subscribe.headers, subscribe.body ?? '', open]).includes(hole);
}

/** Names that nobody means. */
export const limitsNames: readonly Case[] = [names];

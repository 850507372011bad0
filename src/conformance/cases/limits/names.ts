import { variablesOf } from '../../../wire/template.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear, Violation } from '../../verify.ts';

const overlong = 'a'.repeat(7000);
const odd = ['../x', 'a b', 'a/b', 'ä', '\u0000', '%2e%2e', "'; --", '<b>'];
/** So many over-long names, each another one, for the memory. */
const many = 500;
const allowedBytes = 16 * 1024 * 1024;

const asksForNoWait = ({ profile }: Pick<Probe, 'profile'>): boolean => profile.hold.kind === 'requested';

/** What is not answered within this is being held: for who need not wait that would be another row's fault. */
const patienceMs = (facts: Pick<Probe, 'profile' | 'constants'>): number =>
  (asksForNoWait(facts) ? 10 : 1) * facts.constants.deliveryBudget.ms;

/** How the target takes a poll with a name. */
async function taken(
  probe: Probe,
  names: { channel?: string; name?: string },
): Promise<'refused' | 'served'> {
  const held = await asked(probe, names);
  if (held === undefined) return 'refused';
  const reply = await held.within(patienceMs(probe));
  const shown = JSON.stringify((names.channel ?? names.name ?? '').slice(0, 20));
  if (reply === undefined) return 'served';
  if ('cut' in reply) throw new Violation(`an answer to a poll with the name ${shown}`, inWords(reply));
  demand(reply.raw.status < 500, `no error of the server for the name ${shown}`, inWords(reply));
  return reply.raw.status >= 400 ? 'refused' : 'served';
}

/** A poll with such a name; undefined when setting up its channel, or its session, is refused. */
async function asked(probe: Probe, names: { channel?: string; name?: string }): Promise<Held | undefined> {
  try {
    const client = await probe.client(names);
    const waitMs = asksForNoWait(probe) ? 0 : undefined;
    return await client.ask({ fresh: true, waitMs });
  } catch (error) {
    const { open, channelSetup } = probe.profile;
    if (error instanceof Unclear && open.length + channelSetup.length > 0) return undefined;
    throw error;
  }
}

const names = defineCase({
  id: 'limits.names',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'Over-long or odd names of channels and clients are refused with 4xx, and cost no memory.',
  because: 'Every new name is a queue that somebody must keep; names end up in paths, logs and pages.',
  needs: ['names'],
  lenient: { 'odd ones served': 'over-long names are refused; odd ones are served like any other' },
  // Its memory is that of all rows together.
  alone: true,
  // Who need not wait is not waited for.
  seconds: (facts) => 1 + (asksForNoWait(facts) ? 0 : (odd.length * 2 * patienceMs(facts)) / 1000),
  async run(probe) {
    const fields = (['channel', 'name'] as const).filter((field) => isChosen(probe, field));
    if (fields.length === 0) throw new NotApplicable('the client names nothing');
    const served: string[] = [];
    for (const field of fields) {
      const long = await taken(probe, { [field]: overlong });
      demand(long === 'refused', `4xx for a ${field} of ${overlong.length} characters`, 'it was served');
      for (const word of odd) if ((await taken(probe, { [field]: word })) === 'served') served.push(word);
    }
    const before = probe.memory();
    for (let i = 0; i < many; i++) await taken(probe, { [fields[0]!]: `${i}${overlong}` });
    const after = probe.memory();
    await probe.alive();
    if (before !== undefined && after !== undefined) {
      demand(
        after - before < allowedBytes,
        'memory to stay where it was',
        `it grew by ${after - before} bytes`,
      );
    }
    if (served.length === 0) return { seen: 'all refused' };
    return { outcome: 'odd ones served', seen: served.map((word) => JSON.stringify(word)).join(', ') };
  },
});

/** Whether the client chooses this name in its polls. */
function isChosen(probe: Probe, field: 'channel' | 'name'): boolean {
  const { subscribe, open } = probe.profile;
  const hole = field === 'channel' ? 'channel' : 'client';
  return variablesOf(JSON.stringify([subscribe.url, subscribe.headers, subscribe.body ?? '', open])).includes(
    hole,
  );
}

/** Names that nobody means. */
export const limitsNames: readonly Case[] = [names];

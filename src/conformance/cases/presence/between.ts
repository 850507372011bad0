import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import { demand, Unclear } from '../../verify.ts';

const cycles = 100;

const online = defineCase({
  id: 'presence.between-polls.online',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A client between an answer and its next request does not flicker offline.',
  because:
    'Hooks that fire at each gap make presence useless for long polling; nchan switches them off for it.',
  needs: ['online', 'ownName'],
  seconds: (facts) => cyclesS(facts, cycles),
  async run(probe) {
    const client = await probe.reader();
    for (let cycle = 1; cycle <= cycles; cycle++) {
      const held = await client.subscribe();
      await probe.publish(`cycle ${cycle}`);
      if ((await held.within()) === undefined)
        throw new Unclear('a message did not end a hold, which is another row');
      const there = (await probe.presence.online(client.channel)).includes(client.name);
      demand(there, 'online in every gap', `offline in gap ${cycle} of ${cycles}`);
    }
    return { seen: `online in ${cycles} of ${cycles} gaps` };
  },
});

/** Clients in the gap between two polls. */
export const presenceBetween: readonly Case[] = [online];

import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Constants } from '../../constants.ts';
import { inWords } from '../../probe/reply.ts';
import { demand, NotApplicable, Unclear } from '../../verify.ts';
import { countAtRest, counterOf } from '../presence/counter.ts';

/** A proxy as impatient as this keeps the row short. */
const impatientMs = 2000;

/** It gives up first, so that it has even less patience where a hold is short. */
const proxyMs = ({ hold }: Constants): number =>
  Math.min(impatientMs, (hold?.ms ?? Number.POSITIVE_INFINITY) / 2);

const released = defineCase({
  id: 'proxy.timeout.released',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'When a proxy gives up first, the server forgets the request, and the next one works.',
  because:
    'Requests that only the server still believes in pile up behind every impatient proxy (TheHive#1602).',
  needs: ['counter'],
  seconds: ({ constants }) => (proxyMs(constants) + 4 * constants.settle.ms) / 1000,
  async run(probe) {
    const { count } = counterOf(probe, probe.channel);
    const afterMs = proxyMs(probe.constants);
    const { probe: behind } = await probe.through({ kind: 'timeout', afterMs });
    const client = await behind.reader({ channel: probe.channel });
    const base = await countAtRest(probe, count);
    const held = await client.ask({ fresh: true });
    const holding = await probe.pace.until(async () => (await count()) > base, probe.budgetMs);
    if (!holding) throw new Unclear('the poll behind the relay was never counted as held');
    if (held.exchange.state !== 'silent') {
      throw new NotApplicable('heads come when a hold begins, and no proxy can answer 504 after that');
    }
    const cut = await held.reply('the relay to answer 504', afterMs + probe.budgetMs);
    if (cut.raw.status !== 504) throw new Unclear(`the relay did not give up: ${inWords(cut)}`);
    const gaveUpAt = probe.clock.now();
    const isForgotten = async (): Promise<boolean> => (await count()) <= base;
    const forgotten = await probe.pace.until(isForgotten, probe.constants.release.ms);
    // Who is far over the time is so however late we are ourselves.
    const timeless = !forgotten && !(await probe.pace.until(isForgotten, 3 * probe.constants.release.ms));
    demand(
      forgotten,
      `the server to forget the request within ${Math.round(probe.constants.release.ms)} ms`,
      'it still counts it as held',
      { timeless },
    );
    const tookMs = probe.clock.now() - gaveUpAt;
    const next = await probe.reader();
    const again = await next.subscribe();
    const message = await probe.publish('after the proxy gave up');
    carries(probe, await again.reply('the next poll to work'), [message]);
    return { seen: `forgotten after ${Math.round(tookMs)} ms` };
  },
});

/** Proxies that give up first. */
export const proxyTimeout: readonly Case[] = [released];

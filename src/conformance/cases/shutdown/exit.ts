import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';
import { exitMs } from './patience.ts';

const idle = 5;
const held = 5;

const bounded = defineCase({
  id: 'shutdown.exit.bounded',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'The process ends within 10 s in spite of held and idle connections.',
  because:
    'Servers that wait for their last connection wait for ever (ipfs-webui#28, mcphub#1030, mold#1582).',
  needs: ['process'],
  seconds: () => 1,
  async run(probe) {
    const { instance, probe: own } = await probe.own();
    for (let i = 0; i < idle; i++) await own.ordinary({ fresh: true });
    for (let i = 0; i < held; i++) await own.subscribe({ fresh: true });
    const toldAt = probe.clock.now();
    instance.signal();
    const code = await probe.pace.within(instance.exited, exitMs);
    const tookMs = Math.round(probe.clock.now() - toldAt);
    demand(code !== undefined, `the process to end within ${exitMs / 1000} s`, 'it was still there');
    return { seen: `it ended after ${tookMs} ms with ${code}` };
  },
});

/** The end of the process. */
export const shutdownExit: readonly Case[] = [bounded];

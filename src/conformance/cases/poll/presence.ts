import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand } from '../../verify.ts';

const intervalSeconds = ({ constants }: Pick<Probe, 'constants'>, count: number): number =>
  (count * constants.interval.ms) / 1000;
const sampleMs = 200;

const marksOnline = defineCase({
  id: 'poll.presence.marks-online',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: 'A regular poll makes its client online.',
  because: 'The article: the server first takes note that the client is online.',
  needs: ['poll', 'online', 'ownName'],
  async run(probe) {
    const client = await probe.client({ regular: true });
    await client.poll();
    const online = await probe.pace.until(
      async () => (await probe.presence.online(client.channel)).includes(client.name),
      probe.budgetMs,
    );
    demand(
      online,
      `${client.name} among those who are online`,
      'it was not listed within the delivery budget',
    );
    return undefined;
  },
});

const expires = defineCase({
  id: 'poll.presence.expires',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A client that stops polling goes offline, after one to four intervals.',
  because: 'Ghosts in the list of users; or users who flicker, when it is too soon.',
  needs: ['poll', 'online', 'ownName'],
  tags: ['slow'],
  // Of one to four intervals.
  seconds: (facts) => intervalSeconds(facts, 3),
  async run(probe) {
    const intervalMs = probe.constants.interval.ms;
    const client = await probe.client({ regular: true });
    const last = await client.poll();
    const isGone = async (): Promise<boolean> =>
      !(await probe.presence.online(client.channel)).includes(client.name);
    const limitMs = 4 * intervalMs + probe.budgetMs - (probe.clock.now() - last.at);
    const gone = await probe.pace.until(isGone, limitMs, sampleMs);
    const tookMs = probe.clock.now() - last.at;
    // Who is online for as long again is so however late we are ourselves.
    const timeless = !gone && !(await probe.pace.until(isGone, 4 * intervalMs, sampleMs));
    demand(
      gone,
      `offline within four intervals of ${intervalMs} ms`,
      `online still after ${Math.round(tookMs)} ms`,
      { timeless },
    );
    demand(
      tookMs >= intervalMs,
      `online for at least one interval of ${intervalMs} ms`,
      `offline after ${Math.round(tookMs)} ms`,
    );
    return { seen: `offline ${Math.round(tookMs)} ms after its last poll` };
  },
});

const noFlap = defineCase({
  id: 'poll.presence.no-flap',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A client that polls every interval stays online all the time.',
  because: 'A limit equal to the interval makes everybody flicker as soon as there is jitter.',
  needs: ['poll', 'online', 'ownName'],
  tags: ['slow'],
  seconds: (facts) => intervalSeconds(facts, 5),
  async run(probe) {
    const intervalMs = probe.constants.interval.ms;
    const client = await probe.client({ regular: true });
    await client.poll();
    const beganAt = probe.clock.now();
    let nextPoll = beganAt + intervalMs;
    let samples = 0;
    while (probe.clock.now() < beganAt + 5 * intervalMs) {
      if (probe.clock.now() >= nextPoll) {
        await client.poll();
        nextPoll += intervalMs;
      }
      const online = (await probe.presence.online(client.channel)).includes(client.name);
      samples++;
      demand(
        online,
        'online at every moment',
        `offline ${Math.round(probe.clock.now() - beganAt)} ms after the first poll`,
      );
      await probe.pace.pass(sampleMs);
    }
    return { seen: `online in ${samples} of ${samples} samples` };
  },
});

/** Who counts as online among regular pollers. */
export const pollPresence: readonly Case[] = [marksOnline, expires, noFlap];

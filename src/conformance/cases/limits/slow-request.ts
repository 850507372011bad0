import type { Profile } from '../../../wire/profile.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand } from '../../verify.ts';
import { bodyOf } from '../request-parts.ts';

const usualPatienceMs = 120_000;
const everyMs = 1000;
const aliveEveryMs = 5000;

const patienceOf = ({ timing }: Profile): number => timing.probeRequest ?? usualPatienceMs;

/** Sends one byte a second until the server has had enough. @returns after how long; undefined when it never had */
async function trickle(
  probe: Probe,
  whole: Uint8Array,
  startAt: number,
): Promise<{ tookMs: number; how: string } | undefined> {
  const patienceMs = patienceOf(probe.profile);
  const connection = await probe.connect();
  const beganAt = probe.clock.now();
  const exchange = connection.expect('POST');
  connection.write(whole.subarray(0, startAt));
  const over = Promise.race([
    exchange.answer.then((answer) => ('cut' in answer ? 'closed' : String(answer.status))),
    connection.closed.then(() => 'closed'),
  ]);
  for (let at = startAt; probe.clock.now() - beganAt < patienceMs; at++) {
    // The last byte is never sent: the request must not become whole.
    if (at < whole.length - 1) connection.write(whole.subarray(at, at + 1));
    const how = await probe.pace.within(over, everyMs);
    if (how !== undefined) return { tookMs: probe.clock.now() - beganAt, how };
  }
  return undefined;
}

const ended = defineCase({
  id: 'limits.slow-request',
  duties: [{ level: 'SHOULD', authority: 'RFC 9110 §15.5.9' }],
  requires: 'A request that trickles in is ended within 120 s, and blocks nobody meanwhile.',
  because: 'To whoever runs the server, a thousand requests that never end look just like held polls.',
  tags: ['hostile'],
  info: {
    'body unlimited': 'the head has a time limit; the body of a publish was still awaited when it was over',
  },
  seconds: ({ profile }) => patienceOf(profile) / 1000 + 5,
  async run(probe) {
    const request = await probe.encodePublish(`${probe.newName()} ${'slow '.repeat(60)}`);
    const { head } = bodyOf(request);
    const both = Promise.all([
      trickle(probe, request.subarray(0, head.length), 20),
      trickle(probe, request, head.length + 1),
    ]);
    // Whoever is not served beside them ends the row before they do.
    both.catch(() => {});
    const others = [await probe.alive()];
    while ((await probe.pace.within(both, aliveEveryMs)) === undefined) others.push(await probe.alive());
    const [header, body] = await both;
    const told = (end: { tookMs: number; how: string } | undefined): string =>
      end === undefined ? 'never ended' : `ended by ${end.how} after ${Math.round(end.tookMs / 1000)} s`;
    const seen = `a trickling head: ${told(header)}; a trickling body: ${told(body)}; a delivery beside took at most ${Math.max(...others).toFixed(1)} ms`;
    const withinS = patienceOf(probe.profile) / 1000;
    demand(
      header !== undefined,
      `a trickling head to be ended within ${withinS} s, by 408 or by closing`,
      seen,
    );
    const slow = others.filter((ms) => ms > 10 * probe.budgetMs);
    demand(slow.length === 0, 'others to be served as before', seen);
    return body === undefined ? { outcome: 'body unlimited', seen } : { seen };
  },
});

/** Requests that take for ever. */
export const limitsSlowRequest: readonly Case[] = [ended];

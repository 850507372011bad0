import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand } from '../../verify.ts';
import { bodyOf } from '../request-parts.ts';

/** What a publish gets that expects what nobody has heard of. */
async function unheardOf(probe: Probe): Promise<string> {
  const { answer } = await probe.offer(`${probe.newName()} expects`, {
    fresh: true,
    extra: [['Expect', 'unheard-of']],
  });
  if (answer === undefined) return 'no answer';
  return 'cut' in answer ? `no answer (${answer.cut})` : String(answer.status);
}

const continues = defineCase({
  id: 'http.expect.continue',
  duties: [{ level: 'MUST', authority: 'RFC 9110 §10.1.1' }],
  requires: 'A publish that expects 100-continue gets 100 or a final answer before its body is sent.',
  because: 'curl waits a second for it before each larger publish, and stricter clients wait for ever.',
  async run(probe) {
    const text = `${probe.newName()} expected`;
    const bytes = await probe.encodePublish(text, { extra: [['Expect', '100-continue']] });
    const { length } = bodyOf(bytes).head;
    const connection = await probe.connect();
    const exchange = connection.request(bytes.subarray(0, length), probe.profile.publish.method);
    const first = await probe.pace.within(
      Promise.race([exchange.firstInterim, exchange.answer]),
      probe.budgetMs,
    );
    demand(first !== undefined, '100 or a final status while the body is still held back', 'no answer');
    demand(!('cut' in first), '100 or a final status', 'the connection ended');
    const unknown = `an unknown expectation gets ${await unheardOf(probe)}`;
    if (first.status >= 200) return { seen: `${first.status} before the body; ${unknown}` };
    connection.write(bytes.subarray(length));
    const last = await exchange.within(10 * probe.budgetMs);
    demand(
      last !== undefined && !('cut' in last),
      'a final status once the body is sent',
      last === undefined ? 'no answer' : 'the connection ended',
    );
    return { seen: `${first.status}, then ${last.status}; ${unknown}` };
  },
});

/** Asking before sending. */
export const httpExpect: readonly Case[] = [continues];

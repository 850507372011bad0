import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';

const longBytes = 70_000;
const manyHeaders = 2000;

const tooBig = defineCase({
  id: 'limits.headers',
  duties: [{ level: 'SHOULD', authority: 'RFC 6585 §5' }],
  requires: 'A request with too large or too many headers is refused with 431 or 400.',
  because: 'Held requests keep their headers in memory for as long as they are held.',
  tags: ['hostile'],
  lenient: { closed: 'the connection is closed without an answer' },
  seconds: ({ constants }) => (3 * constants.settle.ms) / 1000,
  async run(probe) {
    const client = await probe.reader();
    const cases: Record<string, [string, string][]> = {
      [`a header of ${longBytes} bytes`]: [['X-Pollmark', 'x'.repeat(longBytes)]],
      [`${manyHeaders} headers`]: Array.from({ length: manyHeaders }, (_, i) => [
        `X-Pollmark-${i}`,
        // Together they are too large as well: no standard bounds the mere number of fields.
        'a header of some length, as they are',
      ]),
    };
    const seen: string[] = [];
    let closed = false;
    for (const [what, extra] of Object.entries(cases)) {
      const connection = await probe.connect();
      const exchange = connection.request(client.encode({ extra }), 'GET');
      const answer = await exchange.within(10 * probe.budgetMs);
      demand(answer !== undefined, `${what} to be refused`, 'the poll was held');
      if (answer.status === undefined) closed = true;
      else
        demand(answer.status === 431 || answer.status === 400, `431 or 400 for ${what}`, `${answer.status}`);
      seen.push(`${what}: ${answer.status ?? 'closed'}`);
    }
    await probe.alive();
    return { ...(closed && { outcome: 'closed' }), seen: seen.join('; ') };
  },
});

/** Heads that are too large. */
export const limitsHeaders: readonly Case[] = [tooBig];

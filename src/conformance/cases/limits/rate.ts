import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';

const requests = 300;
const atOnce = 10;

const rate429 = defineCase({
  id: 'limits.rate.429',
  duties: [{ level: 'MAY', authority: 'RFC 6585 §4' }],
  requires: 'A limit of the rate says 429, which no cache may keep.',
  because: 'A stored 429 keeps a client out long after it has calmed down (documents-API#31).',
  info: { 'never limited': `${requests} requests as fast as they were answered, and none was refused` },
  seconds: ({ constants }) => (requests * (constants.deliveryP50Ms / 2 + 0.5)) / 1000,
  async run(probe) {
    let refusal: RawAnswer | undefined;
    let sent = 0;
    const ask = async (): Promise<void> => {
      while (sent < requests && refusal === undefined) {
        sent++;
        const { answer } = await probe.ordinary();
        if (answer.status === 429) refusal ??= answer;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, ask));
    if (refusal === undefined) return { outcome: 'never limited' };
    const { headers } = refusal as RawAnswer;
    const caching = String(headers['cache-control'] ?? '');
    demand(
      !/public|(?:max-age|s-maxage)\s*=\s*"?[1-9]/i.test(caching),
      '429 that no cache may keep (RFC 6585, section 4)',
      `Cache-Control: ${caching}`,
    );
    return { seen: `429 after ${sent} requests, Retry-After: ${String(headers['retry-after'] ?? 'none')}` };
  },
});

/** Limits of the rate. */
export const limitsRate: readonly Case[] = [rate429];

import { createHash } from 'node:crypto';
import { type Case, defineCase } from '../../case.ts';
import { cyclesS } from '../../expected.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Received } from '../../probe/reply.ts';
import { demand, Unclear } from '../../verify.ts';
import { arrival } from './arrival.ts';

const kib = 1024;
const ladderBytes = [1, kib, 16 * kib - 1, 16 * kib, 64 * kib, kib * kib];

const ladder = defineCase({
  id: 'message.size.ladder',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'Messages of every size up to the stated limit arrive whole.',
  because: 'Buffers end at 16 or 64 KiB, and what does not fit is cut or never comes (cometd#562).',
  seconds: (facts) => 0.2 + cyclesS(facts, ladderBytes.length),
  async run(probe) {
    const { maxBytes } = probe.profile.payload;
    const client = await probe.reader();
    let largestBodyBytes = 0;
    for (const size of ladderBytes) {
      if (maxBytes !== undefined && size > maxBytes) break;
      const text = textOf(probe, size);
      const held = await client.subscribe();
      const { answer, publication } = await probe.offer(text);
      if (publication === undefined) {
        const status = answer === undefined || 'cut' in answer ? 'no answer' : answer.status;
        // Without a stated limit the first refusal is the limit.
        if (maxBytes === undefined && status === 413) break;
        demand(maxBytes === undefined, `${size} bytes to be accepted, as the profile says`, `${status}`);
        throw new Unclear(`${size} bytes were not acknowledged: ${status}`);
      }
      const wanted = hash(text);
      const isWhole = (each: Received): boolean => hash(each.text) === wanted;
      const { found, others } = await arrival(client, held, isWhole, 10 * probe.budgetMs);
      demand(
        found !== undefined,
        `${size} bytes to arrive as they were`,
        others.length === 0 ? 'nothing came' : `${others[0]!.bytes.length} bytes came, or others`,
      );
      largestBodyBytes = size;
    }
    return { seen: `up to ${largestBodyBytes} bytes`, measured: { largestBodyBytes } };
  },
});

/** A text of so many bytes, unlike any other where there is room for it. */
function textOf(probe: Probe, size: number): string {
  if (size === 1) return 'x';
  return `${probe.newName()} `.padEnd(size, 'abcdefghijklmnopqrstuvwxyz0123456789').slice(0, size);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** How large a message may be. */
export const messageSize: readonly Case[] = [ladder];

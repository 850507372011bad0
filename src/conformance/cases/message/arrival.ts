import type { Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Received } from '../../probe/reply.ts';

/** Somebody else may publish on the same channel, but not for ever. */
const foreignAtMost = 1000;

export interface Arrival {
  /** The message that was waited for; undefined when nothing more came. */
  readonly found: Received | undefined;
  /** Everything that came instead, or before. */
  readonly others: readonly Received[];
}

/**
 * Waits for one message that is known by what it looks like, since its text may not be what was published.
 * @param first a poll that is already out
 */
export async function arrival(
  client: Client,
  first: Held,
  isIt: (message: Received) => boolean,
  quietMs?: number,
): Promise<Arrival> {
  const others: Received[] = [];
  let held: Held | undefined = first;
  while (others.length < foreignAtMost) {
    const got = await client.collect(1, { first: held, ...(quietMs !== undefined && { quietMs }) });
    held = undefined;
    const found = got.find(isIt);
    if (found !== undefined || got.length === 0) return { found, others };
    others.push(...got);
  }
  return { found: undefined, others };
}

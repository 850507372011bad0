import type { Probe } from '../probe/probe.ts';
import type { Publication } from '../probe/publication.ts';

/** At most so many publishes are unanswered at a time. */
export const burstWidth = 16;
/** More messages than this are published for no row. */
const most = 20_000;
/** Where nobody says how much is kept, so much should not be. */
const plenty = 5000;

export interface BurstOptions {
  readonly channel?: string | undefined;
  /** From the start of one publish to that of the next; 0: as soon as there is room. Milliseconds. */
  readonly spacingMs?: number | undefined;
  /** Publishes that may be unanswered at a time. */
  readonly atOnce?: number | undefined;
  readonly words?: string | undefined;
  /** No publish begins later than this; then there are fewer. Milliseconds. */
  readonly atMostMs?: number | undefined;
}

/**
 * Publishes so many messages in a fixed rhythm, without waiting for one acknowledgement before the next. A
 * session publishes one by one: several requests of one session at a time are an offence to many servers.
 * @returns what was published, in the order of sending
 * @throws Unclear when one is not acknowledged
 */
export async function burst(
  probe: Probe,
  count: number,
  { channel, spacingMs = 0, atOnce = burstWidth, words = 'burst', atMostMs = Infinity }: BurstOptions = {},
): Promise<Publication[]> {
  const width = probe.profile.publish.as === 'session' ? 1 : atOnce;
  const published: Publication[] = [];
  const startedAt = probe.clock.now();
  let next = 0;
  const publishOn = async (): Promise<void> => {
    for (let i = next++; i < count && probe.clock.now() - startedAt <= atMostMs; i = next++) {
      const early = startedAt + i * spacingMs - probe.clock.now();
      if (early > 0) await probe.pace.pass(early);
      published[i] = await probe.publish(`${words} ${i + 1}`, { channel });
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, publishOn));
  return published;
}

/** The number wished for, but no more than the target says that it remembers: a row about loss must not judge memory. */
export function remembered({ profile }: Pick<Probe, 'profile'>, wanted: number): number {
  return Math.min(wanted, profile.claims.retention?.count ?? wanted);
}

/** So many messages that something must have been forgotten; undefined when that is more than anybody should publish. */
export function pastRetention({ profile }: Pick<Probe, 'profile'>): number | undefined {
  const count = profile.claims.retention?.count;
  if (count === undefined) return plenty;
  const past = Math.ceil(count * 1.1) + 50;
  return past <= most ? past : undefined;
}

/** So many messages one after the other, each acknowledged before the next is sent. */
export function inTurn(probe: Probe, count: number, words: string): Promise<Publication[]> {
  return burst(probe, count, { atOnce: 1, words });
}

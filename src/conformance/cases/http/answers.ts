import type { Profile } from '../../../wire/profile.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import type { Asking } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import { Unclear } from '../../verify.ts';

/** One answer of the target, and in which situation it was given. */
export interface Sample {
  /** Such as `the answer with a message`. */
  readonly what: string;
  readonly answer: RawAnswer;
}

/** Whether "nothing came" can be had without waiting for the end of a hold. */
function emptyIsCheap({ regular, hold }: Profile): boolean {
  return regular !== undefined || (hold.kind === 'requested' && hold.minimum === undefined);
}

/** Seconds that the empty answer takes: none where it is cheap, or never comes. */
export function emptySeconds({ profile, constants }: Pick<Probe, 'profile' | 'constants'>): number {
  return emptyIsCheap(profile) ? 0 : (constants.hold?.ms ?? 0) / 1000;
}

/** The answer that brings a message to a poll that was held; each sample has a channel of its own, since new clients may begin at the oldest message. */
export async function messageAnswer(probe: Probe, asking: Asking = {}): Promise<Sample> {
  const channel = await probe.newChannel();
  const held = await probe.subscribe({ ...asking, channel });
  await probe.publish('sample', { channel });
  const { raw, reading } = await held.reply('a poll to be answered with a message');
  if (reading.outcome.kind === 'empty') throw new Unclear('the hold ended before the message came');
  return { what: 'the answer with a message', answer: raw };
}

/**
 * The answer that says that nothing came; undefined where the target gives none.
 * @param patient waits for the end of a hold where there is no cheaper way
 */
async function emptyAnswer(
  probe: Probe,
  { patient, ...asking }: Asking & { readonly patient: boolean },
): Promise<Sample | undefined> {
  const { profile } = probe;
  const channel = await probe.newChannel();
  if (emptyIsCheap(profile)) {
    const client = await probe.reader({ channel, regular: profile.regular !== undefined });
    const reply = await client.poll(asking);
    return { what: 'the answer to a poll that finds nothing', answer: reply.raw };
  }
  const holdMs = probe.constants.hold?.ms;
  if (!patient || profile.hold.kind === 'unbounded' || holdMs === undefined) return undefined;
  const held = await probe.subscribe({ ...asking, channel });
  const { slack, jitter } = profile.hold;
  const reply = await held.reply('an idle hold to end', 1.5 * holdMs + slack + jitter + probe.budgetMs);
  return { what: 'the answer at the end of an idle hold', answer: reply.raw };
}

/** The answer to a poll that the target refuses by its profile: one with a cursor that it never gave; undefined where it says nothing of that. */
async function errorAnswer(probe: Probe, asking: Asking = {}): Promise<Sample | undefined> {
  const { cursor, refuses } = probe.profile;
  if (refuses.badCursor === undefined || cursor.length === 0) return undefined;
  const place = Object.fromEntries(cursor.map((source) => [source.var, 'no-cursor-of-yours']));
  const client = await probe.client();
  await client.open();
  const answer = await probe.request(client.request({ place, ...asking }), asking);
  if (answer === undefined || 'cut' in answer) throw new Unclear('a poll with a bad cursor had no answer');
  if (answer.status < 400) throw new Unclear(`a poll with a bad cursor got ${answer.status}`);
  return { what: `the ${answer.status} to a bad cursor`, answer };
}

/** The answers to polls: with a message, with nothing, and an error, as far as the target gives them. */
export async function pollAnswers(
  probe: Probe,
  options: Asking & { readonly patient: boolean },
): Promise<Sample[]> {
  const { patient: _, ...asking } = options;
  // The empty one first: on a target without channels a message would end it.
  const empty = await emptyAnswer(probe, options);
  const error = await errorAnswer(probe, asking);
  const message = await messageAnswer(probe, asking);
  return [message, empty, error].filter((sample) => sample !== undefined);
}

/** Names what was looked at, for a report. */
export function inShort(samples: readonly Sample[]): string {
  return samples.map(({ what, answer }) => `${what} (${answer.status})`).join(', ');
}

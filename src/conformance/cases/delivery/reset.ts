import { inWords, type Reply } from '../../probe/reply.ts';

/** How an answer tells a client that its place is no good or that messages are missing; undefined when it does not. */
export function resetOf(reply: Reply): string | undefined {
  const { outcome, session } = reply.reading;
  if (session === 'gone' || session === 'lost') {
    return `${reply.raw.status}, which the profile reads as "${session}"`;
  }
  if ('behind' in outcome && outcome.behind) return inWords(reply);
  if (outcome.kind === 'refused' && outcome.status >= 400 && outcome.status < 500)
    return `refused with ${outcome.status}`;
  return undefined;
}

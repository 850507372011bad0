import type { Cursor, Message } from '../../../protocol/message.ts';
import type { Outcome } from '../../../protocol/poll.ts';
import { unavailableForS } from '../../../wire/http.ts';
import type { VirtualSpec } from '../spec.ts';
import type { Result } from './exchange.ts';

/** What the end of a poll is to its client. */
export interface Meaning {
  readonly outcome: Outcome<Cursor, Message>;
  readonly status: number | null;
  /** Texts in the answer. */
  readonly messages: number;
  /** There was one that is no message of the run. */
  readonly foreign: boolean;
}

/**
 * Whether the clients are the article's page itself, which goes on from no cursor and looks at nothing but the
 * status. (Real ones are `world/real/load/article-loop.ts`; its waits are those of the policy.)
 */
export function isArticlePage({ mode }: Pick<VirtualSpec, 'mode'>): boolean {
  return mode.kind === 'long' && mode.retry.policy === 'article';
}

export function meaningOf(result: Result, spec: VirtualSpec): Meaning {
  const nothing = { messages: 0, foreign: false };
  switch (result.kind) {
    case 'messages':
      return { outcome: result, status: 200, messages: result.messages.length, foreign: false };
    case 'empty':
      return { outcome: result, status: 200, ...nothing };
    case 'broken':
      return { outcome: result, status: null, ...nothing };
    case 'refused': {
      const bad = result.reason === 'bad-cursor';
      const refused = bad
        ? ({ kind: 'refused', status: 400 } as const)
        : ({ kind: 'refused', status: 503, retryAfterMs: unavailableForS * 1000 } as const);
      return { outcome: refused, status: refused.status, ...nothing };
    }
    case 'status':
      return ofStatus(result, spec);
  }
}

/** An answer with no content of ours, by the profile of each server: `profiles/reference.yaml`, `article.yaml`. */
function ofStatus({ status, retryAfterMs }: Extract<Result, { kind: 'status' }>, spec: VirtualSpec): Meaning {
  const article = spec.server.semantics === 'article';
  if (article && status === 200) {
    // To the article's clients any text is a message, also none.
    const outcome = { kind: 'messages', messages: [], cursor: undefined, behind: false } as const;
    return { outcome, status, messages: 1, foreign: true };
  }
  if (article && status === 204 && !isArticlePage(spec)) {
    return {
      outcome: { kind: 'empty', cursor: undefined, behind: false },
      status,
      messages: 0,
      foreign: false,
    };
  }
  const refused = { kind: 'refused', status, ...(retryAfterMs !== undefined && { retryAfterMs }) } as const;
  return { outcome: refused, status, messages: 0, foreign: false };
}

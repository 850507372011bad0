import { OpeningFailed, type Steps } from '../../../wire/dialogue.ts';
import type { Answer } from '../../../wire/extract.ts';
import { withHeaders } from '../../../wire/request.ts';
import type { Ask } from './exchange.ts';

/** How requests go out, and what goes with each of them. */
export interface Way {
  readonly ask: Ask;
  readonly headers: Readonly<Record<string, string>>;
}

export type Performed =
  | { readonly kind: 'done' }
  /** An answer was not as the profile says. */
  | { readonly kind: 'refused'; readonly failure: OpeningFailed }
  /** There was no answer. */
  | { readonly kind: 'broken'; readonly reason: string; readonly definite: boolean };

/**
 * Sends the requests of a dialogue's steps one after the other, each answer given back to it.
 * @returns abort, after which `then` is not called any more
 */
export function perform(way: Way, steps: Steps<void>, then: (performed: Performed) => void): () => void {
  let abort = (): void => {};
  let over = false;
  const end = (performed: Performed): void => {
    if (over) return;
    over = true;
    then(performed);
  };
  const advance = (answer?: Answer): void => {
    let next: ReturnType<typeof steps.next>;
    try {
      // The first call only runs up to the first request; what it is given is not looked at.
      next = steps.next(answer as Answer);
    } catch (error) {
      if (error instanceof OpeningFailed) return end({ kind: 'refused', failure: error });
      throw error;
    }
    if (next.done === true) return end({ kind: 'done' });
    abort = way.ask(withHeaders(next.value, way.headers), {
      ended: advance,
      broke: (reason, definite) => end({ kind: 'broken', reason, definite }),
    });
  };
  advance();
  return () => {
    over = true;
    abort();
  };
}

/** The same as a promise; `broken` by a timeout when it takes longer than `patienceMs`. */
export function performWithin(patienceMs: number, way: Way, steps: Steps<void>): Promise<Performed> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      abort();
      resolve({ kind: 'broken', reason: 'timeout', definite: false });
    }, patienceMs);
    const abort = perform(way, steps, (performed) => {
      clearTimeout(timer);
      resolve(performed);
    });
  });
}

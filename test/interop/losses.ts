import type { TargetName } from './targets.ts';

/** What a server is known to do to clients whose connections break. */
export interface Manners {
  /** Whether what is published meanwhile is waiting for them: then nothing may be lost. */
  readonly keeps: boolean;
  /** Which errors its clients see because their sessions are gone: they open new ones. */
  readonly reopens: RegExp | null;
  /** One sentence in our own words, printed beside what was counted. */
  readonly why: string;
}

/** Seen with the versions and configurations of `targets.ts`; a baseline, not a verdict on the product. */
export const manners: Readonly<Record<TargetName, Manners>> = {
  seed: { keeps: false, reopens: null, why: 'it has no memory: what nobody is there for is gone' },
  nchan: { keeps: true, reopens: null, why: 'the cursor says what is missing' },
  faye: {
    keeps: false,
    reopens: null,
    why: 'it does not always notice that a poll has been aborted, and hands the next message to it',
  },
  engineio: {
    keeps: false,
    reopens: /^status 400$/,
    why: 'an aborted poll ends its session, and the messages of the session with it',
  },
  sockjs: {
    keeps: false,
    reopens: /^status 200$/,
    why: 'an aborted poll ends its session, and the next one begins another without a word',
  },
  'durable-streams': { keeps: true, reopens: null, why: 'the offset says what is missing' },
  bosh: { keeps: true, reopens: null, why: 'a request of the same number is answered by the same answer' },
};

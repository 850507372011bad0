import type { Warning } from '../../measure/result.ts';

/** A mode was interrupted that is counted on the way. */
export function cutShort(mode: string): Warning {
  return {
    code: 'cut-short',
    text: `${mode}: interrupted before a run that is counted as it goes was over; nothing is known of it.`,
  };
}

export const eventsNotKept: Warning = {
  code: 'events-not-kept',
  text: 'the run has more events than are kept; they were counted as they came, and there is no file of events.',
};

export const playedAlone: Warning = {
  code: 'played-alone',
  text:
    'each client was played by itself and counted as it went: percentiles are told to one part in 1,024, messages have ' +
    'numbers within their channels, polls held at once were looked at once a millisecond at most, and there is no file of events.',
};

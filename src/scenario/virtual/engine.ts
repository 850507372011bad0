import type { Result } from '../../measure/result.ts';
import type { Profile } from '../../wire/profile.ts';
import { ownProfile } from '../find.ts';
import type { Mode, Scenario } from '../scenario.ts';
import type { EngineChoice } from './choice.ts';
import { eventsExpected } from './extent.ts';
import { whyTogether } from './lone.ts';

type Counting = NonNullable<Result['virtual']>['counted'];

/** How several modes were counted, in one word: the one that says least of single events. */
export function countingOf(all: readonly Counting[]): Counting {
  return all.find((how) => how === 'streamed') ?? all.find((how) => how === 'alone') ?? 'kept';
}

/** How a mode is played, and why so, as the rest of a sentence. */
export interface Way {
  readonly alone: boolean;
  readonly why: string;
}

const millions = (count: number): string =>
  count < 1e6 ? `${Math.round(count)}` : `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} million`;

/** @param room so many events may still be kept */
export function wayOf(
  scenario: Scenario,
  mode: Mode,
  profile: Profile,
  choice: EngineChoice,
  room: number,
): Way {
  if (choice !== 'auto') return { alone: choice === 'alone', why: 'it was asked for' };
  const events = eventsExpected(scenario, mode);
  if (events <= room) return { alone: false, why: `about ${millions(events)} events can be kept` };
  return wayOfMany(scenario, mode, profile, `about ${millions(events)}`);
}

/** How more events are played than may be kept. @param events how many, in words */
export function wayOfMany(scenario: Scenario, mode: Mode, profile: Profile, events: string): Way {
  const together = whyTogether(scenario, mode, profile);
  const why = `${events} events are too many to be kept, and ${together ?? 'no client touches another'}`;
  return { alone: together === null, why };
}

/** Why modes cannot be played as it was asked for, each in a sentence. */
export function refusedEngine(scenario: Scenario, modes: readonly Mode[], choice: EngineChoice): string[] {
  if (choice !== 'alone') return [];
  const profile = ownProfile(scenario.server.semantics);
  return modes.flatMap((mode) => {
    const why = whyTogether(scenario, mode, profile);
    return why === null ? [] : [`clients of ${mode.name} cannot be played alone: ${why}; leave out --engine`];
  });
}

import { describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import { Absence } from '../../../../src/world/real/load/absence.ts';
import { until } from '../raw.ts';

const clock = monotonicClock();

function made(): { absence: Absence; said: string[]; say(word: string): () => void } {
  const said: string[] = [];
  return { absence: new Absence(clock), said, say: (word) => () => void said.push(word) };
}

describe('a client that is there', () => {
  it('is kept from nothing', () => {
    const { absence, said, say } = made();
    absence.arrived(say('answer'));
    absence.departs(say('request'));
    absence.due(say('alarm'));
    expect(said).toEqual(['answer', 'request', 'alarm']);
  });
});

describe('a client that sleeps', () => {
  it('gets what came in its order, then what came due; what it had sent went on', () => {
    const { absence, said, say } = made();
    absence.sleep();
    absence.due(say('alarm'));
    absence.arrived(say('first'));
    absence.departs(say('request'));
    absence.arrived(say('second'));
    absence.due(say('later'));
    expect(said).toEqual(['request']);
    absence.wake();
    expect(said).toEqual(['request', 'first', 'second', 'alarm', 'later']);
    absence.arrived(say('third'));
    expect(said.at(-1)).toBe('third');
  });

  it('rings what came due once it is awake, unless it was cancelled meanwhile', async () => {
    const { absence, said, say } = made();
    absence.sleep();
    absence.callAt(clock.now() + 2, say('kept'));
    const cancelled = absence.callAt(clock.now() + 1, say('cancelled'));
    const end = clock.now() + 20;
    await until(() => clock.now() > end);
    cancelled.cancel();
    expect(said).toEqual([]);
    absence.wake();
    expect(said).toEqual(['kept']);
    absence.callAt(clock.now() + 1, say('awake'));
    await until(() => said.length === 2);
  });

  it('may fall asleep again over what it is given: the rest waits on', () => {
    const { absence, said, say } = made();
    absence.sleep();
    absence.arrived(() => absence.sleep());
    absence.arrived(say('rest'));
    absence.due(say('alarm'));
    absence.wake();
    expect(said).toEqual([]);
    absence.wake();
    expect(said).toEqual(['rest', 'alarm']);
  });
});

describe('a client without a network', () => {
  it('goes on by itself; what comes and what goes waits, in its order', () => {
    const { absence, said, say } = made();
    absence.goOffline();
    absence.departs(say('request'));
    absence.arrived(say('answer'));
    absence.due(say('alarm'));
    expect(said).toEqual(['alarm']);
    absence.goOnline();
    expect(said).toEqual(['alarm', 'request', 'answer']);
  });

  it('that sleeps as well has to be back from both', () => {
    const { absence, said, say } = made();
    absence.goOffline();
    absence.sleep();
    absence.arrived(say('answer'));
    absence.due(say('alarm'));
    absence.wake();
    expect(said).toEqual(['alarm']);
    absence.goOnline();
    expect(said).toEqual(['alarm', 'answer']);
  });
});

describe('a client that has ended', () => {
  it('gets nothing of what waited', () => {
    const { absence, said, say } = made();
    absence.sleep();
    absence.arrived(say('answer'));
    absence.due(say('alarm'));
    absence.forget();
    absence.wake();
    expect(said).toEqual([]);
  });
});

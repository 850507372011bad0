import { getHeapStatistics } from 'node:v8';
import { formatSize } from '../../wire/units.ts';
import { ownProfile } from '../find.ts';
import type { Mode, Scenario } from '../scenario.ts';
import type { EngineChoice } from './choice.ts';
import { wayOf } from './engine.ts';
import { messagesExpected } from './extent.ts';

/** So many events are kept in memory, over all modes and repetitions, unless somebody says otherwise. */
export const mostEventsUsually = 1_000_000;

/**
 * What a client, a channel and a message cost in memory where all are played together, bytes. A million clients on
 * one channel were resident in 1.3 GB, 200,000 on as many channels in 1.9 GB, part of which lies outside the heap; a
 * message is an object in the plan, in the arrivals and among the publishes.
 */
const together = { perClient: 1_300, perChannel: 7_000, perMessage: 500 };
/**
 * And where each client is played by itself: when it comes; the messages of one channel at a time, in several lists;
 * and of each that reaches several clients how far apart it did, up to so many. What theory is told of is bounded.
 */
const alone = { perClient: 64, perMessage: 200, perSpread: 16, mostSpreads: 4_000_000 };

function needs(scenario: Scenario, isAlone: boolean): number {
  const { clients } = scenario;
  const messages = messagesExpected(scenario);
  if (!isAlone)
    return (
      clients.count * together.perClient +
      clients.channels * together.perChannel +
      messages * together.perMessage
    );
  const isReplay = scenario.arrivals.process.kind === 'replay';
  const atOnce = isReplay ? messages : messages / clients.channels;
  const spreads = clients.count > clients.channels ? Math.min(messages, alone.mostSpreads) : 0;
  return clients.count * alone.perClient + atOnce * alone.perMessage + spreads * alone.perSpread;
}

/** How many threads have room beside one another, each with clients that are played one by one; at least one. */
export function threadsThatFit(scenario: Scenario): number {
  return Math.max(1, Math.floor(getHeapStatistics().heap_size_limit / needs(scenario, true)));
}

/**
 * Why a scenario cannot be played in the memory of this process, in a sentence; null when it can.
 * @param modes those that will run
 */
export function tooLarge(
  scenario: Scenario,
  modes: readonly Mode[] = scenario.modes,
  choice: EngineChoice = 'auto',
  mostEvents = mostEventsUsually,
): string | null {
  const profile = ownProfile(scenario.server.semantics);
  const ways = modes.map((mode) => wayOf(scenario, mode, profile, choice, mostEvents));
  const most = Math.max(0, ...ways.map((way) => needs(scenario, way.alone)));
  const room = getHeapStatistics().heap_size_limit;
  if (most <= room) return null;
  const mib = (bytes: number): string => formatSize(Math.ceil(bytes / 2 ** 20) * 2 ** 20);
  const worst = ways.find((way) => needs(scenario, way.alone) === most)!;
  return (
    `${scenario.name} has ${scenario.clients.count} clients and about ${Math.round(messagesExpected(scenario))} messages, ` +
    `which needs about ${mib(most)} of memory, since ${worst.why}; this process has ${mib(room)}. Make it shorter or ` +
    `smaller, or give it more: NODE_OPTIONS=--max-old-space-size=${Math.ceil((1.2 * most) / 2 ** 20)}`
  );
}

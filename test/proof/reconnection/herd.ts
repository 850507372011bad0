import type { KeptRun } from '../../../src/measure/history.ts';
import { holdHerdShare } from '../../../src/measure/theory/hold-herd.ts';
import { meanPeak } from '../../../src/measure/theory/recovery.ts';
import type { Cell } from './table.ts';

const stepMs = 100;

/**
 * Round by round, when each client began its next poll, counted from its own first one: connections that are made all at
 * once take a machine longer than a step, and what is asked is what the holds add to that.
 */
function roundsOf({ events }: KeptRun): number[][] {
  const rounds: number[][] = [];
  const begun = new Map<number, number>();
  const first = new Map<number, number>();
  for (const event of events) {
    if (event.kind !== 'poll-sent' || !event.waits) continue;
    const round = begun.get(event.client) ?? 0;
    begun.set(event.client, round + 1);
    rounds[round] ??= [];
    if (round === 0) first.set(event.client, event.at);
    rounds[round].push(event.at - first.get(event.client)!);
  }
  return rounds;
}

/** The fullest step, of those of which one has the mean of the instants in its middle. */
function fullest(instants: readonly number[]): number {
  const middle = instants.reduce((sum, at) => sum + at, 0) / instants.length;
  const counts = new Map<number, number>();
  for (const at of instants) {
    const step = Math.round((at - middle) / stepMs);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

/** The shares of all steps by theory, the middle one first: what a wider step around the middle has more. */
function sharesAfter(rounds: number, jitterMs: number): number[] {
  const shares = [holdHerdShare(jitterMs, rounds, stepMs)];
  for (let i = 1; (2 * i - 1) * stepMs < rounds * jitterMs; i++) {
    const ring =
      holdHerdShare(jitterMs, rounds, (2 * i + 1) * stepMs) -
      holdHerdShare(jitterMs, rounds, (2 * i - 1) * stepMs);
    shares.push(ring / 2, ring / 2);
  }
  return shares;
}

export interface Round {
  readonly round: number;
  /** Of ever more clients. */
  readonly limit: number;
  /** Of as many as there were. */
  readonly share: Cell;
}

const lastRound = 8;

/**
 * The share of the clients in the worst 100 ms of each round. The fullest of many steps of few clients lies above the
 * share of the middle one; it is off by what a binomial count is.
 */
export function herdRounds(run: KeptRun, jitterMs: number): Round[] {
  const { clients } = run.run;
  return roundsOf(run)
    .slice(1, 1 + lastRound)
    .map((instants, i) => {
      const round = i + 1;
      const limit = holdHerdShare(jitterMs, round, stepMs);
      const predicted = jitterMs === 0 ? 1 : meanPeak(sharesAfter(round, jitterMs), clients) / clients;
      const error = 4 * Math.sqrt((predicted * (1 - predicted)) / clients) + 1 / clients;
      const measured = fullest(instants) / instants.length;
      const from = jitterMs === 0 ? 0.5 : Math.max(0, predicted - error);
      return { round, limit, share: { predicted, measured, from, to: Math.min(1, predicted + error) } };
    });
}

import type { KeptRun } from '../../../src/measure/history.ts';
import type { ModeResult } from '../../../src/measure/result.ts';
import { cutLoss, unbufferedLoss } from '../../../src/measure/theory/loss.ts';
import { articlePauseMs } from '../../../src/protocol/backoff.ts';
import { readScenario } from '../../../src/scenario/file.ts';
import { about, type Cell } from './table.ts';

const oneWayMs = 20;
const resetEveryMs = 500;
const idleMs = 200;

/** Four modes of one run, each with its own fault. */
export const lossScenario = readScenario(
  `
version: 1
name: without-a-memory
duration: 80s
cooldown: 3s
order: together
server: { semantics: article }
network: { oneWay: ${oneWayMs}ms }
clients: { count: 10 }
arrivals: { rate: 10/s }
modes:
  - { name: plain, kind: long, retry: { policy: article-repaired } }
  - { name: reset, kind: long, retry: { policy: article-repaired } }
  - { name: cut, kind: long, retry: { policy: article-repaired } }
  - { name: cut-and-pause, kind: long, retry: { policy: article } }
faults:
  - { kind: connection-reset, at: ${resetEveryMs}ms, repeat: { every: ${resetEveryMs}ms }, modes: [reset] }
  - { kind: cut-idle, at: 0s, idle: ${idleMs}ms, how: 504, modes: [cut, cut-and-pause] }
`,
  'loss.yaml',
);

/** Means of the run itself: nominal values would be off by what a machine adds to a gap of 40 ms. */
export interface Realised {
  /** Messages for each client in a millisecond. */
  readonly rate: number;
  /** From an answer's leaving the server until the next poll is held. */
  readonly gapMs: number;
}

/** A publish goes up without delay, so a delivery takes the way down, and what the machine needs; the way up comes on top. */
function realised({ run, events }: KeptRun, { repetitions: [only] }: ModeResult): Realised {
  const endedAt = new Map<number, number>();
  let [turns, sum] = [0, 0];
  for (const event of events) {
    if (event.kind === 'poll-ended' && event.end === 'messages') endedAt.set(event.client, event.at);
    if (event.kind !== 'poll-sent' || !endedAt.has(event.client)) continue;
    sum += event.at - endedAt.get(event.client)!;
    turns++;
    endedAt.delete(event.client);
  }
  const rate = only!.messages.expected / run.clients / (run.windowTo - run.windowFrom);
  return { rate, gapMs: only!.delivery_from_sent_ms.mean! + sum / turns + oneWayMs };
}

export interface LossRow extends Realised {
  readonly mode: string;
  readonly formula: string;
  readonly lost: Cell;
  /** Of the messages, those lost after a poll that had failed. */
  readonly afterFailure: Cell;
}

/** What the formulas say with the realised rate and gap, and what was counted. */
export function lossRow(run: KeptRun, mode: ModeResult): LossRow {
  const real = realised(run, mode);
  const { rate, gapMs } = real;
  const { expected, lost, lost_by_cause } = mode.repetitions[0]!.messages;
  const forms: Record<string, { formula: string; share: number; ofFailures: number; batch: number }> = {
    plain: {
      formula: 'λg / (1 + λg)',
      share: unbufferedLoss(rate, Number.POSITIVE_INFINITY, gapMs),
      ofFailures: 0,
      batch: rate * gapMs,
    },
    reset: {
      formula: '(λ + ρ)g / (1 + (λ + ρ)g)',
      share: unbufferedLoss(rate + 1 / resetEveryMs, Number.POSITIVE_INFINITY, gapMs),
      ofFailures: 1 / resetEveryMs / (rate + 1 / resetEveryMs),
      batch: rate * gapMs,
    },
    // The first failure is an end of a hold to it, and a second one in a row is not.
    cut: cutForm(articlePauseMs * Math.exp(-rate * idleMs), "g' = g + a e^-2λI"),
    'cut-and-pause': cutForm(articlePauseMs, "g' = g + a e^-λI"),
  };
  /** @param pauseMs the mean pause after a cut */
  function cutForm(pauseMs: number, where: string) {
    const cut = Math.exp(-rate * idleMs);
    return {
      formula: `g' / (g' + (1 - e^-λI)/λ), ${where}`,
      share: cutLoss(rate, idleMs, gapMs, pauseMs),
      ofFailures: (cut * (gapMs + pauseMs)) / (gapMs + pauseMs * cut),
      batch: rate * (gapMs + pauseMs),
    };
  }
  const { formula, share, ofFailures, batch } = forms[mode.name]!;
  // All clients hear the same messages, and those that fall into one gap are lost together.
  const draws = expected / run.run.clients;
  const error = (p: number): number => 4 * Math.sqrt((p * (1 - p) * (1 + batch)) / draws);
  // A millisecond of a timer's grain, in a gap that comes after every message.
  const grain = rate * (1 - share) ** 2;
  const failed = lost - (lost_by_cause['gap'] ?? 0) - (lost_by_cause['held'] ?? 0);
  return {
    mode: mode.name,
    ...real,
    formula,
    lost: about(share, lost / expected, error(share) + grain),
    afterFailure: about(share * ofFailures, failed / expected, error(share * ofFailures) + grain),
  };
}

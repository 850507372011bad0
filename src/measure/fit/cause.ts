import { median, quantile } from '../samples.ts';
import type { Law } from '../theory/prediction.ts';
import type { Placed } from './bound.ts';
import { isLattice } from './lattice.ts';
import type { Realised, Way } from './realised.ts';
import type { ClientArrivals } from './tests.ts';

export interface Cause {
  readonly code: string;
  readonly text: string;
}

/** What a mode that differs from theory looked like. */
export interface Suspect {
  readonly kind: 'regular' | 'long';
  readonly realised: Realised;
  readonly law: Law;
  readonly beyond: readonly Placed[];
  readonly clients: readonly ClientArrivals[];
  readonly ways: readonly Way[];
  readonly sorted: ArrayLike<number>;
  readonly skippedTicks: number;
}

type Rule = (suspect: Suspect) => Cause | null;

const most = (count: number, of: number): boolean => of > 0 && count >= of / 2;

/** More late stamps than the trust in a run allows. */
const ownMachine: Rule = ({ realised: { lateStampsShare } }) =>
  lateStampsShare <= 0.01
    ? null
    : {
        code: 'own-machine',
        text: `our own machine: ${(100 * lateStampsShare).toFixed(1)} % of the deliveries were stamped late; use fewer clients, or a quieter machine`,
      };

/** Messages that were there when a poll came, and were not in its answer but in the one that ended its hold. */
const notFlushed: Rule = ({ kind, ways, realised: { slackMs } }) => {
  if (kind !== 'long') return null;
  const late = ways.filter(({ excessMs }) => excessMs > slackMs);
  const waiting = late.filter(({ inGap }) => inGap);
  if (!most(waiting.length, late.length)) return null;
  return {
    code: 'not-flushed',
    text:
      `${waiting.length} messages that came between two polls waited until the next hold ended: ` +
      'the server keeps them, and does not look when a poll comes',
  };
};

/** Regular polls in whose time others were due, or that were long under way. */
const tooSlow: Rule = ({ kind, beyond, skippedTicks, realised: { slackMs } }) => {
  if (kind !== 'regular' || beyond.length === 0) return null;
  if (skippedTicks > 0)
    return {
      code: 'skipped-ticks',
      text: `${skippedTicks} ticks were skipped, as the poll before was still open: the server or the network is slow`,
    };
  const slow = beyond.filter(({ arrival: { at, pollSentAt } }) => at - pollSentAt > slackMs);
  return most(slow.length, beyond.length)
    ? {
        code: 'slow-answers',
        text: 'the polls that brought them were long under way: a slow server or network',
      }
    : {
        code: 'late-polls',
        text: 'the polls before them brought nothing, or came late: the server shows messages late, or the interval is another',
      };
};

const lattice: Rule = ({ kind, clients, realised: { toleranceMs } }) => {
  if (kind !== 'regular') return null;
  const told = clients.filter(({ arrivals }) => arrivals.length >= 8);
  const stepped = told.filter(({ arrivals }) =>
    isLattice(
      arrivals.map(({ at, sentAt }) => at - sentAt),
      toleranceMs,
    ),
  );
  return most(stepped.length, told.length)
    ? {
        code: 'periodic-publisher',
        text: 'the waits of a client fall on few values: a periodic publisher, in step with the interval; publish by poisson',
      }
    : null;
};

/** Measured less predicted, at the deciles. */
function shiftsOf({ law, sorted }: Suspect): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const q = (i + 1) / 10;
    return (quantile(sorted, q) ?? 0) - law.quantile(q);
  });
}

/** Everything later, or a part of what met a held poll: nothing that polling explains. */
const service: Rule = (suspect) => {
  const shifts = shiftsOf(suspect);
  const { toleranceMs } = suspect.realised;
  const middle = median(shifts)!;
  const constant =
    middle > toleranceMs && Math.max(...shifts) - Math.min(...shifts) <= Math.max(toleranceMs, middle / 2);
  const late = suspect.ways.filter(({ inGap, excessMs }) => !inGap && excessMs > toleranceMs).length;
  const part = suspect.kind === 'long' && late > suspect.ways.length / 50;
  if (!constant && !part) return null;
  return {
    code: 'service-or-network',
    text: constant
      ? `everything is later by about ${middle.toFixed(0)} ms: the server's work, or the network`
      : `${late} messages that met a held poll came over ${toleranceMs.toFixed(1)} ms later than the rest: the server's work, or the network`,
  };
};

/** Stretched or squeezed: the interval is not the one that was asked for. */
const interval: Rule = ({ kind, law, sorted }) => {
  if (kind !== 'regular') return null;
  const span = law.max - law.min;
  const seen = ((quantile(sorted, 0.95) ?? 0) - (quantile(sorted, 0.05) ?? 0)) / 0.9;
  return Math.abs(seen / span - 1) < 0.04
    ? null
    : {
        code: 'interval',
        text: `the waits spread over about ${(seen / 1000).toFixed(2)} s instead of ${(span / 1000).toFixed(2)} s: the interval is another, or messages are not independent of the polls`,
      };
};

/** In the order in which one excludes the next. */
const rules: readonly Rule[] = [notFlushed, tooSlow, lattice, ownMachine, service, interval];

/** The likely cause of a difference, by the first rule that fits; null when none does. */
export function causeOf(suspect: Suspect): Cause | null {
  for (const rule of rules) {
    const cause = rule(suspect);
    if (cause !== null) return cause;
  }
  return null;
}

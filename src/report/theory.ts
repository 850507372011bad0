import type { ModeResult, Result } from '../measure/result.ts';
import { modeLabel } from './label.ts';
import { formatCount, formatShare } from './numbers.ts';

/** A mode that is as theory has it. */
interface Agreement {
  readonly label: string;
  /** The most by which the share that had come by some time differs from theory's. */
  readonly share: number;
  /** Deliveries. */
  readonly count: number;
}

/** Names in a row: `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `agree with it`, and by how much they are off; so much is chance, or a test would have rejected it. */
function agreeing(agree: readonly Agreement[]): string {
  const who = `${listed(agree.map(({ label }) => label))} ${agree.length === 1 ? 'agrees' : 'agree'} with it`;
  const off = agree.filter(({ share }) => share > 0);
  if (off.length === 0) return who;
  const shares = off.map(({ label, share, count }) => {
    const whose = agree.length === 1 ? '' : ` of ${label}`;
    return `${formatShare(share)} of the ${formatCount(count)} deliveries${whose}`;
  });
  return `${who}: by any time no more than ${listed(shares)} ${off.length === 1 ? 'was' : 'were'} early or late, which is chance`;
}

/** One sentence for all modes: which are as theory has them, by how much they are off, and the likely cause where they differ. */
export function theoryLine(result: Pick<Result, 'scenario'>, measured: readonly ModeResult[]): string | null {
  const agree: Agreement[] = [];
  const others: string[] = [];
  const silent = new Map<string, string[]>();
  for (const mode of measured) {
    const { verdict, sentence, cause, residual } = mode.theory ?? {};
    if (verdict === undefined || sentence === undefined) continue;
    const label = modeLabel(result, mode);
    if (verdict === 'agrees') {
      const count = mode.repetitions.reduce((sum, { delivery_ms }) => sum + delivery_ms.count, 0);
      agree.push({ label, share: residual?.distance ?? 0, count });
    } else if (verdict === 'differs') {
      const why = cause == null ? 'no rule knows the cause' : `likely cause: ${cause.text}`;
      others.push(`${label} differs (${sentence}); ${why}`);
    } else silent.set(sentence, [...(silent.get(sentence) ?? []), label]);
  }
  const parts: string[] = [];
  if (agree.length > 0) parts.push(agreeing(agree));
  parts.push(...others);
  for (const [sentence, labels] of silent)
    parts.push(`${listed(labels)}: ${sentence.replace(/^theory has /, '')}`);
  return parts.length === 0 ? null : `theory: ${parts.join('; ')}`;
}

/** What theory predicts of a mode's deliveries, as a distribution function (model.md 2.1, 2.2); null without a prediction. */
export function predictedShares({ theory }: Pick<ModeResult, 'theory'>): ((ms: number) => number) | null {
  if (theory?.prediction === undefined) return null;
  const { floor_ms: floor, span_ms: span, waiting_share: share } = theory.prediction.law;
  return (ms) => {
    if (ms < floor) return 0;
    return ms >= floor + span ? 1 : 1 - share + (share * (ms - floor)) / span;
  };
}

import type { ModeResult, Result } from '../measure/result.ts';
import { modeLabel } from './label.ts';

/** Names in a row: `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** One sentence for all modes: which are as theory has them, by how much they are off, and the likely cause where they differ. */
export function theoryLine(result: Pick<Result, 'scenario'>, measured: readonly ModeResult[]): string | null {
  const agree: { label: string; off: number }[] = [];
  const others: string[] = [];
  const silent = new Map<string, string[]>();
  for (const mode of measured) {
    const { verdict, sentence, cause, residual } = mode.theory ?? {};
    if (verdict === undefined || sentence === undefined) continue;
    const label = modeLabel(result, mode);
    if (verdict === 'agrees') agree.push({ label, off: residual?.distance ?? 0 });
    else if (verdict === 'differs') {
      const why = cause == null ? 'no rule knows the cause' : `likely cause: ${cause.text}`;
      others.push(`${label} differs (${sentence}); ${why}`);
    } else silent.set(sentence, [...(silent.get(sentence) ?? []), label]);
  }
  const parts: string[] = [];
  if (agree.length > 0) {
    const off = listed(agree.map((one) => percent(one.off)));
    parts.push(
      `${listed(agree.map(({ label }) => label))} ${agree.length === 1 ? 'agrees' : 'agree'} with it (at most ${off} off)`,
    );
  }
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

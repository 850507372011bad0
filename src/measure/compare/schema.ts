import { z } from 'zod';
import { count, measured } from '../distribution.ts';
import { verdicts } from './verdict.ts';

const interval = z.tuple([z.number(), z.number()]).nullable();
const verdict = z.enum(verdicts);

/** Mode `b` against mode `a` of the same run, repetition by repetition; schema of `contrasts` in `result.json`. */
export const contrast = z.object({
  a: z.string(),
  b: z.string(),
  metric: z.string(),
  /** The median over the repetitions of what `b` has for one of `a`; null: one of `a` is 0. */
  ratio: measured,
  ci95: interval,
  /** Two-sided, of Wilcoxon's exact signed-rank test; null below eight repetitions. */
  p: measured,
  /** After Holm's correction over the metrics of both modes. */
  p_corrected: measured,
  /** Of `b`. */
  verdict,
});
export type Contrast = z.infer<typeof contrast>;

const row = z.object({
  metric: z.string(),
  unit: z.string(),
  /** The verdict counts; of the others it only says where to look, and their p is not corrected. */
  gated: z.boolean(),
  /** Medians over the repetitions; null: not measured in every one of them. */
  base: measured,
  new: measured,
  /** The new median for one of the base; null: the base is 0, or one of both is not there. */
  ratio: measured,
  ci95: interval,
  /** Two-sided, of the Mann-Whitney test; null below five repetitions on either side. */
  p: measured,
  p_corrected: measured,
  /** Null: there is nothing to compare; `note` says why. */
  verdict: verdict.nullable(),
  note: z.string().nullable(),
});
export type ComparedRow = z.infer<typeof row>;

const shift = z.object({
  percentile: z.number(),
  base_ms: z.number(),
  new_ms: z.number(),
  /** 95 % interval of the difference at this percentile alone; null below five repetitions. */
  ci95_ms: interval,
});
export type ShiftPoint = z.infer<typeof shift>;

const comparedMode = z.object({
  name: z.string(),
  kind: z.enum(['regular', 'long']),
  repetitions: z.object({ base: count, new: count }),
  rows: z.array(row),
  /** The delivery of new against base, percentile by percentile. */
  shift: z.array(shift),
});
export type ComparedMode = z.infer<typeof comparedMode>;

const side = z.object({
  id: z.string(),
  scenario: z.string(),
  title: z.string(),
  startedAt: z.string(),
  world: z.string(),
  status: z.string(),
  version: z.string(),
  commit: z.string().nullable(),
});
export type ComparedSide = z.infer<typeof side>;

/** What `pollmark compare --json` answers, version 1. */
export const comparisonSchema = z.object({
  schema: z.literal('pollmark/comparison'),
  version: z.literal(1),
  base: side,
  new: side,
  /** In what both runs differ that should be the same; empty when they may be compared. */
  differences: z.array(z.string()),
  noise: z.object({ share: z.number(), ms: z.number() }),
  modes: z.array(comparedMode),
  /** What stands in the way of trusting it, each in a sentence. */
  doubts: z.array(z.string()),
  /** Of the gated metrics of all modes; null when nothing could be compared. */
  verdict: verdict.nullable(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

import { z } from 'zod';

/**
 * `conformance.json`, version 1. Readers ignore fields they do not know: parsing drops them. Fields that the
 * first readers did not have carry a default, so that a file without them can still be read. Times end in
 * `_ms`: milliseconds; null stands where nothing was measured.
 */
const measured = z.number().nullable();
const count = z.int().nonnegative();
const text = z.string().nullable().default(null);
const texts = z.array(z.string()).default([]);
const open = z.record(z.string(), z.unknown());

export const verdicts = [
  'PASS',
  'LENIENT',
  'FAIL',
  'INFO',
  'N/A',
  'BLOCKED',
  'INCONCLUSIVE',
  'HARNESS-ERROR',
] as const;
export type Verdict = (typeof verdicts)[number];

export const levels = ['MUST', 'SHOULD', 'MAY', 'OBSERVE'] as const;

export const phases = ['ordinary', 'slow', 'load', 'hostile', 'process'] as const;
export type Phase = (typeof phases)[number];

/** How a connection came to its end: the second channel of a verdict. */
const endings = [
  'kept-alive',
  'fin',
  'rst-after-complete',
  'rst-before-complete',
  'left-hanging',
  'closed-early',
] as const;

/** `>` sent to the target, `<` received from it, `-` a remark in plain words. */
const transcriptEntry = z.object({
  /** Since the row began. */
  at_ms: z.number(),
  connection: count,
  direction: z.enum(['>', '<', '-']),
  /** One character a byte (latin1); of a remark its words. */
  bytes: z.string(),
  /** So many bytes are left out in the middle. */
  elided: count.optional(),
});
export type TranscriptLine = z.infer<typeof transcriptEntry>;

const duty = z.object({
  level: z.enum(levels),
  authority: z.string(),
  whenClaimed: z.string().optional(),
});

/** One time that the row was played. */
const attempt = z.object({
  verdict: z.enum(verdicts),
  /** The settle time was multiplied by this. */
  settleFactor: z.number().default(1),
  /** Played while no other row was. */
  alone: z.boolean().default(false),
  actual: text,
  duration_ms: measured.default(null),
});

const row = z.object({
  id: z.string(),
  /** The strictest duty that binds this target. */
  level: z.enum(levels),
  duties: z.array(duty),
  phase: z.enum(phases),
  verdict: z.enum(verdicts),
  expected: z.string().nullable(),
  actual: z.string().nullable(),
  /** The name of the listed outcome that matched; null for the preferred one and for none. */
  outcome: z.string().nullable(),
  attempts: count,
  /** The target could not be reached any more after the row. */
  crashed: z.boolean(),
  /** `passed` of `of` attempts did; null when all agreed. */
  flaky: z.object({ passed: count, of: count }).nullable(),
  /** Why N/A, BLOCKED, INCONCLUSIVE or HARNESS-ERROR. */
  reason: z.string().nullable(),
  duration_ms: measured,
  endings: z.array(z.object({ connection: count, ending: z.enum(endings) })),
  transcript: z.array(transcriptEntry),

  /** The requirement in one sentence. */
  requires: z.string().default(''),
  /** What breaks otherwise, and where it was seen. */
  because: z.string().default(''),
  tags: texts,
  dependsOn: texts,
  /** The listed outcome in words. */
  outcomeText: text,
  /** What is disputed about the requirement in public. */
  contested: text,
  /** Listed among the known failures: it fails still (XFAIL), or it does not any more (XPASS). */
  xfail: z
    .object({ state: z.enum(['XFAIL', 'XPASS']), why: text })
    .nullable()
    .default(null),
  attemptDetails: z.array(attempt).default([]),
  /** How long the target took to answer the sign of life after the row. */
  alive_ms: measured.default(null),
});
export type ConformanceRow = z.infer<typeof row>;

const constants = z.object({
  settle_ms: measured,
  delivery_budget_ms: measured,
  hold_ms: measured,
  keepalive_ms: measured,
  delivery_p50_ms: measured,
  delivery_p99_ms: measured,
  loss_curve: z.array(z.object({ spacing_ms: z.number(), sent: count, lost: count })),

  release_ms: measured.default(null),
  interval_ms: measured.default(null),
  /** Of an ordinary request. */
  request_p99_ms: measured.default(null),
  largest_body_bytes: measured.default(null),
  header_bytes_per_message: measured.default(null),
  /** First to last delivery of one message among so many held subscribers. */
  fanout_skew: z.array(z.object({ subscribers: count, skew_ms: z.number() })).default([]),
  /**
   * Where a constant comes from, by its key; `measured` is what the calibration found although the profile
   * says otherwise. The note says for instance that a probe gave up.
   */
  sources: z
    .record(
      z.string(),
      z.object({
        from: z.enum(['measured', 'profile', 'default']),
        measured: measured.default(null),
        note: text,
      }),
    )
    .default({}),
});
export type ConformanceConstants = z.infer<typeof constants>;

/** Rows of one level by verdict. */
const tally = z.object({
  pass: count,
  lenient: count,
  fail: count,
  info: count,
  not_applicable: count,
  blocked: count,
  inconclusive: count,
  harness_error: count,
});
export type Tally = z.infer<typeof tally>;

const tallyKeys: Readonly<Record<Verdict, keyof Tally>> = {
  PASS: 'pass',
  LENIENT: 'lenient',
  FAIL: 'fail',
  INFO: 'info',
  'N/A': 'not_applicable',
  BLOCKED: 'blocked',
  INCONCLUSIVE: 'inconclusive',
  'HARNESS-ERROR': 'harness_error',
};

const noRows: Tally = {
  pass: 0,
  lenient: 0,
  fail: 0,
  info: 0,
  not_applicable: 0,
  blocked: 0,
  inconclusive: 0,
  harness_error: 0,
};

/** How many of these rows have which verdict. A row that is known to fail counts as failed. */
export function tallyOf(rows: Iterable<Pick<ConformanceRow, 'verdict'>>): Tally {
  const counts = { ...noRows };
  for (const { verdict } of rows) counts[tallyKeys[verdict]]++;
  return counts;
}

/** The `summary` of a result, but for its exit code. */
export function tallies(rows: readonly Pick<ConformanceRow, 'verdict' | 'level'>[]): {
  must: Tally;
  should: Tally;
  may: Tally;
  observe: Tally;
} {
  const of = (level: ConformanceRow['level']): Tally => tallyOf(rows.filter((each) => each.level === level));
  return { must: of('MUST'), should: of('SHOULD'), may: of('MAY'), observe: of('OBSERVE') };
}

/** What the command line said, as far as it can be shown and matters for playing a row again. */
const invocation = z.object({
  /** Name or file. */
  profile: text,
  overrides: texts,
  /** As typed; values that are not `${env:NAME}` are left out. */
  headers: texts,
  timingScale: measured.default(null),
  ownsTarget: z.boolean().default(false),
  strict: z.boolean().default(false),
  /** The target was started for the run, as the profile says: its address says nothing afterwards. */
  startsTarget: z.boolean().default(false),
  /** Further options that the row needs again, such as `--insecure`. */
  options: texts,
});

/** `conformance.json`, version 1. */
export const conformanceResultSchema = z.object({
  $schema: z.string().optional(),
  schema: z.literal('pollmark/conformance'),
  version: z.literal(1),
  suite: z.object({ version: z.string(), catalogueHash: z.string(), commit: text }),
  /** URL. */
  target: z.string(),
  /** As resolved, without credentials. */
  profile: open,
  seed: z.number(),
  startedAt: z.string(),
  duration_ms: z.number(),
  constants,
  rows: z.array(row),
  summary: z.object({
    must: tally,
    should: tally,
    may: tally,
    observe: tally.default(noRows),
    exit: z.int(),
  }),

  /** What the target says of its own version; otherwise the profile's `version` stands for it. */
  targetVersion: text,
  status: z.enum(['ok', 'partial', 'invalid']).default('ok'),
  environment: open.default({}),
  invocation: invocation.prefault({}),
  warnings: z.array(z.object({ code: z.string(), text: z.string() })).default([]),
});
export type ConformanceResult = z.infer<typeof conformanceResultSchema>;

/** By this name a result says what describes it. */
export const conformanceSchemaId = 'urn:pollmark:conformance:1';

/** The JSON Schema (2020-12) of `conformance.json`. */
export function exportConformanceSchema(): object {
  return {
    $id: conformanceSchemaId,
    ...z.toJSONSchema(conformanceResultSchema, { io: 'input', reused: 'ref' }),
    title: 'conformance.json of pollmark, version 1',
  };
}

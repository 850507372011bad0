import { type ModeResult, type Result, resultSchema } from '../../measure/result.ts';

type Cut = (mode: ModeResult) => ModeResult;

/** What no comparison reads, the longest first; after each the copy is weighed again. */
const cuts: readonly Cut[] = [
  (mode) => ({ ...mode, lanes: null, ladder: [] }),
  (mode) => ({
    ...mode,
    repetitions: mode.repetitions.map((one) => ({
      ...one,
      evidence: [],
      series: { ...one.series, requests: [], held: [], delivered: [] },
    })),
  }),
  (mode) => ({
    ...mode,
    theory:
      mode.theory === null
        ? null
        : { ...mode.theory, residual: undefined, bound: undefined, reconnection: undefined },
    repetitions: mode.repetitions.map((one) => ({ ...one, faults: [], presence: null })),
  }),
  (mode) => ({
    ...mode,
    summary: {},
    repetitions: mode.repetitions.map((one) => ({
      ...one,
      delivery_from_sent_ms: { ...one.delivery_from_sent_ms, hdr: null },
      request_ms: { ...one.request_ms, hdr: null },
      recovery_ms: one.recovery_ms === null ? null : { ...one.recovery_ms, hdr: null },
      presence_ms: one.presence_ms === null ? null : { ...one.presence_ms, hdr: null },
    })),
  }),
];

/**
 * The result as the page carries it, so that the page is a result file itself. Where it is large, what charts are drawn from
 * stays out of it; the histograms of deliveries always stay.
 * @param room so many bytes, if what stays is not more
 */
export function copyOf(result: Result, room: number): { copy: Result; whole: boolean } {
  // The order of keys as the schema has it: so a result that was read from its file gives the same bytes as the run itself.
  const ordered = resultSchema.safeParse(result);
  const all = ordered.success ? ordered.data : result;
  let copy = all;
  for (const cut of cuts) {
    if (Buffer.byteLength(JSON.stringify(copy)) <= room) break;
    copy = { ...copy, modes: copy.modes.map(cut) };
  }
  return { copy, whole: copy === all };
}

import type { Constants, Figure, Measured } from './constants.ts';
import type { ConformanceConstants } from './result.ts';

/**
 * The card of measured constants on top of every report.
 * @param constants of the calibration; undefined when it came to nothing
 * @param measured what rows have found out, in their order; of the same figure the last counts
 */
export function cardOf(
  constants: Constants | undefined,
  measured: readonly Measured[],
): ConformanceConstants {
  const found: Measured = Object.assign({}, ...measured);
  const figures = {
    settle_ms: [constants?.settle, undefined],
    delivery_budget_ms: [constants?.deliveryBudget, undefined],
    hold_ms: [constants?.hold, found.holdMs],
    keepalive_ms: [constants?.keepAlive, found.keepAliveMs],
    release_ms: [constants?.release, found.releaseMs],
    interval_ms: [constants?.interval, undefined],
  } as const satisfies Record<string, readonly [Figure | undefined, number | undefined]>;
  const { gaveUp } = constants ?? {};
  const why: Record<string, string | undefined> = { hold_ms: gaveUp?.hold, keepalive_ms: gaveUp?.keepAlive };
  const values = Object.entries(figures).map(([key, [figure, seen]]) => [key, figure?.ms ?? seen ?? null]);
  return {
    ...(Object.fromEntries(values) as Record<keyof typeof figures, number | null>),
    delivery_p50_ms: constants?.deliveryP50Ms ?? null,
    delivery_p99_ms: constants?.deliveryP99Ms ?? null,
    request_p99_ms: constants?.requestP99Ms ?? null,
    loss_curve: (found.lossCurve ?? []).map(({ spacingMs, sent, lost }) => ({
      spacing_ms: spacingMs,
      sent,
      lost,
    })),
    largest_body_bytes: found.largestBodyBytes ?? null,
    header_bytes_per_message: found.headerBytesPerMessage ?? null,
    fanout_skew: measured.flatMap(({ fanoutSkew = [] }) =>
      fanoutSkew.map(({ subscribers, skewMs }) => ({ subscribers, skew_ms: skewMs })),
    ),
    sources: Object.fromEntries(
      Object.entries(figures).flatMap(([key, [figure, seen]]) => {
        const note = figure === undefined && seen === undefined ? why[key] : undefined;
        const known = seen !== undefined || note !== undefined;
        const from = figure?.from ?? (known ? ('measured' as const) : undefined);
        return from === undefined ? [] : [[key, { from, measured: seen ?? null, note: note ?? null }]];
      }),
    ),
  };
}

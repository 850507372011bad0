import type { Law } from './prediction.ts';

/**
 * The law of a delivery whose message waits for the next request with probability `share`, and then for a time
 * that is uniform over a span: `floor + U(0, span)`; the others take the floor alone. Under A1 the instant of a message
 * falls anywhere in the span that it meets (random incidence), whatever process brings the messages.
 * Milliseconds.
 */
export function waitingLaw(floorMs: number, spanMs: number, share: number): Law {
  const max = share > 0 ? floorMs + spanMs : floorMs;
  return {
    min: floorMs,
    mean: floorMs + (share * spanMs) / 2,
    max,
    cdf(ms) {
      if (ms < floorMs) return 0;
      if (ms >= max) return 1;
      return 1 - share + (share * (ms - floorMs)) / spanMs;
    },
    quantile(q) {
      const beyond = q - (1 - share);
      if (beyond <= 0) return floorMs;
      return q >= 1 ? max : Math.min(max, floorMs + (spanMs * beyond) / share);
    },
  };
}

import { predictLong } from './long.ts';
import type { Circumstances, Polling, Prediction } from './prediction.ts';
import { predictRegular } from './regular.ts';

/**
 * What theory says of a mode under these circumstances, for one client.
 * @throws RangeError naming each number that is negative, or not finite (a hold may be)
 */
export function predict(polling: Polling, circumstances: Circumstances): Prediction {
  const endless = Number.POSITIVE_INFINITY;
  const given = {
    ...circumstances,
    ...(polling.kind === 'regular' ? { everyMs: polling.everyMs } : { holdMs: polling.holdMs }),
  };
  const wrong = Object.entries(given).filter(
    ([name, value]) => !(value >= 0 && (value < endless || name === 'holdMs')),
  );
  if (wrong.length > 0)
    throw new RangeError(wrong.map(([name, value]) => `${name} cannot be ${value}`).join('; '));
  return polling.kind === 'regular'
    ? predictRegular(polling, circumstances)
    : predictLong(polling, circumstances);
}

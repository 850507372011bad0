import type { Result } from '../../measure/result.ts';
import { drawDeliveryCdf } from './delivery-cdf.ts';
import type { Drawing } from './drawing.ts';
import { drawLanes } from './lanes.ts';
import { drawRecovery } from './recovery.ts';
import { drawTimeline } from './timeline.ts';

/** All charts of a result in the order of the page; what it has nothing to draw of is left out. */
export function drawCharts(result: Result): Drawing[] {
  return [drawDeliveryCdf, drawTimeline, drawLanes, drawRecovery].flatMap((draw) => draw(result) ?? []);
}

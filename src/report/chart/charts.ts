import type { Result } from '../../measure/result.ts';
import { drawCrossover } from './crossover.ts';
import { drawDeliveryCdf } from './delivery-cdf.ts';
import type { Drawing } from './drawing.ts';
import { drawLadder } from './ladder.ts';
import { drawLanes } from './lanes.ts';
import { drawRecovery } from './recovery.ts';
import { drawRepetitions } from './repetitions.ts';
import { drawTimeline } from './timeline.ts';

const drawers = [
  drawDeliveryCdf,
  drawTimeline,
  drawLanes,
  drawRecovery,
  drawCrossover,
  drawRepetitions,
  drawLadder,
];

/** All charts of a result in the order of the page; what it has nothing to draw of is left out. */
export function drawCharts(result: Result): Drawing[] {
  return drawers.flatMap((draw) => draw(result) ?? []);
}

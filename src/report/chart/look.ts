import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTimes,
  symbolTriangle,
  symbolWye,
} from 'd3-shape';
import type { Markup } from '../html/markup.ts';
import { svg } from './svg.ts';

/** So many series can be told apart without colour. */
export const mostLooks = 8;

const colours = ['one', 'two', 'ink'] as const;
const dashes = ['none', '7 3', '2 2.5', '10 3 2 3', '14 4', '5 2 1 2', '1 3', '9 2 2 2 2 2'];
const shapes: readonly SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolTimes,
  symbolWye,
];

/** How a series looks: by colour, and by dash and mark for who sees no colour. */
export interface Look {
  /** A class of `style.ts`. */
  readonly colour: (typeof colours)[number];
  readonly dash: string;
  mark(x: number, y: number, size?: number): Markup;
}

/** The look of the so many-th series, from 0. */
export function lookOf(index: number): Look {
  const colour = colours[index % colours.length]!;
  const shape = shapes[index % shapes.length]!;
  return {
    colour,
    dash: dashes[index % dashes.length]!,
    mark: (x, y, size = 44) => {
      // These two are drawn by strokes alone.
      const open = shape === symbolTimes ? ' open' : '';
      const path = symbol(shape, size).digits(1)() ?? '';
      return svg`<path class="mark ${colour}${open}" d="${path}" transform="translate(${x} ${y})"/>`;
    },
  };
}

import type { ModeResult, Result } from '../../measure/result.ts';
import { faultsOf } from '../fault.ts';
import type { Markup } from '../html/markup.ts';
import { beginningOf } from './modes.ts';
import { type Box, fitted, Places, smallWidthOf } from './place.ts';
import type { Scale } from './scale.ts';
import { svg } from './svg.ts';

/** A fault in the measured time, milliseconds from its beginning. */
export interface Shade {
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
}

/**
 * The faults as they came in the first repetition, of one mode or of all together; as they were planned, where a result
 * does not tell when its measured time began. One that did not come about is not there.
 */
export function shadesOf(result: Result, only?: ModeResult): Shade[] {
  return faultsOf(result).flatMap(({ index, text, sides, atMs }): Shade[] => {
    const mine = sides.filter(({ mode }) => only === undefined || mode === only);
    const seen = mine.flatMap(({ mode }) => {
      const begins = beginningOf(mode);
      const found = mode.repetitions[0]?.faults.find((fault) => fault.index === index);
      if (begins === null || found === undefined) return [];
      return [{ from: found.from_ms - begins, to: found.to_ms - begins }];
    });
    if (seen.length > 0) {
      const [fromMs, toMs] = [
        Math.min(...seen.map(({ from }) => from)),
        Math.max(...seen.map(({ to }) => to)),
      ];
      return [{ fromMs, toMs, text }];
    }
    if (atMs === null || mine.every(({ mode }) => beginningOf(mode) !== null)) return [];
    const forMs = result.faults?.find((fault) => fault.index === index)?.for_ms ?? Number.POSITIVE_INFINITY;
    return [{ fromMs: atMs, toMs: atMs + forMs, text }];
  });
}

/** Faults shaded over the height of a box; what takes no time is a line. */
export function drawShades(shades: readonly Shade[], x: Scale, box: Box): Markup[] {
  return inView(shades, x).map(({ fromMs, toMs }) => {
    const [from, to] = [x.at(fromMs), x.at(toMs)];
    return svg`<rect class="fault" x="${from}" y="${box.top}" width="${Math.max(1.5, to - from)}" height="${box.bottom - box.top}"/>`;
  });
}

/** Their names above a box, in so many rows at most, where each has room. */
export function nameShades(
  shades: readonly Shade[],
  x: Scale,
  box: Box,
  rows: number,
): { names: Markup[]; unnamed: number } {
  const places = new Places({
    left: box.left - 4,
    right: box.right + 4,
    top: box.top - 16 * rows - 10,
    bottom: box.top,
  });
  let unnamed = 0;
  const names = inView(shades, x).flatMap(({ fromMs, text }) => {
    const told = fitted(text, box.right - box.left);
    const begin = Math.min(x.at(fromMs), box.right - smallWidthOf(told));
    const place = places.find(
      told,
      Array.from({ length: rows }, (_, row) => ({ x: Math.max(box.left, begin), y: box.top - 6 - 15 * row })),
    );
    if (place === null) {
      unnamed++;
      return [];
    }
    return [svg`<text class="bad small" x="${place.x}" y="${place.y}">${told}</text>`];
  });
  return { names, unnamed };
}

function inView(shades: readonly Shade[], { low, high }: Scale): Shade[] {
  return shades.filter(({ fromMs, toMs }) => toMs >= low && fromMs <= high);
}

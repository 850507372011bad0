import type { Drawing } from './drawing.ts';
import { width } from './frame.ts';
import { groundOf, themeStyle } from './style.ts';

/** The bytes of a `.svg` file that needs nothing around it: with its size, its ground and the colours of a theme in it. */
export function standAlone({ svg }: Pick<Drawing, 'svg'>, theme: 'light' | 'dark'): string {
  const [, height] = / viewBox="0 0 \d+ (\d+)"/.exec(svg)!;
  const sized = svg.replace('<svg ', `<svg width="${width}" height="${height}" `);
  const style = `<style>${themeStyle(theme)}</style><rect width="100%" height="100%" fill="${groundOf(theme)}"/>`;
  return `${sized.replace('</desc>', () => `</desc>${style}`)}\n`;
}

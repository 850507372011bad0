import { describe, expect, it } from 'vitest';
import { drawCharts } from '../../../src/report/chart/charts.ts';
import { chartStyle, themeStyle } from '../../../src/report/chart/style.ts';
import { baseStyle } from '../../../src/report/html/style.ts';
import { quickShape, sampleResult } from '../../measure/sample.ts';
import { faultyResult } from '../faulty.ts';
import { readXml, within } from './xml.ts';

const drawings = [...drawCharts(faultyResult()), ...drawCharts(sampleResult({}, quickShape, 3))];

/** WCAG's relative luminance. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe('the style of charts', () => {
  it('knows every class that a chart has', () => {
    expect(new Set(drawings.map(({ id }) => id)).size).toBe(7);
    const used = new Set(
      drawings.flatMap(({ svg }) =>
        within(readXml(svg)).flatMap(({ attributes }) => attributes.get('class')?.split(' ') ?? []),
      ),
    );
    for (const name of used) expect(chartStyle, name).toMatch(new RegExp(`\\.${name}\\b`));
  });

  it('has its colours from the style of the page, and the same ones in files of their own', () => {
    const names = new Set([...chartStyle.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name!));
    expect([...names].sort()).toEqual(['bad', 'good', 'ground', 'ink', 'line', 'one', 'soft', 'two']);
    const [light, dark] = baseStyle.split('prefers-color-scheme: dark') as [string, string];
    for (const [theme, page] of [
      ['light', light],
      ['dark', dark],
    ] as const)
      for (const name of names) {
        const [, colour] = new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(page)!;
        expect(themeStyle(theme), `${theme} ${name}`).toContain(colour!);
      }
  });

  it('has contrast enough for its texts and its lines', () => {
    for (const theme of ['light', 'dark'] as const) {
      const ground = theme === 'light' ? '#ffffff' : '#0d1117';
      const texts = [...themeStyle(theme).matchAll(/text[.\w]*[^{}]*\{[^}]*?fill: ?(#[0-9a-f]{6})/g)].map(
        ([, colour]) => colour!,
      );
      expect(new Set(texts).size).toBeGreaterThan(4);
      for (const colour of texts)
        expect(contrast(colour, ground), `${theme} ${colour}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});

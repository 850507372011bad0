import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../src/measure/result.ts';
import { drawCharts } from '../../src/report/chart/charts.ts';
import { standAlone } from '../../src/report/chart/stand-alone.ts';
import { quickShape, sampleResult } from '../measure/sample.ts';
import { faultyResult } from '../report/faulty.ts';
import { findChromium, launchChromium } from './chromium.ts';

const executable = findChromium();

/** Every text of the picture that sticks out of it, and every pair that overlaps by more than a hair. */
const lookAtTexts = `(() => {
  const svg = document.querySelector('svg');
  const { width, height } = svg.viewBox.baseVal;
  const texts = [...svg.querySelectorAll('text')].map((text) => {
    const { left, top, right, bottom } = text.getBoundingClientRect();
    return { text: text.textContent, left, top, right, bottom };
  }).filter(({ text }) => text !== '');
  const said = [];
  for (const [i, a] of texts.entries()) {
    if (a.left < -1 || a.right > width + 1 || a.top < -1 || a.bottom > height + 1) said.push(a.text + ' sticks out');
    for (const b of texts.slice(i + 1)) {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 4) said.push(a.text + ' | ' + b.text);
    }
  }
  return { count: texts.length, said };
})()`;

const sample = new URL('../../reports/sample/result.json', import.meta.url);
const manyModes = (() => {
  const result = faultyResult();
  const modes = Array.from({ length: 8 }, (_, i) => ({
    ...result.modes[i % 2]!,
    name: [
      'regular',
      'long',
      'patient',
      'immediate',
      'full-jitter',
      'a rather long name of a mode',
      'x',
      'last',
    ][i]!,
  }));
  return { ...result, modes };
})();
const results = {
  sample: resultSchema.parse(JSON.parse(readFileSync(sample, 'utf8'))),
  faulty: faultyResult(),
  repeated: sampleResult({}, quickShape, 5),
  crowded: manyModes,
};

describe.skipIf(executable === undefined)('charts in a real browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executable!);
  });
  afterAll(async () => {
    await browser.close();
  });

  it.each(
    Object.entries(results),
  )('have no text on another one, and none outside: %s', async (_name, result) => {
    const page = await (await browser.newContext({ viewport: { width: 800, height: 600 } })).newPage();
    for (const drawing of drawCharts(result)) {
      await page.setContent(`<body style="margin:0">${standAlone(drawing, 'light')}</body>`);
      const { count, said } = (await page.evaluate(lookAtTexts)) as { count: number; said: string[] };
      expect(count, drawing.id).toBeGreaterThan(5);
      expect(said, drawing.id).toEqual([]);
    }
  });
});

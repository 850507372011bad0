import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../src/measure/compare/compare.ts';
import { seededRandom } from '../../src/protocol/random.ts';
import { drawComparisonPage } from '../../src/report/compare/page.ts';
import { madeUpRun, unchanged } from '../measure/compare/pairs.ts';
import { findChromium, launchChromium } from './chromium.ts';

const executable = findChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(executable === undefined)('the page of a comparison in a real browser', () => {
  let browser: Browser;
  let file: string;
  const folder = mkdtempSync(join(tmpdir(), 'pollmark-compare-page-'));

  beforeAll(async () => {
    const random = seededRandom('browser');
    const base = madeUpRun(random, 5, unchanged, true);
    const later = madeUpRun(random, 5, { ...unchanged, delay: 1.5 }, true);
    const comparison = { ...compare(base, later), differences: ['duration: 35s against 60s'] };
    file = join(folder, 'compare.html');
    writeFileSync(file, drawComparisonPage(comparison, base, later));
    browser = await launchChromium(executable!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function opened(
    options: { colorScheme?: 'light' | 'dark'; width?: number; scripts?: boolean },
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const { colorScheme = 'light', width = 1000, scripts = true } = options;
    const viewport = { width, height: 900 };
    const context = await browser.newContext({
      ...{ colorScheme, viewport, offline: true, bypassCSP: true },
      javaScriptEnabled: scripts,
    });
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(pathToFileURL(file).href);
      await look(page);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  it('opens from disk without a network and without scripts, with both charts of each mode', async () => {
    await opened({ scripts: false }, async (page) => {
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('quick');
      expect(await page.getByRole('img', { name: /^Delivery of (regular|long), base and new/ }).count()).toBe(
        2,
      );
      expect(await page.getByRole('img', { name: /^Where the delivery of/ }).count()).toBe(2);
      expect(await page.getByText('Worse: long delivery.p50').isVisible()).toBe(true);
    });
  });

  it.each(['light', 'dark'] as const)('has nothing that axe objects to, %s', async (colorScheme) => {
    await opened({ colorScheme }, async (page) => {
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.evaluate(axe);
      const violations = (await page.evaluate(
        'axe.run().then(({ violations }) => violations)',
      )) as Violation[];
      expect(violations.map(({ id, nodes }) => [id, nodes[0]!.html])).toEqual([]);
    });
  });

  it('fits a narrow screen', async () => {
    await opened({ width: 360 }, async (page) => {
      const over = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(over)).toBe(0);
    });
  });
});

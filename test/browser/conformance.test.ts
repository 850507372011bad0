import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawConformanceJunit } from '../../src/report/conformance/junit.ts';
import { drawMatrixPage } from '../../src/report/conformance/matrix-page.ts';
import { drawConformancePage } from '../../src/report/conformance/page.ts';
import { conformanceSample, goodSample, poisonedSample } from '../report/conformance-sample.ts';
import { findChromium, launchChromium } from './chromium.ts';

const executable = findChromium();
const bad = `"><script>document.title='run'</script><img src="http://127.0.0.1:9/x" onerror="document.title='run'">`;

describe.skipIf(executable === undefined)('the pages of a conformance run in a real browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'pollmark-page-'));
  /** What the browser complained of, and what it asked for besides the page itself. */
  const errors: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(executable!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    errors.length = 0;
    requests.length = 0;
  });

  async function open(text: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const file = join(folder, 'index.html');
    writeFileSync(file, text);
    const url = pathToFileURL(file).href;
    const page = await (await browser.newContext({ colorScheme })).newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== url) requests.push(request.url());
    });
    await page.goto(url);
    return page;
  }

  const sample = conformanceSample();
  const rowOf = (page: Page, id: string) => page.locator(`details.row[id="${id}"]`);
  /** Nothing sticks out at the side, and nobody has to scroll for it. */
  const overflow = (page: Page): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  it('opens without an error and asks for nothing', async () => {
    const page = await open(drawConformancePage(sample));
    expect(await page.title()).toBe('article-demo 1.0 on node-static 0.7.11: pollmark conformance');
    await page.waitForLoadState('networkidle');
    expect([errors, requests]).toEqual([[], []]);
    expect(await page.locator('details.row').count()).toBe(sample.rows.length);
    expect(await page.getByRole('img', { name: 'Loss by spacing of publishes' }).count()).toBe(1);
  });

  it('shows failed rows open, and their transcripts in text and hexadecimal when they are unfolded', async () => {
    const page = await open(drawConformancePage(sample));
    const failed = rowOf(page, 'http.method.head');
    expect(await failed.getByText('an answer to HEAD within 250 ms').isVisible()).toBe(true);
    const wire = failed.getByText('HEAD /subscribe HTTP/1.1');
    expect(await wire.isVisible()).toBe(false);
    await failed.getByText('Transcript, 3 entries').click();
    expect(await wire.isVisible()).toBe(true);
    await failed.getByText('hex', { exact: true }).first().click();
    expect(await failed.getByText('48 45 41 44 20 2f').isVisible()).toBe(true);
    const passed = rowOf(page, 'longpoll.hold.defers');
    await passed.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await passed.getByText('Grizzly#217').isVisible()).toBe(true);
  });

  it('filters rows by style alone, and leads from the list of failures to the row', async () => {
    const page = await open(drawConformancePage(sample));
    await page.getByText('failed 4', { exact: true }).click();
    expect(await page.locator('details.row:visible').count()).toBe(4);
    expect(await page.locator('.group:visible').count()).toBe(3);
    await page.getByText('not judged 3', { exact: true }).click();
    expect(await page.locator('details.row:visible').count()).toBe(3);
    await page.getByText('all 22', { exact: true }).click();
    await page.getByRole('link', { name: 'http.target.hostile' }).click();
    await expect
      .poll(() =>
        page.evaluate(`Math.abs(document.querySelector(':target').getBoundingClientRect().top) < 5`),
      )
      .toBe(true);
    expect(await page.evaluate(`document.querySelector(':target').id`)).toBe('http.target.hostile');
  });

  it('keeps everything that a target said a text', async () => {
    for (const draw of [
      () => drawConformancePage(poisonedSample(bad)),
      () => drawMatrixPage([poisonedSample(bad), sample]),
    ]) {
      const page = await open(draw());
      await page.waitForLoadState('networkidle');
      expect(await page.title()).not.toBe('run');
      expect(await page.locator('script, img').count()).toBe(0);
      expect([errors, requests]).toEqual([[], []]);
    }
  });

  it('fits into 360 pixels with everything unfolded, in light and in dark', async () => {
    const grounds: unknown[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      const page = await open(drawConformancePage(sample), scheme);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
      expect(await overflow(page)).toBe(0);
      grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      const matrix = await open(drawMatrixPage([sample, goodSample(), goodSample()]), scheme);
      await matrix.setViewportSize({ width: 360, height: 740 });
      expect(await overflow(matrix)).toBe(0);
    }
    expect(grounds[0]).not.toBe(grounds[1]);
  });

  it('opens what stands behind a sign of the matrix, and closes it with Escape', async () => {
    const page = await open(drawMatrixPage([sample, goodSample()]));
    const button = page.getByTitle('fail MUST: http.method.head, article-demo 1.0 on node-static 0.7.11');
    const cell = page.locator('[id="c1.http.method.head"]');
    expect(await cell.isVisible()).toBe(false);
    await button.click();
    expect(await cell.getByText('no complete answer within 250 ms').isVisible()).toBe(true);
    await cell.getByText('Transcript, 3 entries').click();
    expect(await cell.getByText('HEAD /subscribe HTTP/1.1').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => cell.isVisible()).toBe(false);
    expect([errors, requests]).toEqual([[], []]);
  });

  it('prints the matrix with all that stands behind it', async () => {
    const page = await open(drawMatrixPage([sample, goodSample()]));
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('[id="c1.http.method.head"]').isVisible()).toBe(true);
  });

  it('reads junit.xml as XML, whatever a target said', async () => {
    const page = await open('<!doctype html><title>x</title>');
    for (const result of [sample, poisonedSample(`${bad}]]>\u0000\u001b&\ud800`)]) {
      const read = await page.evaluate(
        `(() => {
          const xml = new DOMParser().parseFromString(${JSON.stringify(drawConformanceJunit(result))}, 'application/xml');
          const count = (name) => xml.getElementsByTagName(name).length;
          return [count('parsererror'), count('testcase'), count('script')];
        })()`,
      );
      expect(read).toEqual([0, sample.rows.length, 0]);
    }
  });
});

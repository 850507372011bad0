import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { metric } from '../../src/measure/metrics.ts';
import { type ModeResult, type Result, resultSchema } from '../../src/measure/result.ts';
import { drawCharts } from '../../src/report/chart/charts.ts';
import { drawBenchPage } from '../../src/report/page/page.ts';
import { answerSentence } from '../../src/report/sentence.ts';
import { run } from '../cli/run.ts';
import { quickShape, sampleResult } from '../measure/sample.ts';
import { faultyResult } from '../report/faulty.ts';
import { findChromium, launchChromium } from './chromium.ts';

const executable = findChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const bad = `"></script><script>document.title='run'</script><img src="http://127.0.0.1:9/x" onerror="document.title='run'">`;

const sample = resultSchema.parse(
  JSON.parse(readFileSync(new URL('../../reports/sample/result.json', import.meta.url), 'utf8')),
);
const results: Readonly<Record<string, Result>> = {
  sample,
  faulty: faultyResult(),
  repeated: sampleResult({ world: 'virtual' }, quickShape, 5),
  poisoned: poisoned(bad),
};

/** A result with a text wherever a scenario, a server or a machine can have put one. */
function poisoned(text: string): Result {
  const base = faultyResult();
  const mode = (one: ModeResult): ModeResult => ({
    ...one,
    name: `${one.kind}${text}`,
    repetitions: one.repetitions.map((each) => ({
      ...each,
      errors: { rate: 0.5, by_kind: { [text]: 3 } },
      messages: { ...each.messages, lost: 2, lost_by_cause: { [text]: 2 } },
    })),
  });
  return {
    ...base,
    status: 'invalid',
    tool: { name: text, version: text, commit: text },
    environment: { node: text, cpu: text, command: text },
    scenario: { ...base.scenario, name: text, title: text, seed: text, duration: text, order: text },
    overrides: [text],
    target: { url: text, profile: { name: text } },
    modes: [
      ...base.modes.map(mode),
      { ...base.modes[0]!, name: `other${text}`, repetitions: [], skipped: text },
    ],
    thresholds: [{ expr: text, ok: false, value: 1, limit: 2, unit: text, note: text }],
    warnings: [
      { code: text, text, invalidates: true },
      { code: text, text },
    ],
  };
}

const draw = (result: Result): string => drawBenchPage(result, drawCharts(result));

describe.skipIf(executable === undefined)('the page of a run in a real browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'pollmark-bench-page-'));
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

  async function open(text: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const file = join(folder, 'index.html');
    writeFileSync(file, text);
    const url = pathToFileURL(file).href;
    const page = await (await browser.newContext({ offline: true, ...options })).newPage();
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

  it.each(
    Object.entries(results),
  )('opens from disk without a network, without an error, and asks for nothing: %s', async (_name, result) => {
    const page = await open(draw(result));
    await page.waitForLoadState('networkidle');
    expect([errors, requests]).toEqual([[], []]);
    expect(await page.locator('svg[role="img"]').count()).toBe(drawCharts(result).length);
    expect(await page.title()).not.toBe('run');
    expect(await page.locator('img, iframe, link').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
  });

  it('says everything with scripts off', async () => {
    const page = await open(draw(sample), { javaScriptEnabled: false });
    expect(await page.locator('#answer').textContent()).toBe(answerSentence(sample));
    expect(await page.getByText('Scripts are off').isVisible()).toBe(true);
    expect(await page.locator('#calculator-long-0').textContent()).toMatch(/ ms$/);
    await page.getByText('When messages arrive').scrollIntoViewIfNeeded();
    expect(await page.locator('#calculator-clients').getAttribute('readonly')).toBe('');
    expect([errors, requests]).toEqual([[], []]);
  });

  it.each(['sample', 'faulty', 'repeated'])('tells the numbers of result.json: %s', async (name) => {
    const result = results[name]!;
    const page = await open(draw(result));
    const told = (await page.evaluate(
      `[...document.querySelectorAll('[data-metric]')].map((each) => [each.dataset.mode, each.dataset.metric, each.querySelector('data')?.getAttribute('value') ?? null])`,
    )) as [string, string, string | null][];
    expect(told.length).toBe(6 * result.modes.length);
    for (const [mode, what, value] of told)
      expect(value === null ? null : Number(value), `${mode} ${what}`).toBe(metric(result, mode, what).value);
    const inside = await page.evaluate(`JSON.parse(document.getElementById('result').textContent)`);
    expect(resultSchema.parse(inside)).toEqual(resultSchema.parse(JSON.parse(JSON.stringify(result))));
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds wrong, in %s', async (colorScheme) => {
    for (const [name, result] of Object.entries(results)) {
      const page = await open(draw(result), { colorScheme, bypassCSP: true });
      await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
      await page.evaluate(axe);
      const found = (await page.evaluate(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' | ')))`,
      )) as string[];
      expect(found, name).toEqual([]);
    }
  });

  it.each(
    Object.entries(results),
  )('fits into 360 pixels with everything unfolded: %s', async (_name, result) => {
    const page = await open(draw(result), { viewport: { width: 360, height: 740 } });
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
  });

  it('calculates what pollmark theory says', async () => {
    const page = await open(draw(sample));
    expect(await page.getByText('Scripts are off').isVisible()).toBe(false);
    await page.getByLabel('Hold long polling').fill('55s');
    await page.getByLabel('Clients', { exact: true }).fill('5000');
    await page.getByLabel('Messages per client or room').fill('12/h');
    const [, ...words] = (await page.locator('#calculator-command').textContent())!.split(' ');
    const theory = JSON.parse((await run([...words, '--json'])).out) as {
      modes: { name: string; delivery_ms: { p99: number }; requests_per_s: number; bytes_per_day: number }[];
      crossover: { note: string };
    };
    const shown = async (id: string): Promise<number> =>
      Number(await page.locator(`#calculator-${id}`).getAttribute('value'));
    expect(theory.modes).toHaveLength(2);
    for (const { name, delivery_ms, requests_per_s, bytes_per_day } of theory.modes)
      expect([await shown(`${name}-2`), await shown(`${name}-4`), await shown(`${name}-10`)]).toEqual([
        delivery_ms.p99,
        requests_per_s,
        bytes_per_day,
      ]);
    expect(await page.locator('#calculator-crossover').textContent()).toBe(theory.crossover.note);
    await page.getByLabel('Hold long polling').fill('ages');
    expect(await page.getByText('write a duration, such as 25s').isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('prints the answer, thresholds, numbers, deliveries and percentiles on the first sheet', async () => {
    // A sheet of A4 between margins of a centimetre, in the pixels of CSS.
    const page = await open(draw(sample), { viewport: { width: 718, height: 1047 } });
    await page.emulateMedia({ media: 'print' });
    const bottom = await page.evaluate(
      `document.getElementById('percentiles').closest('section').getBoundingClientRect().bottom`,
    );
    expect(bottom).toBeLessThan(1047);
    const ladder = await page.evaluate(`document.querySelector('.ladder').getBoundingClientRect().top`);
    expect(ladder).toBeGreaterThanOrEqual(bottom as number);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LivePage } from '../../src/world/real/live/live-page.ts';
import type { LiveState } from '../../src/world/real/server/page/live-state.ts';
import { findChromium, launchChromium } from './chromium.ts';

const executable = findChromium();
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** News comes once a second, and a regular poll once in ten; this is the watchdog. */
const within = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 60_000 });
const odd = '<img src=x onerror="document.title=1"><b>bold</b> & \u202eabc';

const state: LiveState = {
  ...{ scenario: odd, title: odd, phase: 'measure', playing: odd, repetition: 2, repetitions: 5 },
  ...{ elapsedMs: 61_000, phaseMs: 180_000, etaMs: 90_000, over: false },
  modes: [{ name: odd, clients: 400, held: 398, requestsPerS: 801.4, p50Ms: 9.04 }],
  finished: [
    {
      ...{ scenario: odd, status: 'invalid', sentence: odd, failed: [odd], folder: odd },
      lost: [{ mode: odd, count: 3 }],
    },
  ],
};

describe.skipIf(executable === undefined)('the live page in a real browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  const errors: string[] = [];
  const strangers: string[] = [];
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    browser = await launchChromium(executable!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    for (const end of ends.splice(0)) await end();
    for (const list of [errors, strangers]) list.length = 0;
  });

  async function open(url: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith('data:'))
        strangers.push(request.url());
    });
    await page.goto(url);
    return page;
  }

  async function live(): Promise<LivePage> {
    const page = await LivePage.start(() => {});
    ends.push(() => page.end({ ...state, over: 'ended' }));
    return page;
  }

  const text = (page: Page, id: string): Promise<string | null> => page.locator(`#${id}`).textContent();
  const number = async (page: Page, id: string): Promise<number> => Number(await text(page, id));

  it('shows the figures of a real run, feels the switch, and says how it ended', async () => {
    const scenario = `version: 1
name: watched
title: A run that is watched
duration: 16s
cooldown: 1s
clients: { count: 4 }
modes:
  - { name: regular, kind: regular, every: 500ms }
  - { name: long, kind: long, hold: 2s }
order: together
arrivals: { rate: 5/s }
`;
    writeFileSync(join(folder, 'watched.yaml'), scenario);
    const bench: ChildProcess = spawn(
      process.execPath,
      [main, 'bench', '-S', './watched.yaml', '--live', '--json', '-o', join(folder, 'out')],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], CI: '1' } },
    );
    ends.push(() => bench.kill('SIGKILL'));
    let out = '';
    bench.stdout!.setEncoding('utf8').on('data', (more: string) => {
      out += more;
    });
    const exit = once(bench, 'exit');
    const url = await new Promise<string>((resolve) => {
      let err = '';
      bench.stderr!.setEncoding('utf8').on('data', (more: string) => {
        err += more;
        const found = /^live: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(err);
        if (found !== null) resolve(found[1]!);
      });
    });
    const [page, slow] = [await open(url), await open(url)];
    await within(() => text(page, 'phase')).toMatch(/^measure, 0:/);
    expect(await text(page, 'scenario')).toBe('watched');
    expect(await text(page, 'title')).toBe('A run that is watched');
    const card = page.locator('#modes section', { has: page.getByRole('heading', { name: 'long' }) });
    const held = card.locator('dl > div').nth(1).locator('dd').first();
    await within(() => held.textContent()).toMatch(/^[1-4]$/);
    const drawn = await card.locator('.line').first().getAttribute('d');
    await within(() => card.locator('.line').first().getAttribute('d')).not.toBe(drawn);
    await within(() => text(page, 'age')).toMatch(/^0\.\d s$/);

    // The same run, seen by asking every ten seconds: its own requests stop growing, and what it shows grows old.
    await slow.getByLabel(/Regular polling/).check();
    await within(() => number(slow, 'regular-requests')).toBe(1);
    const before = await number(page, 'long-requests');
    await within(() => number(page, 'long-requests')).toBeGreaterThan(before + 3);
    expect(await number(slow, 'regular-requests')).toBe(1);
    await within(async () => Number.parseFloat((await text(slow, 'age'))!)).toBeGreaterThan(3);
    await within(() => number(slow, 'regular-requests')).toBe(2);
    await slow.getByLabel(/Long polling/).check();
    await within(() => text(slow, 'age')).toMatch(/^[01]\.\d s$/);

    await within(() => text(page, 'phase')).toBe('over');
    await exit;
    expect(await text(page, 'state')).toBe(
      'The run is over. This page asks no more, and its server has gone.',
    );
    const result = JSON.parse(out);
    expect(result.environment.live).toBe(true);
    const told = await text(page, 'finished');
    expect(told).toContain(`Written to ${join(folder, 'out')}`);
    expect(told).toContain('watched');
    const lost = result.modes.map(
      (mode: { name: string; repetitions: { messages: { lost: number } }[] }) =>
        `${mode.name} ${mode.repetitions[0]!.messages.lost}`,
    );
    expect(told).toContain(`Messages lost: ${lost.join(', ')}.`);
    const asked = await number(page, 'long-requests');
    await within(() => text(slow, 'phase')).toBe('over');
    expect(await number(page, 'long-requests')).toBe(asked);
    expect({ errors, strangers }).toEqual({ errors: [], strangers: [] });
  });

  it('takes everything that it is told for text', async () => {
    const server = await live();
    server.tell(state);
    const page = await open(server.url);
    await within(() => text(page, 'scenario')).toBe(odd);
    expect(await text(page, 'title')).toBe(odd);
    expect(await page.locator('#modes h2').textContent()).toBe(odd);
    expect(await text(page, 'finished')).toContain(odd);
    expect(await page.locator('img, b b, #modes b, #finished b').count()).toBe(0);
    expect(await page.title()).toBe(`${odd}: pollmark live`);
    expect(errors).toEqual([]);
  });

  it('lets no script run but its own, and speaks to no other server', async () => {
    const server = await live();
    server.tell(state);
    const page = await open(server.url);
    await within(() => text(page, 'scenario')).toBe(odd);
    const tried = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.planted = true';
      document.body.append(script);
      const elsewhere = await fetch('http://127.0.0.2:9/').then(() => 'reached', () => 'refused');
      return { planted: window.planted === true, elsewhere };
    })()`);
    expect(tried).toEqual({ planted: false, elsewhere: 'refused' });
    for (const directive of ["script-src 'self'", "connect-src 'self'"])
      expect(errors.filter((error) => error.includes(directive))).not.toEqual([]);
  });

  it('says that a run was killed', async () => {
    const server = await live();
    server.tell(state);
    const page = await open(server.url);
    await within(() => text(page, 'scenario')).toBe(odd);
    server.end({ ...state, over: 'cut' });
    await within(() => text(page, 'state')).toContain('ended without a word');
    expect(errors).toEqual([]);
  });

  it('says that the server has gone when its last word fell between two regular polls', async () => {
    const server = await live();
    server.tell(state);
    const page = await open(server.url);
    await page.getByLabel(/Regular polling/).check();
    await within(() => number(page, 'regular-requests')).toBe(1);
    await within(() => text(page, 'state')).toContain('every 10 seconds');
    server.end({ ...state, over: 'ended' });
    await within(() => text(page, 'state')).toContain('between two requests of this page');
    for (const error of errors) expect(error).toContain('ERR_CONNECTION_REFUSED');
  });

  it('fits into 360 pixels in light and in dark, and axe finds nothing', async () => {
    const server = await live();
    server.tell({ ...state, scenario: 'x'.repeat(80), title: 'y'.repeat(200) });
    const page = await open(server.url);
    await page.setViewportSize({ width: 360, height: 740 });
    await within(() => text(page, 'scenario')).toBe('x'.repeat(80));
    const grounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      // Its own policy keeps a script element out; the debugger's door is not under it.
      await page.evaluate(axe);
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[];
      };
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      if (process.env['SHOTS'] !== undefined)
        await page.screenshot({
          path: join(process.env['SHOTS'], `live-${colorScheme}.png`),
          fullPage: true,
        });
    }
    expect(grounds[0]).not.toBe(grounds[1]);
    expect(errors).toEqual([]);
  });
});

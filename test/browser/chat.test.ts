import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerOptions } from '../../src/world/real/server/options.ts';
import { PollServer } from '../../src/world/real/server/server.ts';
import { findChromium, launchChromium } from './chromium.ts';

const executable = findChromium();
const odd = '<img src=x onerror="document.title=1"><b>bold</b> 👩‍👩‍👧 \u202eabc';

describe.skipIf(executable === undefined)('the chat page in a real browser', () => {
  let browser: Browser;
  const servers: PollServer[] = [];
  /** What the browser complained of; network errors while a server is down are part of one story. */
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(executable!);
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await Promise.all(servers.splice(0).map((server) => server.shutdown()));
    errors.length = 0;
  });

  async function serve(options: ServerOptions = {}): Promise<PollServer> {
    const server = new PollServer({ port: 0, ...options });
    await server.start();
    servers.push(server);
    return server;
  }

  async function open(url: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    return page;
  }

  async function heldBy(server: PollServer, count: number): Promise<void> {
    await expect.poll(() => server.handler.counts().held, { timeout: 30_000 }).toBe(count);
  }

  const send = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
  };
  const texts = (page: Page): Promise<string[]> => page.locator('#subscribe .text').allTextContents();
  const shows = (page: Page, wanted: string[]): Promise<void> =>
    expect.poll(() => texts(page), { timeout: 30_000 }).toEqual(wanted);

  it('shows a message of one page in the other, as text, by long polling', async () => {
    const server = await serve();
    const [ann, bob] = [await open(server.url), await open(server.url)];
    await heldBy(server, 2);
    await send(ann, odd);
    await shows(bob, [odd]);
    await shows(ann, [odd]);
    await send(bob, '\ufeffkept');
    await shows(ann, [odd, '\ufeffkept']);
    expect(await ann.title()).toBe('pollmark chat');
    expect(await ann.locator('#subscribe img').count()).toBe(0);
    await expect.poll(() => ann.locator('#received').textContent()).toBe('2');
    const [own, other] = await ann.locator('#subscribe .delay').allTextContents();
    expect(own).toMatch(/^you, \d+ ms$/);
    // The page has sent one itself, so it has compared the clocks.
    expect(other).toMatch(/^a visitor, \d+ ms \(± \d+ ms\)$/);
    const first = await bob.locator('#subscribe .delay').first().textContent();
    expect(first).toMatch(/^a visitor, about \d+ ms \(if the clocks agree\)$/);
    // The first poll, the one that brought each message, and the one that is held.
    await expect.poll(() => ann.locator('#requests').textContent()).toBe('4');
    expect(errors).toEqual([]);
  });

  it('asks every 10 seconds after the switch, loses nothing by it, and makes the delay visible', async () => {
    const server = await serve();
    const [ann, bob] = [await open(server.url), await open(server.url)];
    await heldBy(server, 2);
    await bob.getByLabel(/Regular polling/).check();
    await heldBy(server, 1);
    await expect.poll(() => bob.locator('#state').textContent()).toContain('every 10 seconds');
    const before = performance.now();
    await send(ann, 'slow for bob');
    await shows(ann, ['slow for bob']);
    await shows(bob, ['slow for bob']);
    expect(performance.now() - before).toBeGreaterThan(5000);
    const delay = await bob.locator('#subscribe .delay').textContent();
    expect(Number(/about ([\d.]+) s/.exec(delay!)![1])).toBeGreaterThan(5);
    await send(ann, 'after the poll');
    await bob.getByLabel(/Long polling/).check();
    await shows(bob, ['slow for bob', 'after the poll']);
    await heldBy(server, 2);
    expect(errors).toEqual([]);
  });

  it('survives a restart of the server, and says that messages may be missing', async () => {
    const server = await serve();
    const page = await open(server.url);
    await heldBy(server, 1);
    await send(page, 'before');
    await shows(page, ['before']);
    const { port } = new URL(server.url);
    await server.shutdown();
    await expect.poll(() => page.locator('#state').textContent()).toContain('Not connected');
    await send(page, 'into the void');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Not sent');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('into the void');
    const again = await serve({ port: Number(port) });
    await heldBy(again, 1);
    expect(await page.locator('#subscribe .notice').textContent()).toContain('Messages may be missing');
    await page.getByRole('button', { name: 'Send' }).click();
    await shows(page, ['before', 'into the void']);
    await expect.poll(() => page.locator('#state').textContent()).toContain('Connected');
    // Only the server's absence was complained of.
    for (const error of errors) expect(error).toMatch(/ERR_CONNECTION_REFUSED|503/);
  });

  it('works with the keyboard alone, and names its parts for a screen reader', async () => {
    const server = await serve();
    const page = await open(server.url);
    await heldBy(server, 1);
    await page.keyboard.press('Tab');
    await page.keyboard.type('typed');
    await page.keyboard.press('Enter');
    await shows(page, ['typed']);
    await page.keyboard.type('focus stays');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await shows(page, ['typed', 'focus stays']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.getByLabel(/Regular polling/).isChecked()).toBe(true);
    expect(await page.getByRole('log', { name: 'Messages' }).count()).toBe(1);
    expect(await page.getByRole('status').textContent()).toContain('Connected');
    expect(await page.getByRole('group', { name: 'How this page asks for messages' }).count()).toBe(1);
    expect(errors).toEqual([]);
  });

  it('hides the switch and uses /subscribe under article semantics', async () => {
    const server = await serve({ semantics: 'article' });
    const [ann, bob] = [await open(server.url), await open(server.url)];
    await heldBy(server, 2);
    expect(await ann.getByRole('radio').count()).toBe(0);
    for (const text of [odd, '\ufeffkept']) {
      await send(ann, text);
      await expect.poll(() => texts(ann)).toContain(text);
      await expect.poll(() => texts(bob)).toContain(text);
      await heldBy(server, 2);
    }
    expect(await ann.locator('#subscribe .delay').first().textContent()).toMatch(/^you, \d+ ms$/);
    expect(await bob.locator('#subscribe .delay').first().textContent()).toBe('a visitor, delay not known');
    expect(errors).toEqual([]);
  });

  it('fits into 360 pixels, in light and in dark', async () => {
    const server = await serve();
    const page = await open(server.url);
    await page.setViewportSize({ width: 360, height: 740 });
    await heldBy(server, 1);
    await send(page, 'x'.repeat(200));
    await expect.poll(() => page.locator('#subscribe .text').count()).toBe(1);
    const grounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    }
    expect(grounds[0]).not.toBe(grounds[1]);
    expect(errors).toEqual([]);
  });
});

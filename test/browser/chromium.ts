import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The installed browser; undefined, with the reason printed, when there is none. */
export function findChromium(): string | undefined {
  const found = candidates.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    console.warn('skipped: no Chromium found; install it (Debian: chromium) or set CHROMIUM to its path');
  }
  return found;
}

/** The browser without a window, and without any traffic of its own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

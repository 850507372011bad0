import { defineConfig } from 'vitest/config';

/** The article's client, printed and repaired, side by side, and the page about them: `npm run article-client`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/proof/article-client.ts'],
    reporters: ['verbose'],
    globalSetup: ['test/build.ts'],
    // A watchdog, not a claim.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});

import { defineConfig } from 'vitest/config';

/** What others have published, simulated and measured again, and docs/published.md out of it. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/proof/published/page.ts'],
    reporters: ['verbose'],
    globalSetup: ['test/build.ts'],
    // Watchdogs, not claims.
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
  },
});

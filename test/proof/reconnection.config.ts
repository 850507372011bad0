import { defineConfig } from 'vitest/config';

/** What is predicted of coming back beside what is measured, and docs/reconnection.md out of it. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/proof/reconnection/page.ts'],
    reporters: ['verbose'],
    globalSetup: ['test/build.ts'],
    // Watchdogs, not claims.
    testTimeout: 900_000,
    hookTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

/** Other people's servers, one file after the other: they measure. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/interop/install.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // Runs with faults, each with a dozen processes.
    maxConcurrency: 3,
  },
});

import { defineConfig } from 'vitest/config';

/** Whole runs on real processes: one after the other, because they measure. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/runs/**/*.test.ts', 'test/world/agreement*.test.ts'],
    globalSetup: ['test/build.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

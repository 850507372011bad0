import { defineConfig } from 'vitest/config';

/** Full-length measurements against what theory says; minutes long, for a quiet machine: `npm run proof`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/proof/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
});

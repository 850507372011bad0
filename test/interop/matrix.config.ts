import { defineConfig } from 'vitest/config';

/** Every server against every row. Most of the time is spent waiting, so that two can be judged side by side. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/interop/matrix.ts'],
    reporters: ['verbose'],
    globalSetup: ['test/build.ts', 'test/interop/install.ts'],
    // A watchdog, not a claim.
    testTimeout: 2_400_000,
    hookTimeout: 60_000,
    maxConcurrency: Number(process.env['MATRIX_AT_ONCE'] ?? 2),
  },
});

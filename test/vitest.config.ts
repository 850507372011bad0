import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: [
      ...['test/browser/**', 'test/interop/**', 'test/runs/**', 'test/proof/**'],
      'test/world/agreement*.test.ts',
    ],
    // Tests of the real world fork from dist, so it has to be there and new.
    globalSetup: ['test/build.ts'],
    // A watchdog, not a claim: these machines can be busy with something else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

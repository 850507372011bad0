import { defineConfig } from 'vitest/config';

/** Every mutant against its rows. Most of the time is spent waiting, so that a few can be judged side by side. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/mutants/run.ts'],
    // A line for each as it ends: the whole takes many minutes.
    reporters: ['verbose'],
    globalSetup: ['test/build.ts'],
    // A watchdog, not a claim: rows that wait for a server's own limits take minutes, and failing ones are played thrice.
    testTimeout: 1_200_000,
    maxConcurrency: 2,
    // What was found is said in the line of the test, and whole.
    chaiConfig: { truncateThreshold: 2000 },
  },
});

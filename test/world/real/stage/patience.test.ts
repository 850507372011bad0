import { describe, expect, it } from 'vitest';
import { Patience } from '../../../../src/world/real/stage/patience.ts';

const never = new AbortController().signal;

describe('Patience', () => {
  it('gives what comes first', async () => {
    const patience = new Patience();
    expect(await patience.wait(never, 60_000, Promise.resolve('here'))).toBe('here');
    expect(await patience.wait(never, 1)).toBe('late');
    expect(await patience.wait(never, 60_000, Promise.reject(new Error('no')))).toBe('cut');
    const waiting = patience.wait(never, 60_000);
    patience.end();
    expect(await waiting).toBe('cut');
  });

  it('takes the rejection of what it did not wait for', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      let fail: (reason: Error) => void = () => {};
      const promise = new Promise<never>((_, reject) => {
        fail = reject;
      });
      expect(await new Patience().wait(AbortSignal.abort(), 60_000, promise)).toBe('cut');
      fail(new Error('the process ended'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeTarget } from './describe-target.ts';
import { targetNames } from './targets.ts';

/** Whether anybody accepts a connection there. */
async function isReachable(origin: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(5000);
    await (await fetch(origin, { headers: { connection: 'close' }, signal })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

for (const name of targetNames)
  describeTarget(name, (target) => {
    it('is there, and leaves nothing behind', async () => {
      const { origin, version, process: facts, exited, stop } = target();
      expect(await isReachable(origin)).toBe(true);
      expect(version).toMatch(/\d+\.\d+\.\d+/);
      await stop();
      await exited;
      expect(await isReachable(origin)).toBe(false);
      expect(() => process.kill(facts.pid, 0)).toThrow('ESRCH');
      if (facts.cwd.includes(name)) expect(existsSync(facts.cwd)).toBe(false);
    });
  });

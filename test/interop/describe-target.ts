import { afterAll, beforeAll, describe } from 'vitest';
import type { Starter, Target } from './starters/target.ts';
import { starters, type TargetName } from './targets.ts';

/** Set where everything has to be there: a missing server is a failure then. */
const required = process.env['INTEROP_REQUIRED'] === '1';

/**
 * Tests of one server: started before the first of them, ended after the last. Without its program they are
 * skipped, and a line says which server and why.
 */
export function describeTarget(of: TargetName | Starter, tests: (target: () => Target) => void): void {
  const starter = typeof of === 'string' ? starters[of] : of;
  const { name } = starter;
  const reason = starter.missing();
  if (reason !== undefined) {
    const line = `${name} is not installed: no ${reason}`;
    if (required) throw new Error(line);
    console.warn(`skipped: ${line}`);
  }
  describe.skipIf(reason !== undefined)(name, () => {
    let target: Target | undefined;
    beforeAll(async () => {
      target = await starter.start();
      console.log(`${name}: ${target.version}; ${target.configuration}`);
    });
    afterAll(async () => {
      await target?.stop();
    });
    tests(() => target!);
  });
}

import type { Probe } from '../../probe/probe.ts';
import { Unclear, Violation } from '../../verify.ts';

/** @throws Violation unless a fresh connection and one delivery work after all that */
export async function lives(probe: Probe, after: string): Promise<void> {
  try {
    await probe.alive();
  } catch (error) {
    if (!(error instanceof Unclear)) throw error;
    throw new Violation(`the server to live and deliver after ${after}`, error.message);
  }
}

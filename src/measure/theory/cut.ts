import { meanCycle } from './long.ts';

/**
 * Requests of one long poller that a proxy cuts, per unit of time: its idle limit I is below the hold, so it takes the
 * hold's place, and a request is cut when neither gap nor hold brought a message: `e^(-lam (g + I)) / E[C]`.
 * Assumed: the client comes back after its usual gap (A1 to A4). Renewal argument, ours.
 */
export function cuts(rate: number, idleLimit: number, gap: number): number {
  return Math.exp(-rate * (gap + idleLimit)) / meanCycle(rate, idleLimit, gap);
}

import type { Instant } from '../protocol/message.ts';
import type { Span } from '../world/play.ts';
import type { Clock } from '../world/real/clock.ts';
import { Stage } from '../world/real/stage/stage.ts';
import type { Played, StageSpec } from '../world/real/stage/stage-spec.ts';

export type Phase = 'start' | 'join' | 'check' | 'warm-up' | 'measure' | 'cool-down' | 'stop';

/** Modes that are played at the same time: one, or all of them when the order is `together`. */
export interface Round {
  readonly stages: readonly StageSpec[];
  readonly span: Span;
  /** Runs while the clients come, where their coming leaves the machine idle; else before they come. */
  readonly selfCheck: (() => Promise<void>) | null;
}

export interface RoundHooks {
  phase(phase: Phase, stages: readonly Stage[]): void;
}

/** So slowly do clients come that the machine is idle meanwhile. */
const idleJoin = { clients: 1000, overMs: 4000 };

/**
 * Plays a round from the first process to the last record. Whatever happens, every process that it started
 * has ended when this returns, and what was recorded until then is handed out.
 * @throws Error when a process cannot even be started
 */
export async function playRound(
  clock: Clock,
  { stages: specs, span, selfCheck }: Round,
  interrupted: AbortSignal,
  hooks: RoundHooks,
): Promise<Played[]> {
  const stages: Stage[] = [];
  try {
    hooks.phase('start', stages);
    for (const spec of specs) stages.push(await Stage.open(spec));
    const meanwhile = specs.every(
      ({ joinMs }) =>
        joinMs.length <= idleJoin.clients && joinMs.some((ms) => ms !== null && ms >= idleJoin.overMs),
    );
    if (!meanwhile) {
      hooks.phase('check', stages);
      await selfCheck?.();
    }
    hooks.phase('join', stages);
    const joined = await Promise.all([
      ...stages.map((stage) => stage.join(interrupted)),
      ...(meanwhile && selfCheck !== null ? [selfCheck().then(() => true)] : []),
    ]);
    if (joined.every(Boolean) && !interrupted.aborted)
      await playTogether(clock, stages, span, interrupted, hooks);
    hooks.phase('stop', stages);
    return await Promise.all(stages.map((stage) => stage.close()));
  } catch (error) {
    await Promise.allSettled(stages.map((stage) => stage.close()));
    throw error;
  }
}

/** The time between the order to publish and the first message: the order has to arrive everywhere. */
const leadMs = 100;

async function playTogether(
  clock: Clock,
  stages: readonly Stage[],
  span: Span,
  interrupted: AbortSignal,
  hooks: RoundHooks,
): Promise<void> {
  const at: Instant = clock.now() + leadMs;
  const later = (phase: Phase, ms: number): NodeJS.Timeout =>
    setTimeout(() => hooks.phase(phase, stages), at + ms - clock.now());
  const measured = span.warmupMs + span.durationMs;
  hooks.phase(span.warmupMs > 0 ? 'warm-up' : 'measure', stages);
  const timers = [later('cool-down', measured)];
  if (span.warmupMs > 0) timers.push(later('measure', span.warmupMs));
  try {
    // What befell one mode ends the others too: nobody would compare them any more.
    const broken = new AbortController();
    const either = AbortSignal.any([interrupted, broken.signal]);
    await Promise.all(
      stages.map(async (stage) => {
        await stage.play(at, span, either);
        if (stage.troubles.length > 0) broken.abort();
      }),
    );
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

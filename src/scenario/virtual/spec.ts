import type { Profile } from '../../wire/profile.ts';
import { exchangeBytes } from '../../world/virtual/exchange-bytes.ts';
import type { VirtualSpec } from '../../world/virtual/spec.ts';
import type { Mode, Scenario } from '../scenario.ts';
import { playOf, whyLeftOut } from '../staging.ts';
import type { Workload } from '../workload/planned.ts';

/** Why a mode cannot be played in virtual time; null when it can. */
export function whyNotVirtual(mode: Mode, profile: Profile, wanted: readonly string[] | null): string | null {
  const why = whyLeftOut(mode, { profile }, wanted);
  if (why !== null || mode.behind === null) return why;
  return `${mode.behind.proxy} before the server is for real runs only`;
}

/** What one mode needs to be played once in virtual time. @param run marks its channels and messages */
export function virtualSpec(
  scenario: Scenario,
  mode: Mode,
  profile: Profile,
  workload: Workload,
  run: string,
): VirtualSpec {
  const { server, warmupMs, durationMs, cooldownMs, arrivals, clients } = scenario;
  return {
    ...playOf(scenario, mode, profile, workload, { run, seed: `${workload.seed}` }),
    server: {
      semantics: server.semantics,
      holdMs: server.holdMs,
      serviceMs: server.serviceMs ?? 0,
      queue: server.queue ?? Number.POSITIVE_INFINITY,
    },
    span: { warmupMs, durationMs, cooldownMs },
    bytes: exchangeBytes({
      profile,
      semantics: server.semantics,
      regular: mode.kind === 'regular',
      holdMs: mode.kind === 'long' ? mode.holdMs : 0,
      bodyBytes: arrivals.size.bytes,
      clients: clients.count,
    }),
  };
}

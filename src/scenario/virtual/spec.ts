import type { Profile } from '../../wire/profile.ts';
import { exchangeBytes } from '../../world/virtual/exchange-bytes.ts';
import type { VirtualSpec } from '../../world/virtual/spec.ts';
import { isOfServer } from '../fault.ts';
import type { Mode, Scenario } from '../scenario.ts';
import { playOf } from '../staging.ts';
import type { Workload } from '../workload/planned.ts';

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
    behindIdleMs: mode.behind?.idleMs ?? null,
    proxied: scenario.faults.some((fault) => !isOfServer(fault)),
    ...(mode.behind !== null && { behindProxy: mode.behind.proxy }),
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

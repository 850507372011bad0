import type { Fault } from './fault.ts';
import type { Group, GroupStep } from './group.ts';
import type { Arrivals, Mode, Scenario } from './scenario.ts';

type Scaled = (ms: number) => number;

/**
 * Every configured time divided by `factor`, and rates multiplied, so that as many messages fall into each
 * interval. Limits of thresholds stay: they are about what really happens, which does not scale. The cool-down
 * keeps its two seconds beyond the longest delivery for the same reason.
 */
export function scaleScenario(scenario: Scenario, factor: number): Scenario {
  const scaled: Scaled = (ms) => ms / factor;
  const { network, clients, arrivals } = scenario;
  const slackMs = 2000;
  return {
    ...scenario,
    warmupMs: scaled(scenario.warmupMs),
    durationMs: scaled(scenario.durationMs),
    cooldownMs: scaled(scenario.cooldownMs) + slackMs * (1 - 1 / factor),
    server: {
      ...scenario.server,
      holdMs: scaled(scenario.server.holdMs),
      ...(scenario.server.serviceMs !== undefined && { serviceMs: scaled(scenario.server.serviceMs) }),
    },
    network: { ...network, oneWayMs: scaled(network.oneWayMs), jitterMs: scaled(network.jitterMs) },
    clients: {
      ...clients,
      ramp: { ...clients.ramp, overMs: scaled(clients.ramp.overMs) },
      keepAliveMs: scaled(clients.keepAliveMs),
      groups: clients.groups.map((group) => scaleGroup(group, scaled, factor)),
    },
    modes: scenario.modes.map((mode) => scaleMode(mode, scaled)),
    arrivals: {
      ...arrivals,
      process: scaleProcess(arrivals.process, scaled),
      ratePerS: arrivals.ratePerS === null ? null : arrivals.ratePerS * factor,
    },
    faults: scenario.faults.map((fault) => scaleFault(fault, scaled, factor)),
    thresholds: scenario.thresholds.map((entry) => ({ ...entry, afterMs: scaled(entry.afterMs) })),
    sweep:
      scenario.sweep === null
        ? null
        : {
            ...scenario.sweep,
            points: scenario.sweep.points.map((point) => {
              return { ...point, scenario: scaleScenario(point.scenario, factor) };
            }),
          },
  };
}

function scaleMode(mode: Mode, scaled: Scaled): Mode {
  const { retry, requestTimeoutMs } = mode;
  const common = {
    requestTimeoutMs: scaled(requestTimeoutMs),
    retry: {
      ...retry,
      baseMs: scaled(retry.baseMs),
      capMs: scaled(retry.capMs),
      firstDelayMs: scaled(retry.firstDelayMs),
    },
    behind: mode.behind === null ? null : { ...mode.behind, idleMs: scaled(mode.behind.idleMs) },
  };
  return mode.kind === 'regular'
    ? { ...mode, ...common, everyMs: scaled(mode.everyMs), jitterMs: scaled(mode.jitterMs) }
    : {
        ...mode,
        ...common,
        holdMs: scaled(mode.holdMs),
        jitterMs: scaled(mode.jitterMs),
        pauseMs: scaled(mode.pauseMs),
      };
}

function scaleProcess(process: Arrivals['process'], scaled: Scaled): Arrivals['process'] {
  switch (process.kind) {
    case 'poisson':
    case 'fixed':
      return process;
    case 'burst':
      return { ...process, everyMs: scaled(process.everyMs) };
    case 'on-off':
      return { ...process, onMs: scaled(process.onMs), offMs: scaled(process.offMs) };
    case 'replay':
      return { ...process, atMs: process.atMs.map(scaled) };
  }
}

function scaleFault(fault: Fault, scaled: Scaled, factor: number): Fault {
  const times = { atMs: scaled(fault.atMs), forMs: scaled(fault.forMs) };
  switch (fault.kind) {
    case 'proxy-504':
      return { ...fault, ...times, afterMs: scaled(fault.afterMs) };
    case 'cut-idle':
      return { ...fault, ...times, idleMs: scaled(fault.idleMs) };
    case 'add-latency':
      return { ...fault, ...times, oneWayMs: scaled(fault.oneWayMs), jitterMs: scaled(fault.jitterMs) };
    case 'slow-bytes':
      return { ...fault, ...times, bytesPerS: Math.ceil(fault.bytesPerS * factor) };
    case 'rate-limit': {
      // Retry-After knows whole seconds only.
      const retryAfterMs = 1000 * Math.max(1, Math.round(scaled(fault.retryAfterMs) / 1000));
      return { ...fault, ...times, ratePerS: fault.ratePerS * factor, retryAfterMs };
    }
    default:
      return { ...fault, ...times };
  }
}

function scaleGroup(group: Group, scaled: Scaled, factor: number): Group {
  const { churn } = group;
  return {
    ...group,
    spreadMs: scaled(group.spreadMs),
    steps: group.steps.map((step) => scaleStep(step, scaled)),
    churn: churn === null ? null : { ratePerS: churn.ratePerS * factor, awayMs: scaled(churn.awayMs) },
  };
}

function scaleStep(step: GroupStep, scaled: Scaled): GroupStep {
  const times = { atMs: scaled(step.atMs), everyMs: step.everyMs === null ? null : scaled(step.everyMs) };
  switch (step.do) {
    case 'join':
    case 'leave':
      return { ...step, ...times, overMs: scaled(step.overMs) };
    case 'sleep':
    case 'offline':
      return { ...step, ...times, forMs: scaled(step.forMs) };
    default:
      return { ...step, ...times };
  }
}

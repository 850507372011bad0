import { formatDuration, formatRate, formatShare } from '../wire/units.ts';
import type { Group, GroupStep } from './group.ts';
import type { GroupFile, StepFile } from './schema/group.ts';

/** @param clients how many there are in the scenario: a share is of them */
export function resolveGroup(entry: GroupFile, clients: number): Group {
  const { name, count, share, spread, timeline, churn } = entry;
  return {
    name,
    count: count ?? Math.round(share! * clients),
    spreadMs: spread,
    steps: timeline.map(resolveStep),
    churn: churn === undefined ? null : { ratePerS: churn.rate, awayMs: churn.away },
  };
}

function resolveStep(step: StepFile): GroupStep {
  const common = { atMs: step.at, everyMs: step.every ?? null, chance: step.chance };
  switch (step.do) {
    case 'join':
    case 'leave':
      return { ...common, do: step.do, overMs: step.over };
    case 'sleep':
    case 'offline':
      return { ...common, do: step.do, forMs: step.for, connection: step.connection };
    case 'channel':
      return { ...common, do: step.do, to: step.to };
    case 'publish':
      return { ...common, do: step.do, count: step.count };
  }
}

/** The way back: an entry of `clients.groups` that reads as this group. */
export function writeGroup({ name, count, spreadMs, steps, churn }: Group): Record<string, unknown> {
  return {
    name,
    count,
    spread: formatDuration(spreadMs),
    timeline: steps.map(writeStep),
    ...(churn !== null && {
      churn: { rate: formatRate(churn.ratePerS), away: formatDuration(churn.awayMs) },
    }),
  };
}

function writeStep(step: GroupStep): Record<string, unknown> {
  return {
    at: formatDuration(step.atMs),
    do: step.do,
    ...ownFields(step),
    ...(step.everyMs !== null && { every: formatDuration(step.everyMs) }),
    chance: formatShare(step.chance),
  };
}

function ownFields(step: GroupStep): Record<string, unknown> {
  switch (step.do) {
    case 'join':
    case 'leave':
      return { over: formatDuration(step.overMs) };
    case 'sleep':
    case 'offline':
      return { for: formatDuration(step.forMs), connection: step.connection };
    case 'channel':
      return { to: step.to };
    case 'publish':
      return { count: step.count };
  }
}

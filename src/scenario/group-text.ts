import { spoken, spokenShare } from './fault-text.ts';
import type { Group, GroupStep } from './group.ts';

/** What a group does, as a person would say it: `sleep 1 min at 20 s; publish 1 at 45 s and every 10 s`. */
export function groupText({ steps, spreadMs, churn }: Group): string {
  const parts = [
    ...steps.map(stepText),
    ...(spreadMs > 0 && steps.length > 0 ? [`each up to ${spoken(spreadMs)} later`] : []),
    ...(churn === null
      ? []
      : [`${Number(churn.ratePerS.toPrecision(3))} leave per second, for ${spoken(churn.awayMs)}`]),
  ];
  return parts.length === 0 ? 'nothing of their own' : parts.join('; ');
}

function stepText(step: GroupStep): string {
  const again = step.everyMs === null ? '' : ` and every ${spoken(step.everyMs)}`;
  const chance = step.chance < 1 ? `, chance ${spokenShare(step.chance)}` : '';
  return `${whatText(step)} at ${spoken(step.atMs)}${again}${chance}`;
}

function whatText(step: GroupStep): string {
  switch (step.do) {
    case 'join':
    case 'leave':
      return step.overMs > 0 ? `${step.do} over ${spoken(step.overMs)}` : step.do;
    case 'sleep':
    case 'offline':
      return `${step.do} ${spoken(step.forMs)}${step.connection === 'kept' ? ' (connection kept)' : ''}`;
    case 'channel':
      return typeof step.to === 'number'
        ? `go to channel ${step.to}`
        : `go to ${step.to === 'next' ? 'the next' : 'a random'} channel`;
    case 'publish':
      return `publish ${step.count}`;
  }
}

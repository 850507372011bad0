import { formatDuration } from '../wire/units.ts';
import type { Complain } from './fault-check.ts';
import type { Group, GroupStep } from './group.ts';
import { isInside, type Occurrence, occurrencesOf, rounding, stepLengthMs } from './timeline.ts';

/** A group, and whether its number of clients stands in the file as a share of them all. */
interface Checked {
  readonly groups: readonly Group[];
  readonly clients: number;
  readonly channels: number;
  /** Null: it is wrong itself. */
  readonly durationMs: number | null;
}

/** So many steps may a timeline have once `every` is written out. */
const mostSteps = 10_000;

/** What no single field of a group can say. */
export function checkGroups({ groups, clients, channels, durationMs }: Checked, complain: Complain): void {
  const names = groups.map(({ name }) => name);
  let taken = 0;
  for (const [i, group] of groups.entries()) {
    const place = ['clients', 'groups', i];
    if (names.indexOf(group.name) < i) complain([...place, 'name'], `there is another group "${group.name}"`);
    if (group.count === 0) complain([...place, 'share'], `is not one of ${clients} clients; write count: 1`);
    taken += group.count;
    if (taken > clients && taken - group.count <= clients) {
      complain(place, `with it the groups have ${taken} clients, and there are ${clients}`);
    }
    const sayStep: SayStep = (k, field, message) => complain([...place, 'timeline', k, field], message);
    for (const [k, step] of group.steps.entries()) checkChannel(step, k, channels, sayStep);
    if (durationMs === null) continue;
    const inside = group.steps.map((step, k) => checkTimes(step, k, group, durationMs, sayStep));
    if (inside.every(Boolean)) checkSequence(group, durationMs, (k, text) => sayStep(k, 'do', text));
  }
}

type SayStep = (step: number, field: string, message: string) => void;

function checkChannel(step: GroupStep, k: number, channels: number, say: SayStep): void {
  if (step.do !== 'channel') return;
  if (channels < 2) say(k, 'to', 'there is only one channel; write clients.channels');
  else if (typeof step.to === 'number' && step.to >= channels)
    say(k, 'to', `there are ${channels} channels, 0 to ${channels - 1}; there is no ${step.to}`);
}

/** @returns whether the step lies inside the measured time */
function checkTimes(step: GroupStep, k: number, group: Group, durationMs: number, say: SayStep): boolean {
  const measured = `the ${formatDuration(durationMs)} measured`;
  const { atMs, everyMs } = step;
  if (!isInside(step, atMs, group.spreadMs, durationMs)) {
    const lengthMs = stepLengthMs(step);
    const over = formatDuration(atMs + group.spreadMs + lengthMs);
    const spread = group.spreadMs === 0 ? '' : ' for the last client, with the spread';
    if (atMs >= durationMs) say(k, 'at', `${formatDuration(atMs)} is not inside ${measured}`);
    else say(k, 'at', `it would be over at ${over}${spread}, after ${measured}`);
    return false;
  }
  if (everyMs !== null && (durationMs - atMs) / everyMs > mostSteps) {
    say(k, 'every', `it would be there more than ${mostSteps} times`);
    return false;
  }
  return true;
}

/** Says of each step what contradicts it, once. */
function checkSequence(group: Group, durationMs: number, say: (step: number, message: string) => void): void {
  const all = occurrencesOf(group, durationMs);
  const told = new Set<number>();
  const first = all[0]?.step.do === 'join';
  // By chance some are there and others not: then both is right.
  let here = !first;
  let away = first;
  let busy: Occurrence | null = null;
  for (const each of all) {
    const { step, index, fromMs } = each;
    const problem =
      busy !== null && fromMs < busy.toMs - rounding
        ? `${meanwhile(busy)} until ${formatDuration(busy.toMs)} by timeline[${busy.index}]`
        : step.do === 'join' && !away
          ? 'the clients are there already'
          : step.do !== 'join' && !here
            ? 'the clients are not there'
            : null;
    if (problem !== null) {
      if (!told.has(index)) say(index, `${step.do} at ${formatDuration(fromMs)}: ${problem}`);
      told.add(index);
      continue;
    }
    if (busy === null || each.toMs > busy.toMs) busy = each;
    if (step.do === 'join') [here, away] = [true, step.chance < 1];
    if (step.do === 'leave') [here, away] = [step.chance < 1, true];
  }
}

function meanwhile({ step }: Occurrence): string {
  switch (step.do) {
    case 'sleep':
      return 'the clients are asleep';
    case 'offline':
      return 'the clients are offline';
    default:
      return step.do === 'join' ? 'the clients are still joining' : 'the clients are still leaving';
  }
}

import { type Random, seededRandom } from '../../protocol/random.ts';
import type { GroupStep, ScriptStep } from '../group.ts';
import type { Scenario } from '../scenario.ts';
import { joinsLater, type Occurrence, occurrencesOf } from '../timeline.ts';
import { churn } from './churn.ts';
import { membersOf } from './members.ts';

/** What one client does by the timeline of its group. */
export interface Script {
  readonly client: number;
  /** It is not there when publishing begins. */
  readonly late: boolean;
  readonly steps: ScriptStep[];
  /** When it is not there, or has something else to do: nobody takes it away then. Instants have no length. */
  readonly busy: { readonly fromMs: number; readonly toMs: number }[];
  readonly publishes: { readonly channel: number; readonly atMs: number }[];
}

/** The scripts of all groups, each client's steps in order. */
export function layScripts(scenario: Scenario, seed: number): Script[] {
  const { warmupMs, durationMs, clients } = scenario;
  const members = membersOf(scenario, seed);
  return clients.groups.flatMap((group) => {
    const timeline = occurrencesOf(group, durationMs);
    const late = joinsLater(group, durationMs);
    const scripts = members.get(group.name)!.map((client, place) => {
      const random = seededRandom(seed, 'script', client);
      const spread = { startMs: warmupMs + random() * group.spreadMs, share: place / group.count };
      return follow(timeline, { client, late, channels: clients.channels, random, ...spread });
    });
    if (group.churn !== null) {
      const random = seededRandom(seed, 'churn', group.name);
      churn(scripts, group.churn, random, warmupMs, warmupMs + durationMs);
    }
    return scripts;
  });
}

interface Follower {
  readonly client: number;
  readonly late: boolean;
  readonly channels: number;
  readonly random: Random;
  /** When the measured time begins for it: its own delay is in this. */
  readonly startMs: number;
  /** Its place in what the clients do one after the other, 0 to 1. */
  readonly share: number;
}

/** Goes through a timeline as one client: what chance left out may leave out what follows. */
function follow(timeline: readonly Occurrence[], follower: Follower): Script {
  const { client, late, channels, random, startMs, share } = follower;
  const script: Script = { client, late, steps: [], busy: [], publishes: [] };
  let channel = client % channels;
  let goneSince: number | null = late ? 0 : null;
  for (const { step, fromMs } of timeline) {
    const happens = random() < step.chance;
    if (!happens || (step.do === 'join') !== (goneSince !== null)) continue;
    const atMs = startMs + fromMs + ('overMs' in step ? step.overMs * share : 0);
    let untilMs = atMs;
    switch (step.do) {
      case 'join':
        script.steps.push({ atMs, do: 'join' });
        script.busy.push({ fromMs: goneSince!, toMs: atMs });
        goneSince = null;
        break;
      case 'leave':
        script.steps.push({ atMs, do: 'leave' });
        goneSince = atMs;
        break;
      case 'sleep':
      case 'offline': {
        untilMs = atMs + step.forMs;
        const back = step.do === 'sleep' ? 'wake' : 'online';
        script.steps.push({ atMs, do: step.do }, { atMs: untilMs, do: back, connection: step.connection });
        break;
      }
      case 'channel': {
        const to = nextChannel(step.to, channel, channels, random);
        if (to !== channel) script.steps.push({ atMs, do: 'move', channel: to });
        channel = to;
        break;
      }
      case 'publish':
        for (let n = 0; n < step.count; n++) script.publishes.push({ channel, atMs });
        break;
    }
    script.busy.push({ fromMs: atMs, toMs: untilMs });
  }
  if (goneSince !== null) script.busy.push({ fromMs: goneSince, toMs: Number.POSITIVE_INFINITY });
  return script;
}

function nextChannel(
  to: Extract<GroupStep, { do: 'channel' }>['to'],
  channel: number,
  channels: number,
  random: Random,
): number {
  if (typeof to === 'number') return to;
  if (to === 'next') return (channel + 1) % channels;
  // Any other one, each as likely.
  return (channel + 1 + Math.floor(random() * (channels - 1))) % channels;
}

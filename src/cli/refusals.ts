import type { Fault } from '../scenario/fault.ts';
import { isOfServer, speaksHttp } from '../scenario/fault.ts';
import { faultText } from '../scenario/fault-text.ts';
import type { Mode, Scenario } from '../scenario/scenario.ts';
import { type Target, whyLeftOut } from '../scenario/staging.ts';
import { befalls } from '../scenario/way-back.ts';
import { isLoopback } from '../wire/loopback.ts';
import { formatDuration } from '../wire/units.ts';
import type { BenchOptions } from './options.ts';

/** So many clients may be pointed at a machine that the person has not said is his. */
const mostOnForeignTargets = 50;

type Asked = Pick<BenchOptions, 'target' | 'ownsTarget' | 'modes'>;

/** Everything in a scenario that must not, or cannot, be done to somebody else's server; each in a line. */
export function refusals(asked: Asked, scenario: Scenario, target: Target): string[] {
  const url = asked.target;
  if (url === null) return [];
  const wanted = asked.modes.length === 0 ? null : asked.modes;
  const modes = scenario.modes.filter((mode) => whyLeftOut(mode, target, wanted) === null);
  const faults = scenario.faults.filter((fault) => modes.some((mode) => befalls(fault, mode)));
  return [
    ...foreign(asked.ownsTarget, url, scenario, faults),
    ...faults.flatMap((fault) =>
      impossible(fault, url, target).map((why) => `${named(scenario, fault)} ${why}`),
    ),
    ...modes.flatMap((mode) => wrongWithBehind(mode, url).map((why) => `${scenario.name}: ${why}`)),
  ];
}

function named({ name }: Scenario, fault: Fault): string {
  return `${name}: "${faultText(fault)}" at ${formatDuration(fault.atMs)}`;
}

/** A stranger's server is not ours to load, nor to harm. */
function foreign(
  ownsTarget: boolean,
  { hostname }: URL,
  { name, clients }: Scenario,
  faults: readonly Fault[],
): string[] {
  if (ownsTarget || isLoopback(hostname)) return [];
  const elsewhere = `${hostname}, which is not this machine`;
  return [
    ...(clients.count > mostOnForeignTargets
      ? [
          `${name} would send ${clients.count} clients to ${elsewhere}; ` +
            `at most ${mostOnForeignTargets} go there without --i-own-this-target`,
        ]
      : []),
    ...(faults.length > 0 ? [`${name} has faults for ${elsewhere}; that needs --i-own-this-target`] : []),
  ];
}

/** Why this fault cannot befall that server; nothing when it can. */
function impossible(fault: Fault, { hostname, origin, protocol }: URL, target: Target): string[] {
  if (fault.kind === 'server-restart' && target.restartCommand === undefined)
    return [`needs --restart-command CMD: nothing else says how to restart ${origin}`];
  if (fault.kind === 'server-freeze') {
    if (!isLoopback(hostname)) return [`stops a process, and ${hostname} is not this machine`];
    if (target.profile.process?.pid === undefined)
      return [`stops a process: the profile ${target.profile.name} needs its number as process.pid`];
  }
  if (!isOfServer(fault) && speaksHttp(fault) && protocol === 'https:')
    return [`answers in HTTP, which cannot be put into the TLS of ${origin}`];
  return [];
}

function wrongWithBehind({ name, behind }: Mode, { hostname, origin, protocol }: URL): string[] {
  if (behind === null) return [];
  const start = `mode ${name} puts ${behind.proxy} before the server, which needs`;
  if (protocol === 'https:') return [`${start} a target without TLS, not ${origin}`];
  if (!isLoopback(hostname)) return [`${start} a target on this machine, not ${hostname}`];
  return [];
}

import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { harmless } from '../report/plain-text.ts';
import { writeScenario } from '../scenario/file.ts';
import { find, loadScenario } from '../scenario/find.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { planWhole, type WholePlan } from '../scenario/sweep/plan.ts';
import { formatDuration, formatRate } from '../wire/units.ts';
import type { Override } from '../wire/yaml.ts';
import { type Io, printJson, printWarnings } from './print.ts';

export interface ShowOptions {
  readonly name: string;
  readonly resolved: boolean;
  readonly plan: boolean;
  readonly json: boolean;
  readonly overrides: readonly Override[];
}

/** `pollmark show`: the file as it is, with every default, or what it will do. */
export function show(options: ShowOptions, io: Io): number {
  const { name, resolved, plan, json, overrides } = options;
  if (!resolved && !plan && !json && overrides.length === 0) {
    io.out(readFileSync(find('scenarios', name, io.cwd).path, 'utf8'));
    return 0;
  }
  const { scenario } = loadScenario(name, io.cwd, overrides);
  const planned = planWhole(scenario);
  if (json) printJson(io, plan ? planned : writeScenario(scenario));
  else io.out(plan ? planText(scenario, planned) : stringify(writeScenario(scenario), { lineWidth: 0 }));
  if (plan)
    printWarnings(
      io,
      planned.warnings.map(({ text }) => text),
    );
  return 0;
}

/** `58 s`, `4 min`, `2.5 h`: as long as it will seem to somebody who waits. */
export function roughTime(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.ceil(ms / 60_000)} min`;
  return `${Math.ceil(ms / 360_000) / 10} h`;
}

/** The timeline and the numbers of a scenario that has not run; also for `bench --dry-run`. */
export function planText(scenario: Scenario, plan: WholePlan, world: 'real' | 'virtual' = 'real'): string {
  const { clients, modes, order, repetitions } = scenario;
  const { run, rate } = plan;
  const rows: [string, string][] = [
    ['question', harmless(scenario.title)],
    ['modes', modes.map(({ name }) => name).join(', ')],
    ['clients', `${clients.count} on ${clients.channels} channel${clients.channels === 1 ? '' : 's'}`],
    ['runs', `${plan.runs} (${repetitions} repetition${repetitions === 1 ? '' : 's'}, ${order})`],
    ['one run', timeline(run)],
    world === 'real'
      ? ['expected time', roughTime(plan.totalMs)]
      : ['virtual time', roughTime(plan.totalMs - plan.runs * run.overheadMs)],
    ...sweepRows(scenario.sweep),
    [
      'messages',
      `${rateText(rate.perChannel)} per channel, ${rateText(rate.perClient)} per client, ${rateText(rate.total)} in total`,
    ],
    ['measured', `${plan.messages} messages, ${plan.deliveries} deliveries per mode in a repetition`],
    ['percentiles', plan.percentiles.map(percentileText).join('; ')],
  ];
  rows.push(
    ...listed(
      'groups',
      plan.groups.map(({ name, clients, text }) => `${name} (${clients}): ${text}`),
    ),
  );
  rows.push(...listed('faults', plan.faults.map(faultLine)));
  return rows.map(([label, text]) => `${label.padEnd(15)}${text}\n`).join('');
}

function sweepRows(sweep: Scenario['sweep']): [string, string][] {
  if (sweep === null) return [];
  const values = sweep.points.map(({ value }) => value).join(', ');
  return [
    ['sweep', `${sweep.field}: ${values}`],
    ['', `what follows is of ${sweep.field} ${sweep.own ?? 'as it stands'}`],
  ];
}

/** One line for each, the label before the first only. */
function listed(label: string, lines: readonly string[]): [string, string][] {
  return lines.map((line, i) => [i === 0 ? label : '', line]);
}

function faultLine({ atMs, text, modes, clients }: Plan['faults'][number]): string {
  const whom = [
    ...(modes === null ? [] : [`only ${modes.join(', ')}`]),
    ...(clients === null ? [] : [`${clients} client${clients === 1 ? '' : 's'}`]),
  ];
  return `at ${formatDuration(atMs)}: ${text}${whom.length === 0 ? '' : ` (${whom.join('; ')})`}`;
}

function timeline({ setupMs, warmupMs, durationMs, cooldownMs }: Plan['run']): string {
  const phases: [string, number][] = [
    ['clients join', setupMs],
    ['warm-up', warmupMs],
    ['measured', durationMs],
    ['cool-down', cooldownMs],
  ];
  return phases
    .filter(([, ms]) => ms > 0)
    .map(([name, ms]) => `${name} ${formatDuration(Math.round(ms / 100) * 100)}`)
    .join(', ');
}

/** Three digits are enough for a plan. */
function rateText(perS: number): string {
  return formatRate(Number(perS.toPrecision(3)));
}

function percentileText({ percentile, needs, enough }: Plan['percentiles'][number]): string {
  return enough
    ? `p${percentile}`
    : `p${percentile} n/a (needs ${needs.deliveries} deliveries of ${needs.messages} messages)`;
}

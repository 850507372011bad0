import { engineChoices } from '../scenario/virtual/choice.ts';
import type { OptionKind, OptionRow } from './option.ts';

export const colorChoices = ['auto', 'always', 'never'] as const;

type More = Partial<Omit<OptionRow, 'name' | 'kind' | 'description' | 'group'>>;

function group(heading: string) {
  return (name: string, kind: OptionKind, description: string, more: More = {}): OptionRow => {
    return { name, kind, description, group: heading, ...more };
  };
}

const what = group('What to run');
const how = group('How');
const output = group('Output');
const fromFile = { default: 'from file' };

/** The options of `pollmark bench`. */
export const benchRows: readonly OptionRow[] = [
  what('scenario', 'list', 'scenario name or file; may be repeated', { alias: 'S', required: true }),
  what('target', 'text', 'base URL of a running server (default: start our own)', { alias: 't' }),
  what('profile', 'text', 'how that server speaks, from profiles/ (needed with --target)', { alias: 'p' }),
  what('header', 'list', `header for every request, e.g. -H 'Authorization: \${env:TOKEN}'`, { alias: 'H' }),
  what('set', 'list', 'override one field, e.g. -s clients.count=50', { alias: 's' }),
  what('mode', 'list', 'only these modes of the scenario', { alias: 'm' }),
  what('i-own-this-target', 'flag', 'allow faults and over 50 clients against another machine'),
  what('restart-command', 'text', 'how to restart the target: run by the shell at each server-restart fault'),
  what('ca', 'text', 'file with certificates to trust, for https targets'),
  what('insecure', 'flag', 'do not check the certificate of an https target'),
  how('repetitions', 'integer', 'how often each mode is measured', { alias: 'r', min: 1, ...fromFile }),
  how('duration', 'duration', 'measured time', fromFile),
  how('seed', 'integer', 'random seed', fromFile),
  how('ceiling', 'flag', 'first find what the server can answer at once'),
  how('time-scale', 'number', 'divide configured times; marks the result as scaled', { min: 1 }),
  how('dry-run', 'flag', 'print plan and expected time, send nothing'),
  output('out', 'text', 'folder for this run', { alias: 'o', default: 'reports/<time>-<scenario>' }),
  output('baseline', 'text', 'compare with an earlier result: a folder or a file', { alias: 'b' }),
  output('fail-on-regression', 'flag', 'exit 99 when worse than the baseline, 4 when nobody can tell'),
  output('no-events', 'flag', 'keep no event file (its size is announced before the run)'),
  output('live', 'flag', 'page on 127.0.0.1 while running; its address is printed'),
  output('quiet', 'flag', 'only errors and the result', { alias: 'q' }),
  output('no-progress', 'flag', 'no progress line'),
  output('color', 'choice', 'colours in the terminal', { choices: colorChoices, default: 'auto' }),
  output('ascii', 'flag', 'charts from plain ASCII signs'),
  output('json', 'flag', 'result to stdout, nothing else there'),
];

/** The options of `pollmark simulate`: those of `bench` that need no server and no machine. */
export const simulateRows: readonly OptionRow[] = [
  {
    name: 'live',
    kind: 'flag',
    description: '',
    refused: 'has no meaning here: virtual time passes in a moment, and there is nothing to watch',
  },
  ...benchRows.filter(({ name }) =>
    [
      ...['scenario', 'set', 'mode', 'repetitions', 'duration', 'seed', 'time-scale', 'dry-run', 'out'],
      ...['baseline', 'fail-on-regression', 'no-events', 'quiet', 'no-progress', 'color', 'ascii', 'json'],
    ].includes(name),
  ),
  how('engine', 'choice', 'clients together, each alone, or as their number asks for', {
    choices: engineChoices,
    default: 'auto',
  }),
  how('jobs', 'integer', 'so many modes and repetitions at once, of clients that are alone', {
    min: 1,
    default: 'cores',
  }),
];

import { colorChoices } from './bench-table.ts';
import type { OptionKind, OptionRow } from './option.ts';

export const transcriptChoices = ['fail', 'all'] as const;

type More = Partial<Omit<OptionRow, 'name' | 'kind' | 'description' | 'group'>>;

function group(heading: string) {
  return (name: string, kind: OptionKind, description: string, more: More = {}): OptionRow => {
    return { name, kind, description, group: heading, ...more };
  };
}

const what = group('What to judge');
const rows = group('Which rows');
const how = group('How');
const output = group('Output');

/** The options of `pollmark conformance`. */
export const conformanceRows: readonly OptionRow[] = [
  what('target', 'text', 'base URL of the server (default: one that the profile can start, for the run)', {
    alias: 't',
  }),
  what('profile', 'text', 'how that server speaks, from profiles/ or a file', { alias: 'p', required: true }),
  what('header', 'list', `header for every request, e.g. -H 'Authorization: \${env:TOKEN}'`, { alias: 'H' }),
  what('set', 'list', 'override one field of the profile, e.g. -s hold.time=3s', { alias: 's' }),
  what('i-own-this-target', 'flag', 'allow load and hostile rows against a target on another machine'),
  what('ca', 'text', 'file with certificates to trust, for https targets'),
  what('insecure', 'flag', 'do not check the certificate of an https target'),
  rows('tags', 'list', 'phases besides the ordinary one: slow,load,hostile,process'),
  rows('all', 'flag', 'every phase'),
  rows('skip', 'list', 'leave these rows out: ids, prefixes or globs'),
  rows('list', 'flag', 'show every row and what it demands, send nothing'),
  how('strict', 'flag', 'a failed SHOULD counts as a failed MUST does'),
  how('expect', 'text', 'file of known failures; one that passes after all is an error'),
  how('repeat', 'integer', 'how often everything is played', { min: 1, default: 1 }),
  how('timing-scale', 'number', 'multiply settle time and budgets', { min: 0.1, default: 1 }),
  how('seed', 'integer', 'seed of the data that is sent', { default: 1 }),
  output('out', 'text', 'folder for this run', {
    alias: 'o',
    default: 'reports/<time>-conformance-<profile>',
  }),
  output('transcripts', 'choice', 'keep the bytes of rows that did not pass, or of all', {
    choices: transcriptChoices,
    default: 'fail',
  }),
  output('quiet', 'flag', 'only errors and the result', { alias: 'q' }),
  output('no-progress', 'flag', 'no progress line'),
  output('color', 'choice', 'colours in the terminal', { choices: colorChoices, default: 'auto' }),
  output('ascii', 'flag', 'plain ASCII signs'),
  output('json', 'flag', 'result to stdout, nothing else there'),
];

import { UsageError } from '../wire/usage.ts';
import type { Call, Command } from './command.ts';
import type { OptionRow } from './option.ts';
import type { Io } from './print.ts';
import { readHeader, readTarget } from './target.ts';

const rows: readonly OptionRow[] = [
  { name: 'target', alias: 't', kind: 'text', description: 'base URL of the running server', required: true },
  {
    name: 'header',
    alias: 'H',
    kind: 'list',
    description: `header for every request, e.g. -H 'Authorization: \${env:TOKEN}'`,
  },
  { name: 'ca', kind: 'text', description: 'file with certificates to trust, for https targets' },
  { name: 'insecure', kind: 'flag', description: 'do not check the certificate of an https target' },
  { name: 'out', alias: 'o', kind: 'text', description: 'init: the file to write', default: 'stdout' },
];

/** `pollmark profile init|check`: from nothing to a profile that works. */
export const profileCommand: Command = {
  name: 'profile',
  summary: 'begin a profile for a server, or try one on it',
  usage: 'pollmark profile init --target URL [-o FILE]   or   pollmark profile check FILE --target URL',
  rows,
  examples: [
    'pollmark profile init --target http://127.0.0.1:9000 -o mine.yaml',
    'pollmark profile check mine.yaml --target http://127.0.0.1:9000',
  ],
  run,
};

async function run({ values, words, problems: known, wrong }: Call, io: Io): Promise<number> {
  const problems = [...known];
  const [verb, name, ...more] = words;
  if (verb !== 'init' && verb !== 'check')
    problems.push(
      `profile ${verb === undefined ? 'needs a verb' : `has no "${verb}"`}; write pollmark profile init or pollmark profile check FILE`,
    );
  if (verb === 'check' && name === undefined)
    problems.push('which profile? pollmark profile check FILE --target URL');
  const surplus = verb === 'init' && name !== undefined ? [name, ...more] : more;
  problems.push(...surplus.map((word) => `unexpected "${word}"`));
  const out = (values['out'] as string | undefined) ?? null;
  if (verb === 'check' && out !== null) problems.push('--out belongs to pollmark profile init');
  const text = values['target'] as string | undefined;
  if (text === undefined && !wrong.has('target'))
    problems.push('--target is missing; write for example --target http://127.0.0.1:8080');
  const url = text === undefined ? undefined : readTarget(text);
  if (typeof url === 'string') problems.push(url);
  const headers = ((values['header'] as string[] | undefined) ?? []).map(readHeader);
  problems.push(...headers.filter((each) => typeof each === 'string'));
  if (problems.length > 0) throw new UsageError(problems);

  const options = {
    target: url as URL,
    headers: headers.filter((each) => typeof each !== 'string'),
    ca: (values['ca'] as string | undefined) ?? null,
    insecure: values['insecure'] === true,
  };
  if (verb === 'init') {
    const { initProfile } = await import('./profile-init.ts');
    return initProfile({ ...options, out }, io);
  }
  const { checkProfileAgainst } = await import('./profile-check.ts');
  return checkProfileAgainst({ ...options, profile: name! }, io);
}

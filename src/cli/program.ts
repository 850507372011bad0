import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { nearest, UsageError } from '../wire/usage.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit.ts';
import { checkOptions, declareOptions, looseParsing } from './option.ts';
import { type Io, printErrors, textWidth } from './print.ts';

/**
 * Runs one command line.
 * @param args without node and the script
 * @returns the exit code
 */
export async function program(args: readonly string[], io: Io): Promise<number> {
  try {
    const known = await commands();
    if (args.includes('--get-yargs-completions')) {
      await makeParser(known, args, io, true).parse();
      return exitCodes.ok;
    }
    const parsed = parse(known, args, io);
    if (parsed.output !== '') {
      io.out(`${parsed.output}\n`);
      return exitCodes.ok;
    }
    return await run(known, parsed.argv, args, { ...io, args });
  } catch (error) {
    if (error instanceof UsageError) {
      printErrors(io, error.complaints);
      return error.exitCode;
    }
    const { stack } = error instanceof Error ? error : new Error(String(error));
    printErrors(io, [`this is a defect of pollmark; please report it\n${stack}`]);
    return exitCodes.crash;
  }
}

type Parsed = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

function run(
  known: readonly Command[],
  argv: Parsed,
  args: readonly string[],
  io: Io,
): Promise<number> | number {
  const [verb, ...words] = argv._.map(String);
  const names = known.map(({ name }) => name);
  if (verb === undefined) {
    const strange = checkOptions([], argv, args).problems;
    throw new UsageError([
      ...strange,
      `a command is missing; there are: ${names.join(', ')}   (pollmark --help)`,
    ]);
  }
  const command = known.find(({ name }) => name === verb);
  if (command === undefined) {
    const meant = nearest(verb, names);
    throw new UsageError(
      `unknown command "${verb}"; ${meant === undefined ? `there are: ${names.join(', ')}` : `did you mean "${meant}"?`}`,
    );
  }
  return command.run({ words, ...checkOptions(command.rows, argv, args) }, io);
}

/** Help, version and completion come back as `output`; nothing is printed and nothing exits here. */
function parse(known: readonly Command[], args: readonly string[], io: Io): { argv: Parsed; output: string } {
  const end = args.indexOf('--');
  const forHelp = args
    .slice(0, end === -1 ? undefined : end)
    .some((arg) => ['--help', '-h', '--h'].includes(arg));
  let output = '';
  const argv = makeParser(known, args, io, forHelp).parseSync(
    withNegatives(args),
    {},
    (_error, _argv, text) => {
      output = text;
    },
  );
  return { argv: argv as unknown as Parsed, output };
}

/** `--hold -5s` is a negative value, which the check refuses by name, and not the options -5 and -s. */
function withNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\.?\d/.test(arg) && before !== undefined && /^--[^=]+$/.test(before))
      joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function makeParser(known: readonly Command[], args: readonly string[], io: Io, forHelp: boolean): Argv {
  let parser = yargs([...args])
    .scriptName('pollmark')
    .parserConfiguration(looseParsing)
    .exitProcess(false)
    .fail(false)
    .usage('pollmark - compare regular and long HTTP polling\n\nUsage: pollmark COMMAND [options]')
    .help()
    .alias('help', 'h')
    .version(ownVersion())
    .completion('completion', 'print a completion script for the shell')
    .wrap(textWidth(io));
  for (const command of known) {
    parser = parser.command(command.name, command.summary, (inner) => {
      let described = declareOptions(inner, command.rows, forHelp).usage(
        `pollmark ${command.name} - ${command.summary}\n\nUsage: ${command.usage}`,
      );
      for (const example of command.examples) described = described.example(example, '');
      return described;
    });
  }
  return parser;
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

import type { Argv } from 'yargs';
import { z } from 'zod';
import { type Finding, inspect } from '../wire/finding.ts';
import { notA, parseDuration, parseRate, parseSize } from '../wire/units.ts';
import { nearest } from '../wire/usage.ts';

export type OptionKind =
  | 'text'
  | 'list'
  | 'flag'
  | 'integer'
  | 'number'
  | 'duration'
  | 'rate'
  | 'size'
  | 'choice';

/** One option of a command. The table of rows makes the help, the parsing and the check. */
export interface OptionRow {
  /** Without dashes; a flag that begins with `no-` is false when absent and true when given. */
  readonly name: string;
  readonly alias?: string;
  /** `duration` gives milliseconds, `rate` per second, `size` bytes, `list` may be repeated. */
  readonly kind: OptionKind;
  readonly choices?: readonly string[];
  /** Least value of an integer or number. */
  readonly min?: number;
  readonly description: string;
  /** Shown only; what is used when the option is absent is up to the command. */
  readonly default?: string | number | boolean;
  readonly group?: string;
  readonly required?: boolean;
  /** Why this command cannot have it, after its name: not in the help, and refused with these words. */
  readonly refused?: string;
}

/** By option name; absent options are absent here too. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** Parsing that never fails and never guesses: numbers stay texts, so that `abc` can be quoted in the complaint. */
export const looseParsing = {
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
} as const;

const shownTypes: Readonly<Record<OptionKind, 'string' | 'array' | 'boolean' | 'number'>> = {
  ...{ text: 'string', list: 'array', flag: 'boolean', integer: 'number', number: 'number' },
  ...{ duration: 'string', rate: 'string', size: 'string', choice: 'string' },
};

/**
 * Tells yargs about the options.
 * @param forHelp with the types and marks that help shows; otherwise as loosely as they are to be parsed
 */
export function declareOptions<T>(parser: Argv<T>, rows: readonly OptionRow[], forHelp: boolean): Argv<T> {
  for (const row of rows) {
    const shown = shownTypes[row.kind];
    parser.option(row.name, {
      type: forHelp || shown !== 'number' ? shown : 'string',
      describe: row.description,
      ...(row.kind === 'list' ? { string: true } : {}),
      ...(row.alias === undefined ? {} : { alias: row.alias }),
      ...(row.group === undefined ? {} : { group: row.group }),
      ...(row.refused === undefined ? {} : { hidden: true }),
      ...(row.choices === undefined ? {} : forHelp ? { choices: row.choices } : {}),
      ...(row.default === undefined ? {} : { defaultDescription: String(row.default) }),
      ...(forHelp && row.required === true ? { demandOption: true } : {}),
    });
  }
  return parser;
}

/** Always known, and answered before any command runs. */
const general = ['help', 'h', 'version'];

/** What is right among the given options, and every problem with the others. */
export interface CheckedOptions {
  readonly values: OptionValues;
  readonly problems: readonly string[];
  /** Names of options that are given wrongly, or that a mistyped one stands for. */
  readonly wrong: ReadonlySet<string>;
}

/**
 * Checks what yargs parsed; every problem at once, in our words.
 * @param parsed as yargs gives it, words under `_`
 * @param raw the arguments as typed, for quoting an unknown option as it was written
 */
export function checkOptions(
  rows: readonly OptionRow[],
  parsed: Readonly<Record<string, unknown>>,
  raw: readonly string[],
): CheckedOptions {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  const wrong = new Set<string>();
  const aliases = rows.flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
  const aside = new Set(['_', '$0', '--', ...general, ...aliases]);
  for (const [key, value] of Object.entries(parsed)) {
    if (aside.has(key) || value === undefined) continue;
    const negated = rows.find(({ name }) => name === `no-${key}`);
    const row = rows.find(({ name }) => name === key);
    if (row?.refused !== undefined) {
      wrong.add(key);
      problems.push(`--${key} ${row.refused}`);
    } else if (negated !== undefined) values[negated.name] = value === false;
    else if (row !== undefined) {
      const strange = row.kind === 'flag' ? flagValue(key, raw) : undefined;
      if (strange !== undefined) {
        wrong.add(key);
        problems.push(`--${key} is on or off and takes no "${strange}"`);
        continue;
      }
      // As other tools have it: --no-color is --color never.
      const meant = value === false && row.choices?.includes('never') === true ? 'never' : value;
      const result = inspect(valueSchema(row), meant);
      if (result.ok) values[key] = result.value;
      else {
        wrong.add(key);
        problems.push(...result.findings.map((finding) => `--${key}${joined(finding)}`));
      }
    } else {
      const spelled = spelling(key, raw);
      const near = nearest(spelled.replace(/^-+/, ''), [...rows.map(({ name }) => name), 'help', 'version']);
      if (near !== undefined) wrong.add(near);
      problems.push(`unknown option ${spelled}${near === undefined ? '' : `; did you mean --${near}?`}`);
    }
  }
  return { values, problems, wrong };
}

/** yargs takes `--json=maybe` for false; that is not what anybody means. */
function flagValue(name: string, raw: readonly string[]): string | undefined {
  const typed = raw
    .filter((word) => word.startsWith(`--${name}=`))
    .map((word) => word.slice(name.length + 3));
  return typed.find((value) => value !== 'true' && value !== 'false');
}

function joined({ text }: Finding): string {
  return text.startsWith('needs ') || text.startsWith('is given') ? ` ${text}` : `: ${text}`;
}

/** `--scenaro`, `--no-colour`, `-x`: as the person typed it. */
function spelling(key: string, raw: readonly string[]): string {
  const typed = raw.map((word) => word.split('=')[0]!);
  return (
    [`--${key}`, `--no-${key}`].find((form) => typed.includes(form)) ??
    (key.length === 1 ? `-${key}` : `--${key}`)
  );
}

const single = (error?: (input: unknown) => string) =>
  z
    .string({
      error: ({ input }) =>
        Array.isArray(input) ? `is given ${input.length} times` : (error?.(input) ?? 'needs a value'),
    })
    .min(1, { error: 'needs a value', abort: true });

/** Nothing that an option counts or measures is below nothing. */
const negative = /^-\s*\.?\d/;

/** A text that must be understood by `parse`, or the complaint is `wrong`. */
function read<T>(parse: (text: string) => T | undefined, wrong: (text: string) => string) {
  return single().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({
      code: 'custom',
      message: negative.test(text) ? `"${text}" is negative; it must be 0 or more` : wrong(text),
    });
    return z.NEVER;
  });
}

function valueSchema({ name, kind, choices = [], min = 0 }: OptionRow): z.ZodType {
  switch (kind) {
    case 'flag':
      return z.union([z.boolean(), z.array(z.boolean()).transform((each) => each.at(-1))]);
    case 'text':
      return single();
    case 'list':
      return z.array(single()).min(1, { error: 'needs a value' });
    case 'choice':
      return single().pipe(z.enum(choices as [string, ...string[]]));
    case 'duration':
      return read(parseDuration, (text) => notA('duration', text));
    case 'rate':
      return read(parseRate, (text) => notA('rate', text));
    case 'size':
      return read(parseSize, (text) => notA('size', text));
    case 'integer':
    case 'number': {
      const whole = kind === 'integer';
      const example = `--${name} ${Math.max(min, 5)}`;
      return read(
        (text) => {
          const fits = whole ? /^\d+$/.test(text) : /^\d+(\.\d+)?$/.test(text);
          const value = Number(text);
          return fits && value >= min && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
        },
        (text) =>
          `"${text}" is not a ${whole ? 'whole ' : ''}number${min > 0 ? ` of ${min} or more` : ''}; write for example ${example}`,
      );
    }
  }
}

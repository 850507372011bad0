import type { z } from 'zod';
import { nearest } from './usage.ts';

/** One thing that is wrong with a value, where in the value, and what would be right. */
export interface Finding {
  readonly path: readonly (string | number)[];
  /** The unknown key itself, when that is what is wrong; `path` is then the map that holds it. */
  readonly key?: string;
  /** The text that is meant, for findings inside of a text: `thresholds[0] "a < b": ...`. */
  readonly quote?: string;
  readonly text: string;
}

type Issue = z.core.$ZodIssue;

/**
 * Checks a value against a schema. Unlike `safeParse`, an answer that fails has every finding in our words:
 * unknown keys with the nearest known one, unions by the branch that was meant.
 */
export function inspect<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { ok: true; value: T } | { ok: false; findings: Finding[] } {
  const result = schema.safeParse(value, { error: word, reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  const findings = result.error.issues.flatMap((issue) => translate(issue, [], schema, value));
  const meant = new Set(findings.flatMap((finding) => meantPath(finding, schema, value)));
  return {
    ok: false,
    findings: findings.filter(({ path, text }) => !isMissing(text) || !meant.has(path.join('\0'))),
  };
}

/** `modes[0].every` */
export function showPath(path: readonly (string | number)[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  null: 'nothing',
};

const isMissing = (text: string): boolean => text.startsWith('is missing');

/** Our words for what zod found; a schema that words an error itself keeps its own. */
function word(issue: z.core.$ZodRawIssue): string | undefined {
  const input: unknown = issue.input;
  switch (issue.code) {
    case 'invalid_type': {
      const expected = nouns[issue.expected] ?? issue.expected;
      if (input === undefined) return `is missing; expected ${expected}`;
      return `expected ${expected}, got ${show(input)}`;
    }
    case 'invalid_value':
      return notOneOf(input, [...new Set(issue.values.map(String))]);
    case 'too_small': {
      const least = `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
      return issue.origin === 'array' || issue.origin === 'string'
        ? `needs ${least} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `must be ${least}, got ${show(input)}`;
    }
    case 'too_big': {
      const most = `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
      return issue.origin === 'array' || issue.origin === 'string'
        ? `may have ${most} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `must be ${most}, got ${show(input)}`;
    }
    case 'invalid_format':
      return `${show(input)} does not have the right form`;
    default:
      return undefined;
  }
}

function translate(issue: Issue, base: Finding['path'], schema: z.ZodType, root: unknown): Finding[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path, root);
    return issue.keys.map((key) => ({ path, key, text: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_union') {
    if (issue.discriminator !== undefined) {
      const holder = issue.input as Record<string, unknown> | undefined;
      const options = 'options' in issue ? (issue.options as readonly unknown[]) : [];
      return [{ path, text: notOneOf(holder?.[issue.discriminator], options.map(String)) }];
    }
    const rightType = issue.errors.filter((branch) => !branch.some(isWrongType));
    if (rightType.length > 0) {
      const branch = rightType.reduce((a, b) => (b.length < a.length ? b : a));
      return branch.flatMap((inner) => translate(inner, path, schema, root));
    }
    const expected = issue.errors
      .flat()
      .flatMap((inner) => ('expected' in inner ? [String(inner.expected)] : []));
    const list = [...new Set(expected.map((type) => nouns[type] ?? type))].join(' or ');
    const missing = issue.input === undefined;
    return [
      { path, text: missing ? `is missing; expected ${list}` : `expected ${list}, got ${show(issue.input)}` },
    ];
  }
  const params = issue.code === 'custom' ? issue.params : undefined;
  const quote = params?.['quote'];
  return [{ path, text: issue.message, ...(typeof quote === 'string' ? { quote } : {}) }];
}

function isWrongType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof issue.input === 'object');
}

function notOneOf(input: unknown, values: readonly string[]): string {
  const list = values.join(', ');
  if (input === undefined) return `is missing; expected ${values.length > 1 ? 'one of ' : ''}${list}`;
  const meant = typeof input === 'string' ? nearest(input, values) : undefined;
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `${show(input)} is not ${values.length > 1 ? 'one of ' : ''}${list}${hint}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== undefined) return `unknown key "${key}"; did you mean "${meant}"?`;
  return `unknown key "${key}"${known.length > 0 ? `; known here: ${known.join(', ')}` : ''}`;
}

/** The path of the required key that a mistyped one stands for, so that it is not reported as missing too. */
function meantPath(finding: Finding, schema: z.ZodType, root: unknown): string[] {
  if (finding.key === undefined) return [];
  const meant = nearest(finding.key, knownKeys(schema, finding.path, root));
  return meant === undefined ? [] : [[...finding.path, meant].join('\0')];
}

/** Which keys a map at this place may have; where several forms are possible, those of all that still fit. */
function knownKeys(schema: z.ZodType, path: Finding['path'], root: unknown): string[] {
  let level = { schemas: forms(schema, root), value: root };
  for (const part of path) {
    const value = (level.value as Record<string | number, unknown> | undefined)?.[part];
    level = {
      schemas: level.schemas.flatMap((each) => inside(each, part)).flatMap((each) => forms(each, value)),
      value,
    };
  }
  return [
    ...new Set(
      level.schemas.flatMap(({ _zod: { def } }) =>
        def.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [],
      ),
    ),
  ];
}

type Schema = z.core.$ZodType;

/** A schema without its wrappers, and a union as those of its branches that the discriminator allows. */
function forms(schema: Schema, value: unknown): Schema[] {
  const def = schema._zod.def as z.core.$ZodTypeDef & Record<string, unknown>;
  if (def.type === 'pipe') return forms(def['in'] as Schema, value);
  if ('innerType' in def) return forms(def['innerType'] as Schema, value);
  if (def.type !== 'union') return [schema];
  const discriminator = def['discriminator'];
  const all = (def['options'] as Schema[]).flatMap((option) => forms(option, value));
  if (typeof discriminator !== 'string') return all;
  const chosen = (value as Record<string, unknown> | undefined)?.[discriminator];
  return all.filter((form) => {
    const literal = (form._zod.def as z.core.$ZodObjectDef).shape?.[discriminator]?._zod.def;
    return (literal as z.core.$ZodLiteralDef<z.core.util.Literal> | undefined)?.values.includes(
      chosen as string,
    );
  });
}

function inside(schema: Schema, part: string | number): Schema[] {
  const def = schema._zod.def;
  const next =
    def.type === 'object'
      ? (def as z.core.$ZodObjectDef).shape[part]
      : def.type === 'array'
        ? (def as z.core.$ZodArrayDef).element
        : def.type === 'record'
          ? (def as z.core.$ZodRecordDef).valueType
          : undefined;
  return next === undefined ? [] : [next];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

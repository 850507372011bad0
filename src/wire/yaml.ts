import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parse, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Finding, inspect, showPath } from './finding.ts';
import { UsageError } from './usage.ts';

/** One field set from the command line instead of in the file: `-s clients.count=50`. */
export interface Override {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  /** What the person typed; stands in complaints in place of file, line and column. */
  readonly label: string;
}

/**
 * Reads YAML 1.2 and checks it against a schema.
 * @param file the name that complaints begin with
 * @throws UsageError with every complaint as `file:line:col  path: text`, in the order of the file
 */
export function readYaml<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
  overrides: readonly Override[] = [],
): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) throw new UsageError(syntax.map(({ pos, message }) => `${at(pos[0])}  ${message}`));

  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new UsageError(`${at(0)}  ${(error as Error).message}`);
  }
  const misplaced = overrides.flatMap((override) => {
    const problem = assign(data, override);
    return problem === undefined ? [] : [`${override.label}  ${problem}`];
  });

  const result = inspect(schema, data);
  if (result.ok && misplaced.length === 0) return result.value;
  const located = (result.ok ? [] : result.findings).map((finding) => {
    const override = overrides.findLast(({ path }) => concerns(path, finding));
    const offset = override === undefined ? offsetOf(document.contents, finding) : -1;
    return { offset, line: `${override?.label ?? at(offset)}  ${describe(finding)}` };
  });
  located.sort((a, b) => a.offset - b.offset);
  throw new UsageError([...misplaced, ...located.map(({ line }) => line)]);
}

/** Where a field stands in a text, as complaints begin with it: `file:line:col`; the nearest that is there. */
export function placeOf(text: string, file: string, path: readonly (string | number)[]): string {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const { line, col } = lines.linePos(offsetOf(contents, { path, text: '' }));
  return `${file}:${line}:${col}`;
}

/** The value of an override or an option, written as in a file: `50`, `10s`, `[50, 99]`. Undefined when it is no YAML. */
export function parseYamlValue(text: string): { value: unknown } | undefined {
  try {
    return { value: parse(text, { prettyErrors: false }) as unknown };
  } catch {
    return undefined;
  }
}

function describe({ path, quote, text }: Finding): string {
  const place = `${showPath(path)}${quote === undefined ? '' : ` ${JSON.stringify(quote)}`}`;
  return place === '' || path.length === 0 ? text : `${place}: ${text}`;
}

/** Whether a finding is about a field that an override set, or about something within it. */
function concerns(overridden: Override['path'], { path, key }: Finding): boolean {
  const full = key === undefined ? path : [...path, key];
  const shared = Math.min(full.length, overridden.length);
  if (full.length < overridden.length && key === undefined) return false;
  return overridden.slice(0, shared).every((part, i) => String(part) === String(full[i]));
}

/** Where in the text a finding belongs: the key if that is wrong, else the value, else the nearest that is there. */
function offsetOf(contents: unknown, { path, key }: Finding): number {
  let node: unknown = contents;
  let offset = isNode(node) ? start(node) : 0;
  const steps: readonly (string | number)[] = key === undefined ? path : [...path, key];
  for (const [i, step] of steps.entries()) {
    if (isAlias(node)) return offset;
    if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = start(node);
    } else if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      const onKey = key !== undefined && i === steps.length - 1;
      const value: unknown = pair.value;
      // A map or list begins on the next line; the key says better where it is.
      const spot = onKey || !isNode(value) || isMap(value) || isSeq(value) ? pair.key : value;
      if (isNode(spot)) offset = start(spot);
      node = value;
    } else return offset;
  }
  return offset;
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Sets one field in place, making maps on the way. Returns what prevents it. */
function assign(data: unknown, { path, value }: Override): string | undefined {
  let holder = data;
  for (const [i, part] of path.entries()) {
    const here = showPath(path.slice(0, i));
    const last = i === path.length - 1;
    if (Array.isArray(holder)) {
      const index = Number(part);
      if (!Number.isInteger(index) || index < 0 || index >= holder.length) {
        return `${here} has ${holder.length} entries, 0 to ${holder.length - 1}; there is no "${part}"`;
      }
      if (last) holder[index] = value;
      else holder = holder[index];
    } else if (typeof holder === 'object' && holder !== null) {
      const map = holder as Record<string, unknown>;
      const known = Object.hasOwn(map, part) && map[part] !== null;
      if (last) put(map, String(part), value);
      else if (known) holder = map[part];
      else {
        const made = {};
        put(map, String(part), made);
        holder = made;
      }
    } else return `${here === '' ? 'the file' : here} is no map of keys, so it has no "${part}"`;
  }
  return undefined;
}

/** Also right for a key such as `__proto__`, which is then reported as unknown. */
function put(map: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

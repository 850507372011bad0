import { nearest, UsageError } from '../wire/usage.ts';
import { type Override, parseYamlValue } from '../wire/yaml.ts';
import type { Scenario } from './scenario.ts';

/**
 * `modes.1.retry.policy=article` as an override of one field; the value is read as it would be in a file.
 * @returns what is wrong with it when it cannot be one
 */
export function parseOverride(text: string, option = '-s', example = 'clients.count=50'): Override | string {
  const label = `${option} ${text}`;
  const equals = text.indexOf('=');
  if (equals === -1) return `${label}  is no FIELD=VALUE; write for example ${option} ${example}`;
  const path = fieldPath(text.slice(0, equals));
  if (path.includes('')) return `${label}  names no field; write for example ${option} ${example}`;
  const parsed = parseYamlValue(text.slice(equals + 1));
  if (parsed === undefined) return `${label}  the value is no YAML; put texts with special signs into quotes`;
  return { path, value: parsed.value, label };
}

/** The keys on the way to a field: `modes.1.hold`, or `modes[1].hold`. */
export function fieldPath(field: string): (string | number)[] {
  return field
    .trim()
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** What the command line may say about a scenario besides `-s`. */
export interface ScenarioOptions {
  readonly duration?: string | undefined;
  readonly seed?: number | undefined;
  readonly repetitions?: number | undefined;
}

/** `--duration 1m` is an override of the field `duration`, and so on; they come after `-s`. */
export function optionOverrides(options: ScenarioOptions): Override[] {
  const fields = ['duration', 'seed', 'repetitions'] as const;
  return fields.flatMap((field) => {
    const value = options[field];
    return value === undefined ? [] : [{ path: [field], value, label: `--${field} ${value}` }];
  });
}

/**
 * Which modes run. Those left out stay in the scenario, so that thresholds on them can be reported as not
 * applicable.
 * @returns for each mode that is left out, why
 * @throws UsageError for a name that is no mode
 */
export function leftOutModes(scenario: Scenario, only: readonly string[]): Map<string, string> {
  const names = scenario.modes.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      unknown.map((name) => {
        const meant = nearest(name, names);
        const hint = meant === undefined ? `there are: ${names.join(', ')}` : `did you mean "${meant}"?`;
        return `scenario "${scenario.name}" has no mode "${name}"; ${hint}`;
      }),
    );
  }
  if (only.length === 0) return new Map();
  const out = names.filter((name) => !only.includes(name));
  return new Map(out.map((name) => [name, 'left out by --mode']));
}

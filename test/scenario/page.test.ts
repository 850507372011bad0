import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { backoffPolicies } from '../../src/protocol/backoff.ts';
import { faultKinds } from '../../src/scenario/fault.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { metrics } from '../../src/scenario/metric.ts';
import { planScenario } from '../../src/scenario/plan.ts';
import { faultSchema } from '../../src/scenario/schema/fault.ts';
import { groupSchema } from '../../src/scenario/schema/group.ts';
import { modeSchema } from '../../src/scenario/schema/mode.ts';

const page = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;

/** Every key that a schema knows, at any depth. */
function keysOf(schema: z.core.$ZodType): string[] {
  const def = schema._zod.def as unknown as Record<string, unknown>;
  const parts = [def['innerType'], def['in'], def['element'], ...((def['options'] as unknown[]) ?? [])];
  const shape = (def['shape'] ?? {}) as Record<string, z.core.$ZodType>;
  return [
    ...Object.keys(shape),
    ...[...Object.values(shape), ...parts.filter((part) => part !== undefined)].flatMap((part) =>
      keysOf(part as z.core.$ZodType),
    ),
  ];
}

describe('the page about scenario files', () => {
  it('has an example that is valid and that nothing has to be warned of but what it says', () => {
    const scenario = readScenario(example, 'scenarios.md');
    expect(scenario.faults).toHaveLength(6);
    expect(scenario.clients.groups).toHaveLength(2);
    expect(planScenario(scenario).warnings).toEqual([]);
  });

  it('names every kind of fault, every policy, and every field of faults and groups', () => {
    const [faults, groups, policies] = ['Faults', 'Groups', 'Policies'].map(
      (title) => new RegExp(`## ${title}\\n([\\s\\S]*?)\\n## `).exec(page)![1]!,
    );
    for (const kind of faultKinds) expect(faults).toContain(`| \`${kind}\``);
    for (const policy of backoffPolicies) expect(policies).toContain(`| \`${policy}\``);
    const named = (text: string, key: string): boolean => new RegExp(`\\b${key}\\b`).test(text);
    const missing = (text: string, schema: z.core.$ZodType): string[] =>
      keysOf(schema).filter((key) => !named(text, key) && key !== 'kind');
    expect(missing(faults!, faultSchema)).toEqual([]);
    expect(missing(`${groups} ${example}`, groupSchema)).toEqual([]);
    expect(missing(example, modeSchema)).toEqual([]);
  });

  it('names every metric, and none that does not exist', () => {
    const thresholds = /## Thresholds\n([\s\S]*?)\n## /.exec(page)![1]!;
    const cells = [...thresholds.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(.*?)`/g)].map(([, name]) => name!),
    );
    const values = [...metrics.keys()].flatMap((name) => /^delivery\.(.*)/.exec(name)?.[1] ?? []);
    const named = cells.flatMap((name) => {
      const [, group, list] = /^(.*)\.(?:\*|\{(.*)\})$/.exec(name) ?? [];
      return group === undefined ? [name] : (list?.split(',') ?? values).map((value) => `${group}.${value}`);
    });
    expect(named.toSorted()).toEqual([...metrics.keys()].toSorted());
  });
});

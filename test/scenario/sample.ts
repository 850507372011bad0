import { readScenario } from '../../src/scenario/file.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { UsageError } from '../../src/wire/usage.ts';

const parts = {
  duration: '1m',
  clients: '{ count: 3 }',
  modes: '[{ name: regular, kind: regular }, { name: long, kind: long }]',
  arrivals: '{ rate: 1/s }',
};

/** The shortest scenario file, one field per line, some of them replaced. */
export function minimal(replaced: Partial<typeof parts> = {}): string {
  const { duration, clients, modes, arrivals } = { ...parts, ...replaced };
  return `version: 1\nname: minimal\nduration: ${duration}\nclients: ${clients}\nmodes: ${modes}\narrivals: ${arrivals}\n`;
}

export function sample(replaced: Partial<typeof parts> = {}, more = ''): Scenario {
  return readScenario(`${minimal(replaced)}${more}`, 'sample.yaml');
}

/** What a refused action complains about; nothing when it succeeds. */
export function complaintsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) return error.complaints;
    throw error;
  }
  return [];
}

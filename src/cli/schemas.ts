import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { exportConformanceSchema } from '../conformance/result.ts';
import { exportSchemas } from '../measure/schemas.ts';
import { theorySchema } from '../report/theory/record.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import { profileSchema } from '../wire/profile.ts';

/** The JSON Schemas as they stand in the repository: file name to text. */
export function schemaTexts(): Map<string, string> {
  const { result, events, comparison } = exportSchemas();
  const input = { io: 'input' } as const;
  const all: Readonly<Record<string, object>> = {
    'scenario.schema.json': { title: 'A pollmark scenario', ...z.toJSONSchema(scenarioSchema, input) },
    'profile.schema.json': { title: 'A pollmark target profile', ...z.toJSONSchema(profileSchema, input) },
    'result.schema.json': result,
    'events.schema.json': events,
    'comparison.schema.json': comparison,
    'conformance.schema.json': exportConformanceSchema(),
    'theory.schema.json': { title: 'What pollmark theory answers', ...z.toJSONSchema(theorySchema) },
  };
  return new Map(Object.entries(all).map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]));
}

/** Run by `npm run schemas`. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL('../../schemas/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemaTexts()) writeFileSync(new URL(name, folder), text);
}

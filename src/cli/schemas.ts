import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scenarioSchema } from '../scenario/schema.ts';

/** File name in `schemas/` to the zod schema that it is made from. */
const exported: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  'scenario.schema.json': { title: 'A pollmark scenario', schema: scenarioSchema },
};

/** The JSON Schemas as they stand in the repository: file name to text. */
export function schemaTexts(): Map<string, string> {
  return new Map(
    Object.entries(exported).map(([name, { title, schema }]) => {
      const made = z.toJSONSchema(schema, { io: 'input' });
      return [name, `${JSON.stringify({ title, ...made }, null, 2)}\n`];
    }),
  );
}

/** Run by `npm run schemas`. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL('../../schemas/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemaTexts()) writeFileSync(new URL(name, folder), text);
}

import { z } from 'zod';
import { comparisonSchema } from './compare/schema.ts';
import { historyLine } from './lines.ts';
import { resultSchema } from './result.ts';

/** By this name a result says what describes it. */
export const resultSchemaId = 'urn:pollmark:result:1';

/** The JSON Schemas (2020-12) of the files that this room defines, by file name without `.schema.json`. */
export function exportSchemas(): { result: object; events: object; comparison: object } {
  const options = { io: 'input', reused: 'ref' } as const;
  return {
    result: {
      $id: resultSchemaId,
      ...z.toJSONSchema(resultSchema, options),
      title: 'result.json of pollmark, version 1',
    },
    events: {
      ...z.toJSONSchema(historyLine, options),
      title: 'One line of events.ndjson of pollmark, version 1',
    },
    comparison: {
      ...z.toJSONSchema(comparisonSchema, options),
      title: 'What pollmark compare --json answers, version 1',
    },
  };
}

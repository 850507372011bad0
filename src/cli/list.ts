import { harmless } from '../report/plain-text.ts';
import { loadScenario, shelved } from '../scenario/find.ts';
import { planWhole } from '../scenario/sweep/plan.ts';
import { UsageError } from '../wire/usage.ts';
import { type Io, printJson, printWarnings, textWidth, wrapText } from './print.ts';
import { roughTime } from './show.ts';

/** `pollmark list`: every scenario with its question and the time that it takes. */
export function list(json: boolean, io: Io): number {
  const entries = shelved('scenarios', io.cwd).map(({ name, file }) => {
    try {
      const { scenario } = loadScenario(file, io.cwd);
      const { title, question } = scenario;
      return { name, file, title, question, expected_s: Math.round(planWhole(scenario).totalMs / 1000) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      printWarnings(io, [`${file} is not valid; pollmark check ${file} says why`]);
      return { name, file, title: null, question: null, expected_s: null };
    }
  });
  if (json) {
    printJson(io, entries);
    return 0;
  }
  const nameWidth = Math.max(0, ...entries.map(({ name }) => name.length)) + 2;
  const timeWidth = 10;
  for (const { name, title, expected_s } of entries) {
    const time = expected_s === null ? '-' : roughTime(expected_s * 1000);
    const indent = ' '.repeat(nameWidth + timeWidth);
    const lines = wrapText(harmless(title ?? 'not valid'), textWidth(io) - indent.length);
    io.out(`${name.padEnd(nameWidth)}${time.padEnd(timeWidth)}${lines.join(`\n${indent}`)}\n`);
  }
  return 0;
}

import { answer } from '../measure/theory/answer.ts';
import type { Question } from '../measure/theory/question.ts';
import { theoryRecord } from '../report/theory/record.ts';
import { drawSheet } from '../report/theory/sheet.ts';
import { exitCodes } from './exit.ts';
import { type Io, printJson, textWidth } from './print.ts';

/** `pollmark theory`: what to expect of both modes, on one sheet. */
export function theory(question: Question, json: boolean, io: Io): number {
  const found = answer(question);
  if (json) printJson(io, theoryRecord(question, found));
  else io.out(`${drawSheet(question, found, textWidth(io)).join('\n')}\n`);
  return exitCodes.ok;
}

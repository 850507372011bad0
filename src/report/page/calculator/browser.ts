import { answer } from '../../../measure/theory/answer.ts';
import { crossoverSentence } from '../../theory/crossover.ts';
import { rowsFor } from '../../theory/rows.ts';
import { theoryCommand } from './command.ts';
import { type Field, fields, type Given, readTexts, type Texts } from './inputs.ts';

/** As much of a browser's document as is touched here: the rest of this house is no browser's. */
interface Element {
  value: string;
  hidden: boolean;
  textContent: string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  getAttribute(name: string): string | null;
  addEventListener(kind: 'input', heard: () => void): void;
}
declare const document: { getElementById(id: string): Element | null };

const at = (id: string): Element => document.getElementById(`calculator-${id}`)!;

function write(element: Element, value: number | null, text: string): void {
  element.textContent = text;
  if (value === null) element.removeAttribute('value');
  else element.setAttribute('value', String(value));
}

function calculate(given: Given): void {
  const texts = Object.fromEntries(fields.map((field) => [field, at(field).value])) as Record<Field, string>;
  const read = readTexts(texts satisfies Texts, given);
  const problems = 'clients' in read ? [] : read;
  for (const field of fields) {
    const problem = problems.find((one) => one.field === field);
    at(field).setAttribute('aria-invalid', String(problem !== undefined));
    at(`${field}-problem`).textContent = problem?.text ?? '';
  }
  if (!('clients' in read)) return;
  const found = answer(read);
  for (const [i, row] of rowsFor(read).entries())
    for (const mode of [found.regular, found.long])
      write(at(`${mode.prediction.kind}-${i}`), row.value(mode), row.text(mode));
  at('crossover').textContent = crossoverSentence(read, found);
  at('command').textContent = theoryCommand(read);
}

const form = at('form');
const given = JSON.parse(form.getAttribute('data-given')!) as Given;
for (const field of fields) {
  at(field).removeAttribute('readonly');
  at(field).addEventListener('input', () => calculate(given));
}
at('off').hidden = true;
calculate(given);

import type { Result } from '../../../measure/result.ts';
import { answer } from '../../../measure/theory/answer.ts';
import { html, type Markup } from '../../html/markup.ts';
import { crossoverSentence } from '../../theory/crossover.ts';
import { rowsFor } from '../../theory/rows.ts';
import { theoryCommand } from './command.ts';
import { type Field, fields, readTexts } from './inputs.ts';
import { seedOf } from './seed.ts';

const labels: Readonly<Record<Field, readonly [string, string]>> = {
  clients: ['Clients', ''],
  rate: ['Messages per client', 'or room'],
  interval: ['Interval', 'regular polling'],
  hold: ['Hold', 'long polling'],
  roundTrip: ['Round trip', 'there and back'],
};

/** The what-if calculator: the run's own numbers, which the script lets a reader change. Without it the table stays as it is. */
export function calculatorMarkup(result: Result): Markup | null {
  const { texts, given } = seedOf(result);
  const question = readTexts(texts, given);
  if (!('clients' in question)) return null;
  const found = answer(question);
  const modes = [found.regular, found.long];
  return html`<section aria-labelledby="calculator"><h2 id="calculator">What if</h2>
<p class="soft">Theory alone, with this run's turn-around and sizes: messages at random (Poisson), no queues, no losses.</p>
<div class="calculator" id="calculator-form" role="group" aria-labelledby="calculator" data-given="${JSON.stringify(given)}">
<div class="fields">${fields.map((field) => {
    const [label, hint] = labels[field];
    return html`<div><label for="calculator-${field}">${label}${hint === '' ? null : html` <small>${hint}</small>`}</label><input id="calculator-${field}" type="text" value="${texts[field]}" readonly autocomplete="off" spellcheck="false" aria-describedby="calculator-${field}-problem"><p class="problem" id="calculator-${field}-problem" aria-live="polite"></p></div>`;
  })}</div>
<p class="soft" id="calculator-off">Scripts are off: the table is for these numbers. The command below it takes others.</p>
<div class="scroll" tabindex="0" role="region" aria-label="What theory says"><table><thead><tr><th scope="col">theory</th>${[
    'regular',
    'long',
  ].map((kind) => html`<th scope="col" class="n">${kind} polling</th>`)}</tr></thead>
<tbody>${rowsFor(question).map(
    (row, i) =>
      html`<tr${row.part ? html` class="part"` : null}><th scope="row">${row.label}</th>${modes.map(
        (mode) => {
          const value = row.value(mode);
          const place = `calculator-${mode.prediction.kind}-${i}`;
          return html`<td class="n">${
            value === null
              ? html`<data id="${place}">${row.text(mode)}</data>`
              : html`<data id="${place}" value="${value}">${row.text(mode)}</data>`
          }</td>`;
        },
      )}</tr>`,
  )}</tbody></table></div>
<p id="calculator-crossover" aria-live="polite">${crossoverSentence(question, found)}</p>
<pre class="command" tabindex="0" aria-label="The same as a command"><code id="calculator-command">${theoryCommand(question)}</code></pre>
</div></section>`;
}

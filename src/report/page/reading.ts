import type { Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';

/** What the words on the page mean, and what it does not claim. */
export function readingMarkup({ world, target }: Result, whole: boolean): Markup {
  const where =
    world === 'virtual'
      ? 'Everything here was simulated: our own client and server code under an invented clock, without machine, kernel or network.'
      : target === null
        ? 'Clients, publisher and server were on one machine, joined by loopback: real networks add their delay, and one machine’s numbers are not another’s.'
        : 'Clients and publisher were on one machine: its own delays are in the numbers.';
  return html`<h2>How to read this</h2>
<ul>
<li><b>Delivery</b> is from the intended instant of the publish to the message in the client’s hand, its answer read to the end. A request’s duration is not: a held poll lasts as long as there is no news.</li>
<li><b>p50</b>: half were at least so quick; <b>p99</b>: all but one in a hundred. With too few samples it is n/a, never a guess.</li>
<li><b>Lost</b> counts what never came, whatever the cause; <b>twice</b> what came again.</li>
<li><b>Requests per delivery</b>: how often somebody asked for each message that a client got.</li>
<li><b>Regular</b> polling asks at fixed times and is answered at once; <b>long</b> polling is held until there is news or the hold ends.</li>
<li>The <b>repetition</b> is the unit: values are the median over repetitions, counts the worst one; intervals need five.</li>
<li><b>Theory</b> takes for granted that messages come at random, nothing queues and nothing is lost (docs/theory.md).</li>
<li>Publishers are an <b>open loop</b>: a slow server does not slow the question. Pollers are a closed one.</li>
<li>${where}</li>
<li>Nothing is loaded by this page. ${whole ? 'It holds result.json in full' : 'It holds result.json without what the charts are drawn from'}: <code>pollmark compare</code> reads it.</li>
</ul>`;
}

import type { ModeResult, RepetitionResult, Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { modeLabel, scenarioField } from '../label.ts';
import { formatCount } from '../numbers.ts';
import { measuredModes, secondsOf } from './modes.ts';
import { numberMarkup } from './number.ts';

const mostModes = 16;
const thousand = 1_000;
/** With fewer, a server's memory is that of an empty one, and scaled up it would be nonsense. */
const enoughClients = 500;

/** What a mode costs the one who serves it; null: not known. */
interface Cost {
  readonly what: string;
  readonly unit: string;
  of(mode: ModeResult, clients: number): number | null;
}

function sum({ repetitions }: ModeResult, of: (one: RepetitionResult) => number | null): number | null {
  let total = 0;
  for (const repetition of repetitions) {
    const value = of(repetition);
    if (value === null) return null;
    total += value;
  }
  return total;
}

function most({ repetitions }: ModeResult, of: (one: RepetitionResult) => number | null): number | null {
  const known = repetitions.map(of).filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

const divided = (value: number | null, by: number): number | null =>
  value === null || by === 0 ? null : value / by;

const costs: readonly Cost[] = [
  {
    what: 'requests of a client in an hour',
    unit: 'count',
    of: (mode, clients) =>
      divided(
        sum(mode, ({ requests }) => requests.total),
        (secondsOf(mode) / 3_600) * clients,
      ),
  },
  {
    what: 'answered without a message',
    unit: 'share',
    of: (mode) =>
      divided(
        sum(mode, ({ requests }) => requests.empty),
        sum(mode, ({ requests }) => requests.total - requests.unended) ?? 0,
      ),
  },
  {
    what: 'bytes both ways, per delivery',
    unit: 'bytes',
    of: (mode) =>
      divided(
        sum(mode, ({ bytes }) => (bytes.in + bytes.out === 0 ? null : bytes.in + bytes.out)),
        sum(mode, ({ messages }) => messages.delivered) ?? 0,
      ),
  },
  {
    what: 'connections open at once',
    unit: 'count',
    of: (mode) => most(mode, ({ connections }) => connections.peak),
  },
  {
    what: 'connections opened',
    unit: 'count',
    of: (mode) => sum(mode, ({ connections }) => connections.opened),
  },
  { what: 'requests held at once', unit: 'count', of: (mode) => most(mode, ({ server }) => server.held_max) },
  {
    what: 'server, share of a core per 1,000 clients',
    unit: 'share',
    of: (mode, clients) =>
      divided(
        sum(mode, ({ server }) => server.cpu_s),
        (secondsOf(mode) * clients) / thousand,
      ),
  },
  {
    what: 'server, memory at most',
    unit: 'bytes',
    of: (mode) => most(mode, ({ server }) => server.rss_max_bytes),
  },
  {
    what: 'the same per 1,000 clients',
    unit: 'bytes',
    of: (mode, clients) =>
      clients < enoughClients
        ? null
        : divided(
            most(mode, ({ server }) => server.rss_max_bytes),
            clients / thousand,
          ),
  },
];

/** What each mode cost, side by side; what nobody could look at is left out. */
export function costMarkup(result: Result): Markup | null {
  const modes = measuredModes(result).slice(0, mostModes);
  const count = scenarioField(result, 'clients', 'count');
  const clients = typeof count === 'number' && count > 0 ? count : null;
  if (modes.length === 0 || clients === null) return null;
  const known = costs
    .map(({ what, unit, of }) => ({ what, unit, values: modes.map((mode) => of(mode, clients)) }))
    .filter(({ values }) => values.some((value) => value !== null));
  if (known.length === 0) return null;
  return html`<section aria-labelledby="cost"><h2 id="cost">What it costs</h2>
<dl class="costs">${known.map(
    ({ what, unit, values }) =>
      html`<div><dt>${what}</dt>${modes.map(
        (mode, i) => html`<dd><span>${modeLabel(result, mode)}</span> ${numberMarkup(values[i]!, unit)}</dd>`,
      )}</div>\n`,
  )}</dl>${
    clients < thousand && result.world === 'real' && result.target === null
      ? html`<p class="soft">There were ${formatCount(clients)} clients: what stands for 1,000 is only scaled up, and most of it is the empty server's.</p>`
      : null
  }</section>`;
}

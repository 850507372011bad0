import type { LiveFinished, LiveMode } from '../live-state.ts';
import { type Point, Sparkline } from './sparkline.ts';

const unknown = 'not known yet';
const keptMs = 130_000;

function made(tag: string, text: string, name = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name !== '') element.className = name;
  return element;
}

export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

function delay(ms: number | null): string {
  if (ms === null) return unknown;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function amount(value: number | null): string {
  return value === null ? unknown : Math.round(value).toLocaleString('en');
}

/** A figure with its name, and where it makes sense a line of the last two minutes. */
class Figure {
  readonly box = document.createElement('div');
  readonly #value = document.createElement('dd');
  readonly #line: Sparkline | undefined;
  readonly #points: Point[] = [];

  constructor(name: string, drawn: string | null) {
    this.box.append(made('dt', name), this.#value);
    if (drawn === null) return;
    this.#line = new Sparkline(drawn);
    const figure = document.createElement('dd');
    figure.className = 'sparkline';
    figure.append(this.#line.svg);
    this.box.append(figure);
  }

  add(at: number, value: number | null): void {
    if (value !== null) this.#points.push({ at, value });
    while (this.#points.length > 0 && this.#points[0]!.at < at - keptMs) this.#points.shift();
  }

  show(at: number, text: string): void {
    this.#value.textContent = text;
    this.#line?.draw(this.#points, at);
  }
}

/** The figures of one mode. */
class ModeCard {
  readonly section = document.createElement('section');
  readonly #clients = new Figure('Clients', null);
  readonly #requests: Figure;
  readonly #held: Figure;
  readonly #p50 = new Figure('Half delivered within', null);
  #newest: { readonly at: number; readonly mode: LiveMode } | undefined;

  constructor(name: string) {
    this.#requests = new Figure('Requests per second', `Requests per second of ${name}`);
    this.#held = new Figure('Held requests', `Held requests of ${name}`);
    const list = document.createElement('dl');
    for (const figure of [this.#requests, this.#held, this.#p50, this.#clients]) list.append(figure.box);
    this.section.append(made('h2', name), list);
  }

  add(at: number, mode: LiveMode): void {
    this.#newest = { at, mode };
    this.#requests.add(at, mode.requestsPerS);
    this.#held.add(at, mode.held);
  }

  show(): void {
    if (this.#newest === undefined) return;
    const { at, mode } = this.#newest;
    this.#requests.show(at, amount(mode.requestsPerS));
    this.#held.show(at, amount(mode.held));
    this.#p50.show(at, delay(mode.p50Ms));
    this.#clients.show(at, amount(mode.clients));
  }
}

/** A card for each mode that was played, in the order in which they came. */
export class ModeCards {
  readonly #place: HTMLElement;
  readonly #cards = new Map<string, ModeCard>();
  #scenario = '';

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  add(at: number, scenario: string, modes: readonly LiveMode[]): void {
    if (scenario !== this.#scenario) {
      this.#scenario = scenario;
      this.#cards.clear();
      this.#place.replaceChildren();
    }
    for (const mode of modes) {
      let card = this.#cards.get(mode.name);
      if (card === undefined) {
        card = new ModeCard(mode.name);
        this.#cards.set(mode.name, card);
        this.#place.append(card.section);
      }
      card.add(at, mode);
    }
  }

  show(): void {
    for (const card of this.#cards.values()) card.show();
  }
}

const worth = {
  ok: '',
  partial: 'Partial: the run was cut short.',
  invalid: 'Not to be trusted: the result says why.',
};

/** What came of each run that is over. */
export function showFinished(place: HTMLElement, finished: readonly LiveFinished[]): void {
  // Runs are only ever added; what stands there stays as it is.
  for (const run of finished.slice(place.childElementCount)) {
    const item = document.createElement('li');
    const lost = run.lost.map(({ mode, count }) => `${mode} ${count}`).join(', ');
    const lines = [
      run.sentence,
      worth[run.status],
      run.failed.length === 0 ? '' : `Failed: ${run.failed.join('; ')}`,
      lost === '' ? '' : `Messages lost: ${lost}.`,
      run.folder === null ? 'Nothing was written.' : `Written to ${run.folder}`,
    ];
    item.append(made('h3', run.scenario));
    for (const line of lines) if (line !== '') item.append(made('p', line));
    place.append(item);
  }
}

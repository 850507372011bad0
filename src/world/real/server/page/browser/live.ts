import type { LiveState } from '../live-state.ts';
import { clock, ModeCards, showFinished } from './figures.ts';
import { bufferedSource, type News, PollingClient, type Rhythm, type Watcher } from './polling.ts';

const element = (id: string): HTMLElement => document.getElementById(id)!;

function write(id: string, text: string): void {
  const place = element(id);
  if (place.textContent !== text) place.textContent = text;
}

const redrawMs = 100;
/** A server that could not be reached so often in a row has ended. */
const failuresAllowed = 2;

/** How long this page asked in each rhythm, and how often. */
class Asking {
  readonly #requests = { long: 0, regular: 0 };
  readonly #ms = { long: 0, regular: 0 };
  #rhythm: Rhythm | undefined;
  #since = performance.now();

  change(rhythm: Rhythm | undefined): void {
    const now = performance.now();
    if (this.#rhythm !== undefined) this.#ms[this.#rhythm] += now - this.#since;
    this.#rhythm = rhythm;
    this.#since = now;
  }

  asked(rhythm: Rhythm): void {
    this.#requests[rhythm]++;
  }

  show(): void {
    for (const rhythm of ['long', 'regular'] as const) {
      const running = this.#rhythm === rhythm ? performance.now() - this.#since : 0;
      const seconds = Math.round((this.#ms[rhythm] + running) / 1000);
      write(`${rhythm}-requests`, String(this.#requests[rhythm]));
      write(`${rhythm}-time`, `in ${seconds} s`);
    }
  }
}

/** Draws what comes, and how old it has become meanwhile. */
class LiveWatcher implements Watcher {
  readonly #cards = new ModeCards(element('modes'));
  readonly #asking = new Asking();
  readonly #over: () => void;
  readonly #timer: number;
  #newest: { readonly at: number; readonly state: LiveState } | undefined;
  #failures = 0;

  /** @param over called when nothing more will come */
  constructor(over: () => void) {
    this.#over = over;
    this.#timer = setInterval(() => this.#tick(), redrawMs);
  }

  begins(rhythm: Rhythm): void {
    this.#asking.change(rhythm);
  }

  asked(rhythm: Rhythm): void {
    this.#asking.asked(rhythm);
    this.#asking.show();
  }

  took({ items }: News): void {
    this.#failures = 0;
    for (const { text, at } of items) {
      const state = JSON.parse(text) as LiveState;
      this.#newest = { at: at ?? Date.now(), state };
      this.#cards.add(this.#newest.at, state.scenario, state.modes);
    }
    if (items.length === 0 || this.#newest === undefined) return;
    this.#draw(this.#newest.state);
    if (this.#newest.state.over !== false) this.#end(this.#newest.state.over);
  }

  said(text: string, connected: boolean): void {
    if (!connected && ++this.#failures >= failuresAllowed) this.#end('unseen');
    else write('state', text);
  }

  lostItsPlace(): void {}

  #draw(state: LiveState): void {
    const { phase, elapsedMs, phaseMs, playing, repetition, repetitions, etaMs } = state;
    document.title = `${state.scenario === '' ? '' : `${state.scenario}: `}pollmark live`;
    write('scenario', state.scenario === '' ? 'pollmark' : state.scenario);
    write('title', state.title);
    const length = phaseMs > 0 ? ` of ${clock(phaseMs)}` : '';
    write('phase', phase === null ? 'between two runs' : `${phase}, ${clock(elapsedMs)}${length}`);
    write('playing', phase === null ? '' : playing);
    write('repetition', phase === null ? '' : `repetition ${repetition} of ${repetitions}`);
    const left = etaMs === null ? 'not known' : `${clock(etaMs)}`;
    write('eta', left);
    this.#cards.show();
    showFinished(element('finished'), state.finished);
    element('finished-heading').hidden = state.finished.length === 0;
  }

  #tick(): void {
    this.#asking.show();
    if (this.#newest === undefined) return;
    const age = Math.max(0, Date.now() - this.#newest.at);
    write('age', `${(age / 1000).toFixed(1)} s`);
  }

  #end(how: 'ended' | 'cut' | 'unseen'): void {
    clearInterval(this.#timer);
    this.#asking.change(undefined);
    this.#asking.show();
    write('age', 'final');
    write('phase', 'over');
    write('playing', '');
    write('repetition', '');
    write('eta', '0:00');
    write('state', endings[how]);
    for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=mode]'))
      choice.disabled = true;
    this.#over();
  }
}

const endings = {
  ended: 'The run is over. This page asks no more, and its server has gone.',
  cut: 'The run ended without a word: it was stopped or killed. What you see is the last that was known.',
  unseen:
    'The server of this page has gone: the run is over or was stopped, and its last word came between two requests of this page.',
};

const source = bufferedSource('oldest', document.documentElement.dataset['channel']);
const watcher: LiveWatcher = new LiveWatcher(() => client.stop());
const client = new PollingClient(source, watcher);

function start(rhythm: Rhythm): void {
  watcher.begins(rhythm);
  client.start(rhythm);
}

for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
  choice.addEventListener('change', () => start(choice.value === 'regular' ? 'regular' : 'long'));
}
const chosen = document.querySelector<HTMLInputElement>('input[name=mode]:checked')?.value;
start(chosen === 'regular' ? 'regular' : 'long');

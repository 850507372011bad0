/** A value at an instant, ms of the epoch. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

const spanS = 120;
const height = 36;
/** A pause longer than this is drawn as a gap: nothing is known of it. */
const gapMs = 5000;
const namespace = 'http://www.w3.org/2000/svg';

/** A line of the last two minutes, from nought to its highest value; the newest value is at the right end. */
export class Sparkline {
  readonly svg: SVGSVGElement;
  readonly #line: SVGPathElement;
  readonly #what: string;

  /** @param what is drawn, for who cannot see it */
  constructor(what: string) {
    this.#what = what;
    this.svg = document.createElementNS(namespace, 'svg');
    this.svg.setAttribute('viewBox', `0 0 ${spanS} ${height}`);
    this.svg.setAttribute('preserveAspectRatio', 'none');
    this.svg.setAttribute('role', 'img');
    const ground = document.createElementNS(namespace, 'path');
    ground.setAttribute('class', 'ground');
    ground.setAttribute('d', `M0 ${height - 0.5}H${spanS}`);
    this.#line = document.createElementNS(namespace, 'path');
    this.#line.setAttribute('class', 'line');
    this.svg.append(ground, this.#line);
  }

  /** @param now the right end, ms of the epoch */
  draw(points: readonly Point[], now: number): void {
    const shown = points.filter(({ at }) => at > now - spanS * 1000 && at <= now);
    const most = Math.max(0, ...shown.map(({ value }) => value));
    let path = '';
    let before = Number.NEGATIVE_INFINITY;
    for (const { at, value } of shown) {
      const x = spanS - (now - at) / 1000;
      const y = height - 1 - (most === 0 ? 0 : (value / most) * (height - 3));
      path += `${at - before > gapMs ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      before = at;
    }
    this.#line.setAttribute('d', path);
    const newest = shown.at(-1)?.value;
    const text =
      newest === undefined
        ? `${this.#what}: nothing known yet`
        : `${this.#what} in the last two minutes: now ${Math.round(newest)}, at most ${Math.round(most)}`;
    this.svg.setAttribute('aria-label', text);
  }
}

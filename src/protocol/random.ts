import { hash32 } from './hash.ts';

/** A source of numbers in [0, 1). Everything random in a run is drawn from one of these, never from the platform. */
export type Random = () => number;

/**
 * The generator behind `seededRandom`, for who needs very many streams one after the other: it can be seeded
 * anew, and gives then what a new one of that text would. sfc32 (Chris Doty-Humphrey's Small Fast Counting
 * generator, 128 bits of state).
 */
export class Dice {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** @param text what the stream hangs on: the parts of `seededRandom` with a NUL between each two */
  seed(text: string): void {
    this.#a = hash32(text) | 0;
    this.#b = hash32(text, 0x9e3779b9) | 0;
    this.#c = hash32(text, 0x7f4a7c15) | 0;
    this.#counter = 1;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** Puts its state into four places from `at` on. */
  save(states: Int32Array, at: number): void {
    states[at] = this.#a;
    states[at + 1] = this.#b;
    states[at + 2] = this.#c;
    states[at + 3] = this.#counter;
  }

  next(): number {
    const b = this.#b;
    const c = this.#c;
    const t = (((this.#a + b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = b ^ (b >>> 9);
    this.#b = (c + (c << 3)) | 0;
    this.#c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  }
}

/** The text that a stream hangs on. */
export function seedText(...parts: readonly (string | number)[]): string {
  return parts.join('\u0000');
}

/**
 * A stream of its own for each purpose: `seededRandom(42, 'arrivals', 3)` never shares a draw with
 * `seededRandom(42, 'phases', 3)`, so that adding one kind of dice does not move another.
 */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  const dice = new Dice();
  dice.seed(seedText(...parts));
  return () => dice.next();
}

/** Where the states of many streams lie: four places for each from `from` on, `stride` places apart. */
interface DicePlaces {
  readonly states: Int32Array;
  readonly from: number;
  readonly stride: number;
}

/** Many streams at once, 16 bytes each: stream i gives what `seededRandom(...parts, i)` would give. */
export class RandomPool {
  readonly #states: Int32Array;
  readonly #from: number;
  readonly #stride: number;

  constructor(streams: number, { states, from, stride }: DicePlaces, ...parts: readonly (string | number)[]) {
    this.#states = states;
    this.#from = from;
    this.#stride = stride;
    const dice = new Dice();
    for (let i = 0; i < streams; i++) {
      dice.seed(seedText(...parts, i));
      dice.save(states, from + stride * i);
    }
  }

  /** The step of `Dice`, on the state as it lies here. */
  draw(stream: number): number {
    const states = this.#states;
    const at = this.#from + this.#stride * stream;
    const b = states[at + 1]!;
    const c = states[at + 2]!;
    const counter = states[at + 3]!;
    const t = (((states[at]! + b) | 0) + counter) | 0;
    states[at] = b ^ (b >>> 9);
    states[at + 1] = (c + (c << 3)) | 0;
    states[at + 2] = (((c << 21) | (c >>> 11)) + t) | 0;
    states[at + 3] = (counter + 1) | 0;
    return (t >>> 0) / 4294967296;
  }
}

/** Exponentially distributed with the given mean. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

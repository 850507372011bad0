import { hash32 } from './hash.ts';

/** A source of numbers in [0, 1). Everything random in a run is drawn from one of these, never from the platform. */
export type Random = () => number;

/**
 * A stream of its own for each purpose: `seededRandom(42, 'arrivals', 3)` never shares a draw with
 * `seededRandom(42, 'phases', 3)`, so that adding one kind of dice does not move another.
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, 128 bits of state).
 */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  const state = new Int32Array(4);
  seed(state, 0, parts);
  return () => draw(state, 0);
}

/** Many streams, 16 bytes each: stream i gives what `seededRandom(...parts, i)` would give. */
export class RandomPool {
  readonly #states: Int32Array;

  constructor(streams: number, ...parts: readonly (string | number)[]) {
    this.#states = new Int32Array(4 * streams);
    for (let i = 0; i < streams; i++) seed(this.#states, 4 * i, [...parts, i]);
  }

  draw(stream: number): number {
    return draw(this.#states, 4 * stream);
  }
}

/** Begins the stream whose state lies at `at`. */
function seed(states: Int32Array, at: number, parts: readonly (string | number)[]): void {
  const text = parts.join('\u0000');
  states[at] = hash32(text);
  states[at + 1] = hash32(text, 0x9e3779b9);
  states[at + 2] = hash32(text, 0x7f4a7c15);
  states[at + 3] = 1;
  for (let i = 0; i < 12; i++) draw(states, at);
}

function draw(states: Int32Array, at: number): number {
  const a = states[at]!;
  const b = states[at + 1]!;
  const c = states[at + 2]!;
  const counter = states[at + 3]!;
  const t = (((a + b) | 0) + counter) | 0;
  states[at] = b ^ (b >>> 9);
  states[at + 1] = (c + (c << 3)) | 0;
  states[at + 2] = (((c << 21) | (c >>> 11)) + t) | 0;
  states[at + 3] = (counter + 1) | 0;
  return (t >>> 0) / 4294967296;
}

/** Exponentially distributed with the given mean. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

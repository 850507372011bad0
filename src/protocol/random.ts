import { hash32 } from './hash.ts';

/** A source of numbers in [0, 1). Everything random in a run is drawn from one of these, never from the platform. */
export type Random = () => number;

/**
 * A stream of its own for each purpose: `seededRandom(42, 'arrivals', 3)` never shares a draw with
 * `seededRandom(42, 'phases', 3)`, so that adding one kind of dice does not move another.
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, 128 bits of state).
 */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  const text = parts.join('\u0000');
  let a = hash32(text);
  let b = hash32(text, 0x9e3779b9);
  let c = hash32(text, 0x7f4a7c15);
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Exponentially distributed with the given mean. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

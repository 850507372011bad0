/** Values from 2^-20 (a nanosecond, of milliseconds) to 2^44; what is outside counts at the nearer end. */
const lowest = -20;
const highest = 44;
/** Bits of the mantissa that tell two values apart: 2,048 steps between a number and its double, 0.05 % each. */
const bits = 11;
const stepsPerOctave = 2 ** bits;
const bias = 1023;

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** The half with sign, exponent and the first bits of the mantissa lies last on little-endian machines. */
const upper = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * How often which value came, in steps of 0.05 % and a megabyte, however many they are. Count, sum, least and
 * largest are exact; a value is told within 0.03 %, but below 2^-20 as 0.
 */
export class FoldedValues {
  readonly #counts = new Float64Array((highest - lowest) * stepsPerOctave + 1);
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.#counts[stepOf(value)]!++;
  }

  /** Values with their counts, ascending. */
  *entries(): Generator<[value: number, count: number], void> {
    for (const [step, count] of this.#counts.entries()) if (count > 0) yield [this.#valueOf(step), count];
  }

  /** The value that at least a share `q` of them does not exceed; null without values. */
  quantile(q: number): number | null {
    const rank = Math.max(1, Math.ceil(q * this.count - 1e-9));
    let seen = 0;
    for (const [value, count] of this.entries()) {
      seen += count;
      if (seen >= rank) return value;
    }
    return null;
  }

  /** The middle of a step, as far as values of that size came. */
  #valueOf(step: number): number {
    const octave = Math.floor((step - 1) / stepsPerOctave);
    const part = (step - 1) % stepsPerOctave;
    const middle = step === 0 ? 0 : 2 ** (octave + lowest) * (1 + (part + 0.5) / stepsPerOctave);
    return Math.min(this.max, Math.max(this.min, middle));
  }
}

function stepOf(value: number): number {
  if (!(value >= 2 ** lowest)) return 0;
  scratch[0] = Math.min(value, 2 ** highest * (1 - 2 ** -12));
  return (words[upper]! >>> (20 - bits)) - ((bias + lowest) << bits) + 1;
}

/** Values below this many microseconds have a bucket each; above, this many halves of each power of two. */
const fine = 2048;
const perMs = 1_000;
/** A day, as `distributionOf` has it: longer values count as this. */
const longestMs = 24 * 3600 * 1_000;
const buckets = 28 * (fine / 2);

function bucketOf(us: number): number {
  if (us < fine) return us;
  if (us < 0x80000000) {
    const shift = 21 - Math.clz32(us);
    return (shift << 10) + (us >>> shift);
  }
  let shift = 0;
  let rest = us;
  for (; rest >= fine; shift++) rest = Math.floor(rest / 2);
  return shift * 1024 + rest;
}

/** How far the values of a bucket are doubled. */
function shiftOf(bucket: number): number {
  return bucket < fine ? 0 : (bucket >> 10) - 1;
}

/**
 * Any number of values in constant memory, milliseconds in and out: exact to the microsecond below 2 ms, and to
 * one part in 1,024 above. Its buckets are those of an HDR histogram of three digits, so that one can be made of
 * it without loss. Count, sum, smallest and largest are exact.
 */
export class LogHistogram {
  readonly #counts = new Uint32Array(buckets);
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  add(ms: number): void {
    this.count++;
    this.sum += ms;
    if (ms < this.min) this.min = ms;
    if (ms > this.max) this.max = ms;
    this.#counts[bucketOf(Math.round(Math.min(Math.max(ms, 0), longestMs) * perMs))]!++;
  }

  /** The value of nearest rank that a share `q` of the values does not exceed, to the grain; null without values. */
  valueAt(q: number): number | null {
    const rank = Math.max(1, Math.ceil(q * this.count - 1e-9));
    let seen = 0;
    for (const [us, count, width] of this.filled()) {
      seen += count;
      if (seen >= rank) return Math.min(this.max, Math.max(this.min, (us + (width - 1) / 2) / perMs));
    }
    return null;
  }

  /** Each bucket that holds something: its smallest microsecond, how many values, how many microseconds it spans. */
  *filled(): Generator<[us: number, count: number, width: number], void> {
    for (const [bucket, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const shift = shiftOf(bucket);
      yield [(bucket - shift * 1024) * 2 ** shift, count, 2 ** shift];
    }
  }
}

/** Waiting that ends early when there is nothing left to wait for. */
export class Patience {
  #over = false;
  #end: () => void = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  /** Ends every wait, now and from now on. */
  end(): void {
    this.#over = true;
    this.#end();
  }

  /**
   * Waits for a promise or for a time, whichever comes first.
   * @returns what the promise gave; `late` when the time was over; `cut` when the wait was ended, when the
   * person interrupted, or when the promise was rejected
   */
  async wait<T = never>(
    interrupted: AbortSignal,
    ms: number,
    promise?: Promise<T>,
  ): Promise<T | 'late' | 'cut'> {
    // Also where nobody waits for it any more, its rejection is no crash.
    promise?.catch(() => {});
    if (interrupted.aborted || this.#over) return 'cut';
    let timer: NodeJS.Timeout | undefined;
    let onAbort = (): void => {};
    const ends: Promise<T | 'late' | 'cut'>[] = [
      new Promise((resolve) => {
        timer = setTimeout(() => resolve('late'), Math.max(0, ms));
      }),
      this.#ended.then(() => 'cut' as const),
      new Promise((resolve) => {
        onAbort = () => resolve('cut');
        interrupted.addEventListener('abort', onAbort);
      }),
    ];
    if (promise !== undefined) ends.push(promise.catch(() => 'cut' as const));
    const first = await Promise.race(ends);
    clearTimeout(timer);
    interrupted.removeEventListener('abort', onAbort);
    return first;
  }
}

/** A value after a time; nothing waits for it once everything else is done. */
export function late<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), ms).unref();
  });
}

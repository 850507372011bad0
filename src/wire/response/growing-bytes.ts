/** Bytes that are put together from pieces of any size, in one block that doubles when it is full. */
export class GrowingBytes {
  #block = new Uint8Array(0);
  length = 0;

  add(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.#block.length) {
      const block = new Uint8Array(Math.max(length, Math.min(2 * this.#block.length, length + 2 ** 24)));
      block.set(this.#block.subarray(0, this.length));
      this.#block = block;
    }
    this.#block.set(piece, this.length);
    this.length = length;
  }

  /** Hands over what was put together, and begins anew. */
  take(): Uint8Array {
    const whole = this.#block.subarray(0, this.length);
    this.#block = new Uint8Array(0);
    this.length = 0;
    return whole;
  }
}

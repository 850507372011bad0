/**
 * A set of pairs of a message and a client, a bit each. Those of a client with the messages of the channel of
 * its number lie close together; a client that is found with a message of another channel gets a row of its own.
 */
export class Pairs {
  readonly #channels: number;
  /** The place of a message among those that are counted; -1 for the others. */
  readonly #places: Int32Array;
  readonly #perMessage: number;
  readonly #count: number;
  readonly #home: Uint8Array;
  readonly #elsewhere = new Map<number, Uint8Array>();

  /** @param messages the numbers of those that are counted */
  constructor(messages: readonly number[], clients: number, channels: number) {
    this.#channels = channels;
    this.#count = messages.length;
    this.#perMessage = Math.ceil(clients / channels);
    let largest = -1;
    for (const message of messages) largest = Math.max(largest, message);
    this.#places = new Int32Array(largest + 1).fill(-1);
    for (const [place, message] of messages.entries()) this.#places[message] = place;
    this.#home = new Uint8Array(Math.ceil((messages.length * this.#perMessage) / 8));
  }

  /** Whether the pair is there; `channel` is the message's. */
  has(message: number, client: number, channel: number): boolean {
    const [bits, bit] = this.#find(message, client, channel);
    return bits !== undefined && (bits[Math.floor(bit / 8)]! & (1 << (bit % 8))) !== 0;
  }

  /** Puts the pair in; false when it was there. */
  add(message: number, client: number, channel: number): boolean {
    if (this.has(message, client, channel)) return false;
    if (client % this.#channels !== channel && !this.#elsewhere.has(client))
      this.#elsewhere.set(client, new Uint8Array(Math.ceil(this.#count / 8)));
    const [bits, bit] = this.#find(message, client, channel);
    bits![Math.floor(bit / 8)]! |= 1 << (bit % 8);
    return true;
  }

  #find(message: number, client: number, channel: number): [bits: Uint8Array | undefined, bit: number] {
    const place = this.#places[message]!;
    if (client % this.#channels !== channel) return [this.#elsewhere.get(client), place];
    return [this.#home, place * this.#perMessage + Math.floor(client / this.#channels)];
  }
}

import { presenceRequest } from '../../wire/dialogue.ts';
import { lookUp } from '../../wire/extract.ts';
import type { HttpRequest } from '../../wire/request.ts';
import { Unclear } from '../verify.ts';
import type { Ground } from './ground.ts';
import type { Held } from './held.ts';
import { whyNoAnswer } from './reply.ts';

/** Who is there by the target's own account, and when a poll counts as registered. */
export class Presence {
  readonly #ground: Ground;
  readonly #held = new Map<string, Set<Held>>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Keeps count of this row's polls. */
  opened(held: Held): void {
    const { channel } = held;
    const open = this.#held.get(channel) ?? new Set();
    open.add(held);
    this.#held.set(channel, open);
    void held.ended.then(() => open.delete(held));
  }

  /**
   * Waits until the server has registered a poll: by its own count where it has one, else a settle time,
   * because HTTP gives no sign of it. An answer ends the wait.
   * @param count how many polls it then holds; default: as many as this row has out
   */
  async settle(held: Held, count?: number): Promise<void> {
    const { pace } = this.#ground;
    const { channel } = held;
    if (this.counts) {
      const known = await pace.until(async () => {
        if (held.over) return true;
        return (await this.held(channel)) >= (count ?? this.#held.get(channel)?.size ?? 1);
      }, 4 * pace.settleMs);
      if (known) return;
    }
    await pace.within(held.ended, pace.settleMs);
  }

  /** How many polls the target holds on a channel. @throws Unclear when it does not say */
  async held(channel: string): Promise<number> {
    const { presence } = this.#ground.target.profile;
    const value = await this.#ask(
      channel,
      presence !== undefined && 'held' in presence ? presence.held : undefined,
    );
    if (typeof value === 'number') return value;
    if (Array.isArray(value)) return value.length;
    throw new Unclear(`the presence answer has no number of held polls: ${JSON.stringify(value)}`);
  }

  /** The clients that are online on a channel. @throws Unclear when the target does not say */
  async online(channel: string): Promise<string[]> {
    const { presence } = this.#ground.target.profile;
    const value = await this.#ask(
      channel,
      presence !== undefined && 'online' in presence ? presence.online : undefined,
    );
    if (Array.isArray(value)) return value.map(String);
    throw new Unclear(`the presence answer has no list of clients: ${JSON.stringify(value)}`);
  }

  /** The request that asks. @throws Unclear where the profile names none */
  request(channel: string): HttpRequest {
    const request = presenceRequest(this.#ground.target.profile, channel);
    if (request === undefined) throw new Unclear('the profile does not say how to ask for presence');
    return request;
  }

  /** Whether the target says how many polls it holds. */
  get counts(): boolean {
    const { presence } = this.#ground.target.profile;
    return presence !== undefined && 'held' in presence && presence.held !== undefined;
  }

  async #ask(channel: string, path: string | undefined): Promise<unknown> {
    if (path === undefined) throw new Unclear('the profile does not say how to ask for this');
    const answer = await this.#ground.answer(this.request(channel), 10 * this.#ground.pace.budgetMs);
    if (answer === undefined || 'cut' in answer)
      throw new Unclear(`the presence request failed: ${whyNoAnswer(answer)}`);
    try {
      return lookUp(JSON.parse(answer.text), path);
    } catch {
      throw new Unclear(`the presence answer is no JSON: ${answer.text.slice(0, 80)}`);
    }
  }
}

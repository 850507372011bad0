import { channelSetup } from '../../wire/dialogue.ts';
import { Unclear } from '../verify.ts';
import type { Ground } from './ground.ts';
import { whyNoAnswer } from './reply.ts';

/** The channels of a row: each is set up once, before anybody uses it. */
export class Channels {
  readonly #ground: Ground;
  readonly #ready = new Map<string, Promise<void>>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Resolves when the channel can be used. @throws Unclear when it cannot be set up */
  ready(channel: string): Promise<void> {
    let ready = this.#ready.get(channel);
    if (ready === undefined) {
      ready = this.#setUp(channel);
      this.#ready.set(channel, ready);
    }
    return ready;
  }

  async #setUp(channel: string): Promise<void> {
    const { profile } = this.#ground.target;
    if (profile.channelSetup.length === 0) return;
    const steps = channelSetup(profile, channel);
    try {
      for (let step = steps.next(); step.done !== true; ) {
        const answer = await this.#ground.answer(step.value, 10 * this.#ground.pace.budgetMs);
        if (answer === undefined || 'cut' in answer) throw new Error(`a step failed: ${whyNoAnswer(answer)}`);
        step = steps.next(answer);
      }
    } catch (error) {
      throw new Unclear(`the channel could not be set up: ${(error as Error).message}`);
    }
  }
}

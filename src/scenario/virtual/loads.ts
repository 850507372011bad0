import type { Profile } from '../../wire/profile.ts';
import type { Scenario } from '../scenario.ts';
import type { Workload } from '../workload/planned.ts';
import { layWorkload } from '../workload.ts';
import { type LoneLoad, layLone } from './lone.ts';

/** What happens in one repetition, laid out once for all modes, and only as they need it. */
export class Loads {
  readonly #scenario: Scenario;
  readonly #profile: Profile;
  readonly #repetition: number;
  #workload: Workload | null = null;
  #lone: LoneLoad | null = null;

  constructor(scenario: Scenario, profile: Profile, repetition: number) {
    this.#scenario = scenario;
    this.#profile = profile;
    this.#repetition = repetition;
  }

  /** For clients that are played together. */
  get workload(): Workload {
    this.#workload ??= layWorkload(this.#scenario, this.#repetition);
    return this.#workload;
  }

  /** For clients that are played one by one. */
  get lone(): LoneLoad {
    this.#lone ??= layLone(this.#scenario, this.#profile, this.#repetition);
    return this.#lone;
  }
}

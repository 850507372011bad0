import { type Relay, type RelayBehaviour, startRelay } from '../../world/real/proxy.ts';
import type { Ending } from '../../world/real/raw/connection.ts';
import type { Constants } from '../constants.ts';
import { Hand, type HandOptions } from './hand.ts';
import { type Instance, startInstance } from './instance.ts';
import type { Presence } from './presence.ts';
import type { TargetProcess } from './process.ts';
import type { Target } from './target.ts';

/**
 * What a case is given: a hand on the target that does exactly what the case says, and more such hands where
 * it needs them: behind a relay, or on a server of the case's own. One for each row and attempt; whatever it
 * opened or started ends with it.
 */
export class Probe extends Hand {
  readonly #options: HandOptions;
  readonly #relays: Relay[] = [];
  readonly #instances: Instance[] = [];
  readonly #inner: Probe[] = [];
  #over = false;

  constructor(options: HandOptions) {
    super(options);
    this.#options = options;
  }

  /** The same hand with other constants. */
  with(constants: Constants): Probe {
    const probe = new Probe({
      ...this.#options,
      constants,
      mark: this.newName(),
    });
    this.#inner.push(probe);
    return probe;
  }

  /** A relay before the target, and a probe that goes through it. Ends with the row. */
  async through(behaviour: RelayBehaviour): Promise<{ relay: Relay; probe: Probe }> {
    const { origin, tls } = this.target;
    const relay = await startRelay({ origin, tls }, behaviour);
    if (this.#over) await relay.close();
    this.#relays.push(relay);
    return { relay, probe: this.#beside({ ...this.target, origin: relay.origin }, 'relay', this.presence) };
  }

  /**
   * A target of this kind in a process of its own, started by the profile, and a probe for it. Ends with the row.
   * @throws Unclear when it does not start
   */
  async own(): Promise<{ instance: Instance; probe: Probe }> {
    const instance = await startInstance(this.target);
    // A row that was given up while this started would leave it behind.
    if (this.#over) await instance.end();
    this.#instances.push(instance);
    return { instance, probe: this.#beside({ ...this.target, origin: instance.origin }, 'own') };
  }

  /**
   * A probe for a target whose process can be looked at: one of its own where the profile says how to start
   * it, else this very target. @throws Unclear where neither is to be had
   */
  async weighed(): Promise<{ probe: Probe; process: TargetProcess }> {
    if (this.profile.process?.start === undefined) return { probe: this, process: this.process() };
    const { instance, probe } = await this.own();
    return { probe, process: instance.process };
  }

  /** Another probe for the same kind of target elsewhere; its connections end with this row. */
  at(origin: string): Probe {
    return this.#beside({ ...this.target, origin }, 'at');
  }

  /** Ends sessions, connections, relays and processes. @returns how each connection ended */
  override async end(): Promise<Ending[]> {
    this.#over = true;
    const endings = await super.end();
    const inner = await Promise.all(this.#inner.map((probe) => probe.end()));
    await Promise.all(this.#relays.map((relay) => relay.close()));
    await Promise.all(this.#instances.map((instance) => instance.end()));
    return [...endings, ...inner.flat()];
  }

  #beside(target: Target, word: string, presence?: Presence): Probe {
    const { presence: _, ...options } = this.#options;
    const probe = new Probe({
      ...options,
      target,
      ...(presence !== undefined && { presence }),
      mark: `${this.newName()}-${word}`,
    });
    this.#inner.push(probe);
    return probe;
  }
}

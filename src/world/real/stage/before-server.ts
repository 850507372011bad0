import type { Instant } from '../../../protocol/message.ts';
import { lanesOf } from '../../lanes.ts';
import type { StagedFault } from '../../play.ts';
import type { ProxyFault } from '../../proxy-fault.ts';
import type { Dial } from '../load/messages.ts';
import type { ProxyOrder, ProxyReport } from '../proxy/fault.ts';
import { placeOf } from '../raw/dial.ts';
import { Child } from './child.ts';
import { type FaultLog, isOfServer } from './fault-log.ts';
import { late } from './patience.ts';
import { RealProxy } from './real-proxy.ts';
import type { Played, StageSpec } from './stage-spec.ts';
import type { Troubles } from './troubles.ts';

const stopPatienceMs = 15_000;

/** What stands between the clients of a mode and its server: a proxy for faults, then a real one, or nothing. */
export class BeforeServer {
  readonly #spec: StageSpec;
  readonly #log: FaultLog;
  readonly #troubles: Troubles;
  readonly #faults: readonly StagedFault[];
  #real: RealProxy | undefined;
  #faulty: Child<ProxyOrder, ProxyReport> | undefined;
  /** Where each client's connections lead; empty: straight to the server. */
  #dials: readonly Dial[] = [];

  constructor(spec: StageSpec, { log, troubles }: { log: FaultLog; troubles: Troubles }) {
    this.#spec = spec;
    this.#log = log;
    this.#troubles = troubles;
    this.#faults = spec.faults.filter((fault) => !isOfServer(fault));
  }

  get dials(): readonly Dial[] {
    return this.#dials;
  }

  /** @throws Error in words when something cannot be started; `close` ends what could */
  async open(origin: string): Promise<void> {
    const { behind, folder, joinMs, proxied } = this.#spec;
    const { host, port, secure } = placeOf(origin);
    let way: Dial = { host, port };
    if (behind !== null) {
      const plan = { upstream: way, idleMs: behind.idleMs, clients: joinMs.length };
      this.#real = await RealProxy.start(behind.proxy, plan, folder);
      void this.#real.ended.then((death) => this.#troubles.died(death, ''));
      way = this.#real.dial;
      this.#dials = joinMs.map(() => way);
    }
    if (proxied) this.#dials = await this.#openFaulty(way, secure);
  }

  /** @param from the beginning of the measured time */
  begin(from: Instant): void {
    this.#faulty?.send({ type: 'begin', at: from });
  }

  /** @returns the fault proxy's own error; null without one */
  async close(): Promise<Played['proxy']> {
    const error = await this.#closeFaulty();
    for (const alarm of (await this.#real?.stop()) ?? [])
      this.#troubles.add(`${this.#spec.behind!.proxy}: ${alarm}`);
    return error;
  }

  async #openFaulty(way: Dial, secure: boolean): Promise<readonly Dial[]> {
    const { clock, joinMs, seed } = this.#spec;
    const child = new Child<ProxyOrder, ProxyReport>('the fault proxy', 'proxy/fault-proxy-process');
    this.#faulty = child;
    let said = '';
    child.listen((message) => {
      if (message.type === 'failed') said = message.text;
      if (message.type !== 'fault') return;
      const fault = this.#faults[message.fault]!;
      if (message.phase === 'began') this.#log.began(fault, message.at);
      else this.#log.ended(fault, message.at);
    });
    void child.ended.then((death) => this.#troubles.died(death, said || child.lastWords));
    await child.next('ready');
    const { lanes, laneOf } = lanesOf(
      joinMs.length,
      this.#faults.map(({ clients }) => clients),
    );
    const listening = child.next('listening');
    const faults = this.#faults.map(({ what }) => what as ProxyFault);
    const spec = { clock: clock.originNs.toString(), way, secure, lanes, faults, seed };
    child.send({ type: 'proxy', spec });
    const { ports } = await listening;
    return laneOf.map((lane) => ({ host: '127.0.0.1', port: ports[lane]! }));
  }

  async #closeFaulty(): Promise<Played['proxy']> {
    const child = this.#faulty;
    if (child === undefined || !child.alive) return null;
    const done = child.next('done').catch(() => `${child.name} ended without a word`);
    child.send({ type: 'stop' });
    const last = await Promise.race([done, late(stopPatienceMs, `${child.name} did not stop`)]);
    await child.end();
    if (typeof last === 'string') {
      this.#troubles.add(last);
      return null;
    }
    if (last.failure !== null) this.#troubles.add(`${child.name}: ${last.failure}`);
    if (last.open > 0) this.#troubles.add(`${child.name} could not close ${last.open} connections`);
    return last.error;
  }
}

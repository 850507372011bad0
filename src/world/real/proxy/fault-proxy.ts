import type { Socket } from 'node:net';
import type { Instant } from '../../../protocol/message.ts';
import { seededRandom } from '../../../protocol/random.ts';
import type { ProxyFault } from '../../proxy-fault.ts';
import { TokenBucket } from '../../token-bucket.ts';
import type { Clock } from '../clock.ts';
import { descriptorLimit } from '../descriptors.ts';
import { type Alarm, callAt } from '../timer.ts';
import type { FaultProxySpec, ProxyReport } from './fault.ts';
import { Lane } from './lane.ts';
import { Lateness } from './lateness.ts';
import type { Ground } from './passage.ts';
import { ReleaseQueue } from './release-queue.ts';

/** Two for each of 9,000 clients. */
const mostSockets = 18_000;
/** Descriptors that a process needs for itself and its listening ports. */
const ownDescriptors = 100;
/** How long sockets may take to be gone at the end. */
const patienceMs = 2000;

export interface FaultProxyPort {
  fault(fault: number, phase: 'began' | 'ended', at: Instant): void;
  /** It cannot do what it should any more. */
  failed(code: string, text: string): void;
}

/** Stands between clients and a server, and does to what passes what the list of faults says, when it says so. */
export class FaultProxy {
  readonly #spec: FaultProxySpec;
  readonly #clock: Clock;
  readonly #port: FaultProxyPort;
  readonly #lateness: Lateness;
  readonly #queue: ReleaseQueue;
  readonly #lanes: readonly Lane[];
  readonly #sockets = new Set<Socket>();
  readonly #most: number;
  readonly #alarms = new Set<Alarm>();
  #failure: string | null = null;
  #closing = false;
  #allGone = (): void => {};

  /** @param most sockets that may be open at once */
  constructor(spec: FaultProxySpec, clock: Clock, port: FaultProxyPort, most = mostSockets) {
    this.#spec = spec;
    this.#clock = clock;
    this.#port = port;
    this.#most = Math.min(most, descriptorLimit() - ownDescriptors - spec.lanes.length);
    this.#lateness = new Lateness(clock);
    this.#queue = new ReleaseQueue(clock);
    const ground: Ground = {
      clock,
      queue: this.#queue,
      lateness: this.#lateness,
      way: spec.way,
      admit: (socket) => this.#admit(socket),
    };
    this.#lanes = spec.lanes.map((faults) => {
      const readsHttp = !spec.secure && faults.some((fault) => speaksHttp(spec.faults[fault]!));
      return new Lane(ground, readsHttp);
    });
  }

  /** The port of each lane. @throws Error when a fault cannot be put into this traffic, or a port cannot be had */
  async open(): Promise<readonly number[]> {
    const { secure, faults } = this.#spec;
    const wrong = secure ? faults.find(speaksHttp) : undefined;
    if (wrong !== undefined) throw new Error(`${wrong.kind} speaks HTTP, and cannot be put into TLS`);
    for (const lane of this.#lanes) await lane.open();
    return this.#lanes.map((lane) => lane.port);
  }

  /** The faults come at their time after `at`. */
  begin(at: Instant): void {
    for (const [index, fault] of this.#spec.faults.entries()) {
      this.#at(at + fault.atMs, () => {
        const begun = this.#beginFault(index, fault);
        const end = (): void => void begun.then(() => this.#endFault(index)).catch(this.#fail);
        if (fault.forMs === 0) end();
        else if (fault.forMs !== Number.POSITIVE_INFINITY) this.#at(at + fault.atMs + fault.forMs, end);
        begun.catch(this.#fail);
      });
    }
  }

  /** Drops everything, and waits until it is gone. */
  async close(): Promise<Omit<Extract<ProxyReport, { type: 'done' }>, 'type'>> {
    this.#closing = true;
    for (const alarm of this.#alarms) alarm.cancel();
    this.#queue.close();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    const gone = new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
    for (const socket of this.#sockets) socket.destroy();
    if (this.#sockets.size > 0) {
      const patience = setTimeout(() => this.#allGone(), patienceMs);
      await gone;
      clearTimeout(patience);
    }
    const listening = this.#lanes.filter((lane) => lane.listening).length;
    return {
      failure: this.#failure,
      error: this.#lateness.read(),
      open: this.#sockets.size + listening,
    };
  }

  async #beginFault(index: number, fault: ProxyFault): Promise<void> {
    const since = this.#clock.now();
    const bucket = new TokenBucket(fault.kind === 'rate-limit' ? fault.ratePerS : 0, since);
    const begun = this.#under(index).map(([lane, number]) => {
      const random = seededRandom(this.#spec.seed, 'proxy', number, index);
      return lane.begin({ index, fault, since, random, bucket });
    });
    await Promise.all(begun);
    this.#port.fault(index, 'began', since);
  }

  async #endFault(index: number): Promise<void> {
    await Promise.all(this.#under(index).map(([lane]) => lane.end(index)));
    this.#port.fault(index, 'ended', this.#clock.now());
  }

  /** The lanes that a fault is for, with their numbers. */
  #under(fault: number): [Lane, number][] {
    return this.#lanes
      .map((lane, number): [Lane, number] => [lane, number])
      .filter(([, number]) => this.#spec.lanes[number]!.includes(fault));
  }

  #at(at: Instant, ring: () => void): void {
    const alarm = callAt(this.#clock, at, () => {
      this.#alarms.delete(alarm);
      ring();
    });
    this.#alarms.add(alarm);
  }

  #admit(socket: Socket): boolean {
    if (this.#closing) return false;
    if (this.#sockets.size >= this.#most) {
      const text = `the fault proxy would need more than its ${this.#most} sockets (two for each client's connection)`;
      this.#fail(Object.assign(new Error(text), { code: 'EMFILE' }));
      return false;
    }
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#allGone();
    });
    return true;
  }

  /** Says it once: what follows is a consequence. */
  readonly #fail = (error: NodeJS.ErrnoException): void => {
    if (this.#failure !== null || this.#closing) return;
    this.#failure = error.message;
    this.#port.failed(error.code ?? error.name, error.message);
  };
}

/** Whether a fault has to see requests. */
function speaksHttp(fault: ProxyFault): boolean {
  const { kind } = fault;
  if (kind === 'cut-idle') return fault.how === '504' || fault.how === '204';
  return kind === 'proxy-502' || kind === 'proxy-504' || kind === 'rate-limit';
}

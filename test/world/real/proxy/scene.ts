import { expect } from 'vitest';
import type { ProxyFault } from '../../../../src/world/proxy-fault.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import type { FaultProxySpec } from '../../../../src/world/real/proxy/fault.ts';
import { FaultProxy } from '../../../../src/world/real/proxy/fault-proxy.ts';
import { until } from '../raw.ts';
import { FarSide, Side } from './observer.ts';

export const clock = monotonicClock();

/** From now on, for ever; what a fault of a test is unless it says otherwise. */
export const always = { atMs: 0, forMs: Number.POSITIVE_INFINITY };

type Done = Awaited<ReturnType<FaultProxy['close']>>;

/** A fault proxy in this process before a server whose every byte is known, and clients of its lanes. */
export class Scene implements AsyncDisposable {
  readonly far: FarSide;
  readonly proxy: FaultProxy;
  ports: readonly number[] = [];
  readonly clients: Side[] = [];
  readonly told: { fault: number; phase: 'began' | 'ended'; at: number }[];
  readonly failures: string[];
  #done: Promise<Done> | undefined;

  private constructor(far: FarSide, spec: FaultProxySpec, most?: number) {
    this.far = far;
    const told: Scene['told'] = [];
    const failures: string[] = [];
    this.told = told;
    this.failures = failures;
    const port = {
      fault: (fault: number, phase: 'began' | 'ended', at: number) => void told.push({ fault, phase, at }),
      failed: (code: string, text: string) => void failures.push(`${code}: ${text}`),
    };
    this.proxy =
      most === undefined ? new FaultProxy(spec, clock, port) : new FaultProxy(spec, clock, port, most);
  }

  static async open(
    faults: readonly ProxyFault[],
    more: {
      onSide?: (side: Side) => void;
      lanes?: readonly (readonly number[])[];
      secure?: boolean;
      seed?: string;
      most?: number;
      way?: FaultProxySpec['way'];
    } = {},
  ): Promise<Scene> {
    const far = await FarSide.start(more.onSide);
    const spec: FaultProxySpec = {
      clock: `${clock.originNs}`,
      way: more.way ?? { host: '127.0.0.1', port: far.port },
      secure: more.secure ?? false,
      lanes: more.lanes ?? [faults.map((_, i) => i)],
      faults,
      seed: more.seed ?? 'a',
    };
    const scene = new Scene(far, spec, more.most);
    scene.ports = await scene.proxy.open();
    return scene;
  }

  async client(lane = 0): Promise<Side> {
    const side = await Side.open(this.ports[lane]!);
    this.clients.push(side);
    return side;
  }

  /** A client and the server's side of its connection. */
  async pair(lane = 0): Promise<[Side, Side]> {
    const count = this.far.sides.length;
    const client = await this.client(lane);
    await until(() => this.far.sides.length > count);
    return [client, this.far.sides[count]!];
  }

  /** Begins, and comes back once these phases were told. */
  async begin(...phases: string[]): Promise<void> {
    this.proxy.begin(clock.now());
    await this.heard(...phases);
  }

  heard(...phases: string[]): Promise<void> {
    const all = (): string[] => this.told.map(({ fault, phase }) => `${fault} ${phase}`);
    return until(() => phases.every((phase) => all().includes(phase)));
  }

  close(): Promise<Done> {
    this.#done ??= this.proxy.close();
    return this.#done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { open } = await this.close();
    for (const { socket } of this.clients) socket.destroy();
    await this.far[Symbol.asyncDispose]();
    expect(open).toBe(0);
  }
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

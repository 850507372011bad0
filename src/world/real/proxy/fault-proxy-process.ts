import { monotonicClock } from '../clock.ts';
import type { FaultProxySpec, ProxyOrder, ProxyReport } from './fault.ts';
import { FaultProxy } from './fault-proxy.ts';

/** The fault proxy in a process of its own, ruled over the IPC channel that it was forked with. */
class FaultProxyProcess {
  #proxy: FaultProxy | null = null;
  #ending = false;

  obey(order: ProxyOrder): void {
    if (order.type === 'proxy') void this.#open(order.spec).catch(fail);
    else if (order.type === 'begin') this.#proxy?.begin(order.at);
    else void this.#stop().catch(fail);
  }

  async #open(sent: FaultProxySpec): Promise<void> {
    // The channel is JSON, which makes null of Infinity.
    const faults = sent.faults.map((fault) => ({
      ...fault,
      forMs: (fault.forMs as number | null) ?? Number.POSITIVE_INFINITY,
    }));
    const spec = { ...sent, faults };
    this.#proxy = new FaultProxy(spec, monotonicClock(BigInt(spec.clock)), {
      fault: (fault, phase, at) => tell({ type: 'fault', fault, phase, at }),
      failed: (code, text) => tell({ type: 'failed', code, text }, () => process.exit(1)),
    });
    tell({ type: 'listening', ports: await this.#proxy.open() });
  }

  async #stop(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    const nothing = { failure: null, error: null, open: 0 };
    tell({ type: 'done', ...((await this.#proxy?.close()) ?? nothing) });
  }
}

/** The code is the system's, such as `EADDRINUSE`, or the name of the error. */
function fail(error: NodeJS.ErrnoException): void {
  tell({ type: 'failed', code: error.code ?? error.name, text: error.message }, () => process.exit(1));
}

function tell(report: ProxyReport, after?: () => void): void {
  if (process.connected) process.send!(report, undefined, {}, () => after?.());
  else after?.();
}

const proxy = new FaultProxyProcess();
process.on('message', (order) => proxy.obey(order as ProxyOrder));
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', fail);
// A terminal sends SIGINT to the whole group; the coordinator decides what it means.
process.on('SIGINT', () => {});
tell({ type: 'ready' });

import type { RelayBehaviour } from './proxy/behaviour.ts';
import { Gate } from './proxy/gate.ts';
import { HttpRelay } from './proxy/http-relay.ts';
import { placeOf, type RawTarget } from './raw/dial.ts';

export type { RelayBehaviour } from './proxy/behaviour.ts';

/** Something between the clients and a target, on a free port of this machine. */
export interface Relay {
  /** What clients use instead of the target's: http, but for `pass` the scheme of the target. */
  readonly origin: string;
  /** From now on neither side hears anything, nor sees an end. */
  stall(): void;
  /** Connections to the target that are open. */
  readonly upstreamOpen: number;
  /** Drops all connections. */
  close(): Promise<void>;
}

/**
 * Starts a relay before a target. One that reads HTTP stands between two gates of TCP, which do the
 * stalling: so neither it nor Node's timers can tell one side about the other.
 */
export async function startRelay(target: RawTarget, behaviour: RelayBehaviour): Promise<Relay> {
  const { host, port, secure } = placeOf(target.origin);
  const far = await Gate.open({ host, port });
  if (behaviour.kind === 'pass') {
    // A certificate for localhost stays good for the relay.
    const name = host === 'localhost' ? host : '127.0.0.1';
    return {
      origin: `${secure ? 'https' : 'http'}://${name}:${far.port}`,
      stall: () => far.stall(),
      get upstreamOpen() {
        return far.upstreamOpen;
      },
      close: () => far.close(),
    };
  }
  const middle = await HttpRelay.open(target, far.port, behaviour);
  const near = await Gate.open({ host: '127.0.0.1', port: middle.port });
  return {
    origin: `http://127.0.0.1:${near.port}`,
    stall() {
      near.stall();
      far.stall();
    },
    get upstreamOpen() {
      return far.upstreamOpen;
    },
    async close() {
      await Promise.all([near.close(), middle.close(), far.close()]);
    },
  };
}

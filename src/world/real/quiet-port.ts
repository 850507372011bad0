import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

/** Below this the services of a machine have theirs. */
const lowest = 10_240;
/** With fewer ports than this below the range of the system, there is nothing to choose from. */
const fewest = 1000;

let turn = 0;

/**
 * A free port of 127.0.0.1 that the system gives to no outgoing connection, so that it is still free after its owner
 * was away for a while. (In the range of outgoing ports another connection may take it meanwhile, and one that knocks
 * at a closed port there may be given that very port and so reach itself.) A plain free port where the system does not
 * say which its range is.
 */
export async function quietPort(): Promise<number> {
  const span = rangeStart() - lowest;
  if (!(span >= fewest)) return (await tryPort(0))!;
  // Processes that look at the same time begin at different places, and one that looks again goes on.
  for (let tries = 0; tries < span; tries++) {
    const port = lowest + ((process.pid * 97 + turn++) % span);
    if ((await tryPort(port)) !== null) return port;
  }
  return (await tryPort(0))!;
}

/** Where the ports of outgoing connections begin; NaN: unknown. */
function rangeStart(): number {
  try {
    return Number(/^\d+/.exec(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'))?.[0]);
  } catch {
    return Number.NaN;
  }
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

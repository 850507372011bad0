import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { quietPort } from '../../../src/world/real/quiet-port.ts';

/** Where the system's outgoing ports begin; where it does not say, any port will do. */
function rangeStart(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    return 65_536;
  }
}

describe('a quiet port', () => {
  it('is free, another one each time, and below those that the system gives away', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => quietPort()));
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) {
      expect(port).toBeLessThan(rangeStart());
      const server = createServer();
      await new Promise<void>((resolve, reject) =>
        server.on('error', reject).listen(port, '127.0.0.1', resolve),
      );
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is none that somebody listens on', async () => {
    const first = await quietPort();
    // The next ones that would be tried.
    const taken = await Promise.all(
      Array.from({ length: 5 }, async (_, i) => {
        const server = createServer();
        await new Promise<void>((resolve) =>
          server.on('error', resolve).listen(first + 1 + i, '127.0.0.1', resolve),
        );
        return server;
      }),
    );
    const next = await quietPort();
    expect(next < first + 1 || next > first + 5).toBe(true);
    for (const server of taken) server.close();
  });
});

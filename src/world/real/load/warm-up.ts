import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connections } from './connection.ts';
import { exchange } from './exchange.ts';

const rounds = 60;

/**
 * Sends some requests to a server of this very process and back, so that the code which carries and stamps
 * requests is compiled before it measures: a first request costs ten milliseconds, a hundredth less than one.
 */
export async function warmUp(): Promise<void> {
  const body = 'x'.repeat(256);
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connections = new Connections({ keepAliveMs: 1000, tls: {} }, { opened() {}, closed() {} });
  try {
    for (let i = 0; i < rounds; i++) {
      const method = i % 2 === 0 ? 'GET' : 'POST';
      const request = { method, path: '/', headers: {}, body: method === 'GET' ? undefined : body };
      await new Promise<void>((resolve) => {
        exchange(connections.route, origin, request, { ended: () => resolve(), broke: () => resolve() });
      });
      connections.takeBytes();
    }
  } finally {
    connections.reset();
    server.close();
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** Something that speaks TLS before a server that does not. */
export interface TlsFront {
  readonly url: string;
  stop(): Promise<void>;
}

/** Makes `key.pem` and `cert.pem` in a folder: of its own signature, for 127.0.0.1 unless said otherwise. */
export function makeCertificate(folder: string, names = 'IP:127.0.0.1'): void {
  const subject = ['-subj', '/CN=pollmark test', '-addext', `subjectAltName=${names}`];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject];
  execFileSync('openssl', args, { stdio: 'ignore' });
}

/**
 * Carries bytes between TLS on a free port and a server on the loopback; either side's end, half or whole,
 * is passed on.
 * @param folder with `key.pem` and `cert.pem`
 */
export async function tlsFront(inner: string, folder: string): Promise<TlsFront> {
  const open = new Set<Socket>();
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)));
  const server = createServer({ key: key!, cert: cert!, allowHalfOpen: true }, (socket) => {
    const way = connect({ port: Number(new URL(inner).port), host: '127.0.0.1', allowHalfOpen: true });
    for (const one of [socket, way]) {
      open.add(one);
      one.on('error', () => {}).on('close', () => open.delete(one));
    }
    socket.pipe(way).pipe(socket);
    socket.on('close', () => way.destroy());
    way.on('close', () => socket.destroySoon());
  });
  server.on('tlsClientError', () => {});
  // Handshakes that came to nothing leave a connection too.
  server.on('connection', (tcp: Socket) => {
    open.add(tcp);
    tcp.on('error', () => {}).on('close', () => open.delete(tcp));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

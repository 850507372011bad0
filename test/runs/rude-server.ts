import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** What a server does with a connection, instead of speaking HTTP as it should. */
export type Manner = (socket: Socket) => void;

/** A server on the loopback that behaves in one given way. */
export interface RudeServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function rudeServer(manner: Manner): Promise<RudeServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    manner(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes the same piece again and again, as fast as it is taken, `bytes` in all. */
function pour(socket: Socket, piece: Buffer, bytes: number): void {
  let left = bytes;
  const more = (): void => {
    while (left > 0 && socket.writable) {
      left -= piece.length;
      if (!socket.write(piece)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}

/** Says something once for each piece that comes in; one piece is one request here. */
const answering =
  (answer: (socket: Socket) => void): Manner =>
  (socket) => {
    socket.on('data', () => answer(socket));
  };

const html = '<!doctype html><title>Welcome</title><h1>It works</h1>';
const gibibyte = 2 ** 30;
const mebibyte = Buffer.alloc(2 ** 20, 'a');

export const manners = {
  'never answers': answering(() => {}),
  'answers garbage': answering((socket) =>
    socket.write(Buffer.from([0, 255, 17, 10, 13, 10, 200, 3, 13, 10, 13, 10])),
  ),
  'answers HTML with 200 to everything': answering((socket) =>
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\n\r\n${html}`,
    ),
  ),
  'resets what it is asked': answering((socket) => void socket.resetAndDestroy()),
  'sends a head without an end': answering((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Endless: ');
    pour(socket, mebibyte, gibibyte);
  }),
  'answers a gibibyte': answering((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${gibibyte}\r\n\r\n`);
    pour(socket, mebibyte, gibibyte);
  }),
  'answers a gibibyte in chunks of one byte': answering((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    pour(socket, Buffer.from('1\r\na\r\n'.repeat(100_000)), gibibyte);
  }),
  'closes in the middle of the content': answering((socket) =>
    socket.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"messages":[',
    ),
  ),
  'answers one byte at a time': answering((socket) => {
    const text = `HTTP/1.1 200 OK\r\nContent-Length: ${html.length}\r\n\r\n${html}`;
    let at = 0;
    const timer = setInterval(() => {
      if (at === text.length || !socket.writable) clearInterval(timer);
      else socket.write(text[at++]!);
    }, 50);
  }),
} satisfies Record<string, Manner>;

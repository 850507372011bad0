import { createServer } from 'node:http';

/** An HTTP server that knows nothing yet: what is attached to it answers its own URLs, everything else is 404. */
export function bareServer() {
  return createServer((_request, response) => {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
  });
}

/** Listens on loopback, on the port of the command line or any free one, and says so once it does. */
export function listen(server) {
  server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
    console.log(`listening on port ${server.address().port}`);
  });
}

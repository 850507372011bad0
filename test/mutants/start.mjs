// Starts the server that lies in the same folder, as `start.json` says, on the port given or on any:
// says where it listens, on standard output and to a parent that has forked it, and ends as `pollmark serve` does.
import { readFileSync } from 'node:fs';

const { entry, options } = JSON.parse(readFileSync(new URL('start.json', import.meta.url), 'utf8'));
const { createServer } = await import(new URL(entry, import.meta.url).href);
const server = createServer({ ...options, host: '127.0.0.1', port: Number(process.argv[2] ?? 0) });

function end() {
  process.off('disconnect', leave);
  if (process.connected) process.disconnect();
  void server.shutdown();
}

function leave() {
  process.exit(0);
}

process.once('SIGTERM', end).once('SIGINT', end).once('disconnect', leave);
await server.start();
console.log(server.url);
if (process.connected) process.send({ url: server.url });

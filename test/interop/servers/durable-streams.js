// The reference server of the Durable Streams protocol, in memory, with a long poll of 5 s instead of 30.
import { DurableStreamTestServer } from '@durable-streams/server';

const server = new DurableStreamTestServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  longPollTimeout: 5000,
});
await server.start();
console.log(`listening on port ${new URL(server.url).port}`);

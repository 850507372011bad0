import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monotonicClock } from '../clock.ts';
import { plain } from '../disk.ts';
import type { TruthSpec } from './messages.ts';
import { obey, report } from './post.ts';
import { Recorder } from './record.ts';
import { writeToken } from './token.ts';

/**
 * A server whose truth is known: it holds requests, answers one of them every few milliseconds, and stamps
 * the instant at which it hands each answer to the kernel. What the harness then reports as latency is
 * its own error, and nothing else.
 */
function truth(spec: TruthSpec): { begin(): void; stop(): void } {
  const clock = monotonicClock(BigInt(spec.clock));
  const recorder = new Recorder(spec.file, () => {});
  const held: ServerResponse[] = [];
  let message = 0;
  let timer: NodeJS.Timeout | undefined;
  const server = createServer((_, response) => {
    held.push(response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 1024, () => {
    report({ type: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  const answer = (): void => {
    const response = held.shift();
    if (response === undefined) return;
    const body = writeToken(spec.run, { message, intendedAt: 0 }, 256);
    const sentAt = clock.now();
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
    response.end(body);
    recorder.add({
      kind: 'published',
      message,
      channel: 0,
      intendedAt: sentAt,
      sentAt,
      acknowledgedAt: sentAt,
      status: 200,
    });
    message++;
    if (message === spec.count) {
      clearInterval(timer);
      report({
        type: 'published',
        recordedUntil: clock.now(),
        sent: message,
        acknowledged: message,
        failed: 0,
      });
    }
  };
  return {
    begin() {
      timer = setInterval(answer, spec.everyMs);
    },
    stop() {
      clearInterval(timer);
      let failure: string | null = null;
      try {
        recorder.close();
      } catch (error) {
        failure = plain(error);
      }
      report({ type: 'done', failure });
    },
  };
}

let server: ReturnType<typeof truth> | undefined;
obey((order) => {
  if (order.type === 'truth') server = truth(order.spec);
  else if (order.type === 'begin') server?.begin();
  else if (order.type === 'stop') server?.stop();
});

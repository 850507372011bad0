import { mostConnections, type Recipe } from './recipe.ts';

/**
 * HAProxy with one thread: kept connections on both sides, shared between clients only where that is safe. A server
 * that is silent for `timeout server` gets its client a 504; one that refuses, a 503; one that breaks the connection, a
 * 502, or a bare end where it was not the first request of its connection. `timeout client` does not run while the server is awaited, and an idle connection is kept (`http-keep-alive`).
 */
export const haproxy: Recipe = {
  program: 'haproxy',
  package: 'haproxy',
  configuration(plan) {
    const { port, upstream, idleMs } = plan;
    return `
global
  nbthread 1
  maxconn ${mostConnections(plan)}
defaults
  mode http
  timeout connect 5s
  timeout server ${idleMs}ms
  timeout client ${idleMs}ms
  timeout http-keep-alive 1h
  http-reuse safe
  option http-keep-alive
listen server
  bind 127.0.0.1:${port} backlog 4096
  server server ${upstream.host}:${upstream.port}
`;
  },
  args: (file) => ['-db', '-q', '-f', file],
  alarms: (log) => log.split('\n').filter((line) => /\[ALERT\]/.test(line)),
};

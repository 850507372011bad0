import { userInfo } from 'node:os';
import { mostConnections, type ProxyPlan, type Recipe } from './recipe.ts';

/** Longer than any client of a run keeps a connection: who ends an idle one is not this proxy's question. */
const idleConnectionS = 3600;

/**
 * nginx as it is usually put before a server of long polls: HTTP/1.1 and kept connections on both sides, answers passed
 * on as they come. A server that is silent for `proxy_read_timeout` gets its client a 504; one that refuses or breaks
 * the connection, a 502. The limit on a client that is silent is `client_header_timeout`, which begins with its first byte.
 */
export const nginx: Recipe = {
  program: 'nginx',
  package: 'nginx',
  configuration(plan) {
    const { folder, port, upstream, idleMs } = plan;
    const idle = `${idleMs}ms`;
    const most = mostConnections(plan);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? `user ${userInfo().username};` : ''}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections ${2 * most}; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  keepalive_timeout ${idleConnectionS}s;
  keepalive_requests 1000000000;
  tcp_nodelay on;
  upstream server {
    server ${authority(upstream)};
    keepalive ${most};
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    client_max_body_size 0;
    location / {
      proxy_pass http://server;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_connect_timeout 5s;
      proxy_read_timeout ${idle};
      proxy_send_timeout ${idle};
      proxy_buffering off;
      proxy_request_buffering off;
    }
  }
}
`;
  },
  args: (file, folder) => ['-p', folder, '-c', file, '-e', `${folder}/error.log`],
  alarms: (log) => log.split('\n').filter((line) => /\[(alert|emerg)\]/.test(line)),
};

function authority({ host, port }: ProxyPlan['upstream']): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

import { debianServer } from './starters/debian-server.ts';
import { nodeServer } from './starters/node-server.ts';
import type { Starter } from './starters/target.ts';

const nchanModule = '/usr/lib/nginx/modules/ngx_nchan_module.so';

/** Every server of somebody else's that pollmark is tried on. */
export const starters = {
  seed: nodeServer({
    name: 'seed',
    profile: 'article',
    package: 'node-static',
    file: 'seed-demo/server.js',
    configuration: 'the demo of the article, run directly; holds without end',
    // The profile is that of our server, too, which has one.
    overrides: ['notApplicable={"shutdown.health.draining":"the demo has no health URL"}'],
  }),
  nchan: debianServer({
    name: 'nchan',
    profile: 'nchan',
    packages: ['nginx', 'libnginx-mod-nchan'],
    files: ['/usr/sbin/nginx', nchanModule],
    template: 'nchan.conf',
    refusesRoot: false,
    facts: { module: nchanModule },
    command: '/usr/sbin/nginx -p "$PWD" -e stderr -c "$conf"',
    health: '/healthz',
    configuration: 'one worker, hold 5 s, starts at the oldest message, 1,000 messages kept for 5 min',
  }),
  faye: nodeServer({
    name: 'faye',
    profile: 'faye',
    package: 'faye',
    file: 'faye.js',
    configuration: 'hold 5 s instead of 45 s',
    overrides: ['hold.time=5s'],
  }),
  engineio: nodeServer({
    name: 'engineio',
    profile: 'engineio',
    package: 'engine.io',
    file: 'engineio.js',
    configuration: 'polling only, a ping every 5 s instead of 25 s, a room around it',
    overrides: ['hold.time=5s'],
  }),
  sockjs: nodeServer({
    name: 'sockjs',
    profile: 'sockjs',
    package: 'sockjs',
    file: 'sockjs.js',
    configuration: 'a heartbeat every 5 s instead of 25 s, a room around it',
    overrides: ['hold.time=5s'],
  }),
  'durable-streams': nodeServer({
    name: 'durable-streams',
    profile: 'durable-streams',
    package: '@durable-streams/server',
    file: 'durable-streams.js',
    configuration: 'in memory, hold 5 s instead of 30 s',
    overrides: ['hold.time=5s'],
  }),
  bosh: debianServer({
    name: 'bosh',
    profile: 'bosh',
    packages: ['prosody'],
    files: ['/usr/bin/prosody'],
    template: 'prosody.cfg.lua',
    refusesRoot: true,
    command: '/usr/bin/prosody -F --config "$conf"',
    health: '/http-bind',
    configuration: 'anonymous users, a room component, holds up to 10 s, sessions forgotten after 6 s',
  }),
} satisfies Readonly<Record<string, Starter>>;

export type TargetName = keyof typeof starters;
export const targetNames = Object.keys(starters) as TargetName[];

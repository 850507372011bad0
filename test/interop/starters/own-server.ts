import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import type { Starter, Target } from './target.ts';

/** The reference server of this package, as a target like any other. */
export interface OwnServer {
  readonly name: string;
  readonly profile: string;
  /** Options of `pollmark serve`. */
  readonly options: readonly string[];
  readonly configuration: string;
  /** Of its profile, as `-s` takes them. */
  readonly overrides?: readonly string[];
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const serving = /serves \S+ semantics on http:\/\/(?:127\.0\.0\.1|\[::1\]):(\d+)/;

/** How to start our own server from `dist`, on any free port. */
export function ownServer(server: OwnServer): Starter {
  const { name, profile, configuration, overrides = [] } = server;
  return {
    name,
    missing: () => undefined,
    start: async (): Promise<Target> => {
      const argv = ['node', 'dist/cli/main.js', 'serve', ...server.options, '--port'];
      const child = await Child.start([process.execPath, ...argv.slice(1), '0'], root, { output: serving });
      const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
      return {
        name,
        profile,
        origin: `http://127.0.0.1:${serving.exec(child.output)![1]}`,
        version: `pollmark ${version}`,
        configuration,
        overrides,
        process: {
          start: [...argv, '{port}'],
          cwd: root,
          ready: { output: 'serves' },
          stopSignal: 'SIGTERM',
          pid: child.pid,
        },
        exited: child.exited,
        stop: (signal) => child.stop(signal),
      };
    },
  };
}

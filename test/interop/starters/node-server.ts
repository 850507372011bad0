import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';
import { interopFolder, type Starter, type Target } from './target.ts';

/** A server on Node with a package of test/interop/package.json around or under it. */
export interface NodeServer {
  readonly name: string;
  readonly profile: string;
  /** The npm package that is judged, or that the server stands on. */
  readonly package: string;
  /** Within servers/. */
  readonly file: string;
  readonly configuration: string;
  /** Of its profile, as `-s` takes them. */
  readonly overrides?: readonly string[];
}

const listening = /listening on port (\d+)\n/;

function installedVersion(name: string): string | undefined {
  const file = join(interopFolder, 'node_modules', name, 'package.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    : undefined;
}

/** How to start a server of servers/: one process, any free port. */
export function nodeServer(server: NodeServer): Starter {
  const { name, package: npm, file } = server;
  return {
    name,
    missing: () =>
      installedVersion(npm) === undefined ? `the npm package ${npm} (npm ci in test/interop)` : undefined,
    start: async (): Promise<Target> => {
      const argv = [process.execPath, join('servers', file)];
      const child = await Child.start(argv, interopFolder, { output: listening });
      const port = Number(listening.exec(child.output)![1]);
      return {
        name,
        profile: server.profile,
        origin: `http://127.0.0.1:${port}`,
        version: `${npm} ${installedVersion(npm)}`,
        configuration: server.configuration,
        overrides: server.overrides ?? [],
        process: {
          start: [...argv, '{port}'],
          cwd: interopFolder,
          ready: { output: 'listening on port' },
          stopSignal: 'SIGTERM',
          pid: child.pid,
        },
        exited: child.exited,
        stop: (signal) => child.stop(signal),
      };
    },
  };
}

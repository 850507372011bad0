import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { configurationText, type Starter, type Target } from './target.ts';

/** A server out of Debian packages, with a private folder and a configuration of test/interop/configurations. */
export interface DebianServer {
  readonly name: string;
  readonly profile: string;
  readonly packages: readonly string[];
  /** Files without which it cannot run. */
  readonly files: readonly string[];
  /** The file in configurations/, and under which name it is put into the folder. */
  readonly template: string;
  readonly facts?: Readonly<Record<string, string>>;
  /** Refuses to be root; nginx instead hands its worker to www-data by itself. */
  readonly refusesRoot: boolean;
  /** The program in the foreground, for a shell in which `$conf` is the path of the configuration. */
  readonly command: string;
  /** Answers 200 once the server is there. */
  readonly health: string;
  readonly configuration: string;
  /** Of its profile, as `-s` takes them. */
  readonly overrides?: readonly string[];
}

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/**
 * A shell that fills the port into the configuration of its folder and then becomes the program, so that
 * several of them can be started beside each other.
 */
function onPort(template: string, command: string): string[] {
  const fill = `sed "s/[{]port[}]/$1/g" ${template} > "$1-${template}"`;
  return ['sh', '-c', `${fill} && conf="$PWD/$1-${template}" && exec ${command}`, 'sh', '{port}'];
}

/** The same program as a user without rights, when we are root. */
function unprivileged(argv: readonly string[]): string[] {
  return ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...argv];
}

function debianVersion(name: string): string {
  return execFileSync('dpkg-query', ['-W', '-f', '$' + '{Version}', name], { encoding: 'utf8' });
}

/** A port that was free a moment ago: these servers cannot say which one they got. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** How to start a server of the machine's packages without touching anything of the machine's. */
export function debianServer(server: DebianServer): Starter {
  const { name, packages, template } = server;
  return {
    name,
    missing: () => {
      const lacking = server.files.filter((file) => !existsSync(file));
      return lacking.length === 0
        ? undefined
        : `${lacking.join(', ')} (Debian packages ${packages.join(', ')})`;
    },
    start: async (): Promise<Target> => {
      const folder = mkdtempSync(join(tmpdir(), `${name}-`));
      const file = join(folder, template);
      writeFileSync(file, configurationText(template, { folder, ...server.facts }));
      const drop = isRoot && server.refusesRoot;
      if (drop) for (const path of [folder, file]) chownSync(path, nobody, nobody);
      else chmodSync(folder, 0o755);
      const plain = onPort(template, server.command);
      const argv = drop ? unprivileged(plain) : plain;
      const port = await freePort();
      const withPort = argv.map((word) => (word === '{port}' ? String(port) : word));
      const origin = `http://127.0.0.1:${port}`;
      const url = server.health;
      try {
        const child = await Child.start(withPort, folder, { url: origin + url, status: 200 });
        return {
          name,
          profile: server.profile,
          origin,
          version: packages.map((each) => `${each} ${debianVersion(each)}`).join(', '),
          configuration: server.configuration,
          overrides: server.overrides ?? [],
          process: {
            start: argv,
            cwd: folder,
            ready: { status: 200, url },
            stopSignal: 'SIGTERM',
            pid: child.pid,
          },
          exited: child.exited,
          stop: async (signal) => {
            const exit = await child.stop(signal);
            rmSync(folder, { recursive: true, force: true });
            return exit;
          },
        };
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

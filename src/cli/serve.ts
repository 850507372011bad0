import { semanticsNames } from '../wire/http.ts';
import { UsageError } from '../wire/usage.ts';
import type { ServerOptions } from '../world/real/server/options.ts';
import { createServer } from '../world/real/server/server.ts';

/** One option of `pollmark serve`, for whoever reads the command line. */
export interface ServeOption {
  /** As typed, without the dashes. */
  readonly name: string;
  /** The field of `ServeOptions` that the parsed value goes to: milliseconds, bytes, a number, words. */
  readonly field: keyof ServeOptions;
  readonly kind: 'duration' | 'size' | 'count' | 'choice' | 'text' | 'list';
  readonly choices?: readonly string[];
  /** As it would be typed; undefined when there is none, or when the machine decides. */
  readonly default: string | undefined;
  readonly description: string;
}

export type ServeOptions = ServerOptions;

export const serveOptionTable: readonly ServeOption[] = [
  {
    name: 'host',
    field: 'host',
    kind: 'text',
    default: '127.0.0.1',
    description: 'address to listen on',
  },
  {
    name: 'port',
    field: 'port',
    kind: 'count',
    default: '8080',
    description: 'port to listen on; 0 for any that is free',
  },
  {
    name: 'semantics',
    field: 'semantics',
    kind: 'choice',
    choices: semanticsNames,
    default: 'buffered',
    description: 'article: deliver as the article does, with no memory; buffered: remember, with cursors',
  },
  {
    name: 'hold',
    field: 'holdMs',
    kind: 'duration',
    default: '25s',
    description: 'longest time for which a poll is held',
  },
  {
    name: 'linger',
    field: 'lingerMs',
    kind: 'duration',
    default: '30s',
    description: 'how long a client counts as online after its last poll ended',
  },
  {
    name: 'backlog',
    field: 'backlog',
    kind: 'count',
    default: '10000',
    description: 'messages remembered per channel',
  },
  {
    name: 'backlog-age',
    field: 'backlogAgeMs',
    kind: 'duration',
    default: '5m',
    description: 'how long a message is remembered',
  },
  {
    name: 'max-body',
    field: 'maxBodyBytes',
    kind: 'size',
    default: '1MiB',
    description: 'largest message',
  },
  {
    name: 'max-held',
    field: 'maxHeld',
    kind: 'count',
    default: undefined,
    description: 'most requests held at once (default: the descriptor limit less 500)',
  },
  {
    name: 'max-channels',
    field: 'maxChannels',
    kind: 'count',
    default: '100000',
    description: 'most channels known at once',
  },
  {
    name: 'keep-alive',
    field: 'keepAliveMs',
    kind: 'duration',
    default: '75s',
    description: 'how long an idle connection is kept open',
  },
  {
    name: 'cors',
    field: 'cors',
    kind: 'list',
    default: undefined,
    description: 'origin whose pages may read the answers, or *; may be repeated',
  },
  {
    name: 'same-client',
    field: 'sameClient',
    kind: 'choice',
    choices: ['all', 'newest'],
    default: 'all',
    description: 'two held polls of one client: hold both, or answer the older one empty',
  },
];

/** What the command writes to, and what ends it. */
export interface ServeIo {
  print(line: string): void;
  /** Ends the server when it is aborted; without it, SIGTERM, SIGINT and the message `shutdown` do. */
  readonly signal?: AbortSignal;
}

/**
 * Serves until it is told to stop: prints one line with the URL, then waits.
 * @returns 0 once every held request has been answered and the last connection is gone
 * @throws UsageError for settings that cannot be, and for an address that cannot be had
 */
export async function serve(options: ServeOptions, io: ServeIo): Promise<number> {
  const server = createServer(options);
  try {
    await server.start();
  } catch (error) {
    throw new UsageError(whyNot(error as NodeJS.ErrnoException, server.handler.settings));
  }
  const { semantics } = server.handler.settings;
  io.print(`pollmark serves ${semantics} semantics on ${server.url}`);
  await toldToStop(io.signal);
  await server.shutdown();
  return 0;
}

function whyNot(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): string {
  const place = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `port: ${place} is in use by another program; choose another with --port, or 0 for any`;
    case 'EACCES':
      return `port: ${place} is not allowed to this user; choose one from 1024 on`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `host: ${host} is no address of this machine`;
    default:
      return `cannot listen on ${place}: ${error.message}`;
  }
}

function toldToStop(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop).off('SIGINT', stop).off('message', hear);
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const hear = (message: unknown): void => {
      if (message === 'shutdown') stop();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop).on('message', hear);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
  });
}

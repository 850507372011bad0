import { connect } from 'node:net';
import { lookUp } from '../../wire/extract.ts';
import { fillHeaders, fillUrl } from '../../wire/template.ts';
import { Connections } from './connection.ts';
import { exchange } from './exchange.ts';
import type { TargetSpec } from './messages.ts';

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
};

/** Tries to open a connection to an origin. Returns why that did not work, in plain words; undefined when it did. */
export function canConnect(origin: string, patienceMs: number): Promise<string | undefined> {
  const { hostname, port, protocol } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    });
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    const timer = setTimeout(() => end('no answer'), patienceMs);
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Happy eyeballs wraps the errors of every address that it tried.
      const code =
        error.code ?? (error as { errors?: NodeJS.ErrnoException[] }).errors?.[0]?.code ?? error.message;
      end(words[code] ?? code);
    });
  });
}

/**
 * How many polls the target holds on these channels, by its own account; undefined when it cannot be asked, or
 * does not answer within `patienceMs`.
 */
export async function heldOn(
  target: TargetSpec,
  channels: readonly string[],
  patienceMs = 2000,
): Promise<number | undefined> {
  const { presence } = target.profile;
  if (presence === undefined) return undefined;
  const connections = new Connections({ keepAliveMs: 1000, tls: target.tls }, { opened() {}, closed() {} });
  try {
    let sum = 0;
    for (const channel of channels) {
      const variables = { channel };
      const held = await new Promise<number | undefined>((settle) => {
        const resolve = (value: number | undefined): void => {
          clearTimeout(timer);
          settle(value);
        };
        const timer = setTimeout(() => {
          abort();
          settle(undefined);
        }, patienceMs);
        const abort = exchange(
          connections.route,
          target.origin,
          {
            method: presence.method,
            path: fillUrl(presence.url, variables),
            headers: { ...target.headers, ...fillHeaders(presence.headers, variables) },
            body: undefined,
          },
          {
            ended: ({ text }) => {
              try {
                const value = lookUp(JSON.parse(text), presence.held);
                resolve(typeof value === 'number' ? value : undefined);
              } catch {
                resolve(undefined);
              }
            },
            broke: () => resolve(undefined),
          },
        );
      });
      if (held === undefined) return undefined;
      sum += held;
    }
    return sum;
  } finally {
    connections.reset();
  }
}

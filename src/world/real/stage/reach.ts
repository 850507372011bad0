import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { lookUp } from '../../../wire/extract.ts';
import { fillHeaders, fillUrl } from '../../../wire/template.ts';
import { Connections, type TlsChoice } from '../load/connection.ts';
import { exchange } from '../load/exchange.ts';
import type { TargetSpec } from '../load/messages.ts';

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is by an unknown issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is by an unknown issuer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** What to do about a problem that `canConnect` told. */
export function adviceAbout(problem: string): string {
  return problem.includes('certificate')
    ? 'Trust it with --ca FILE, or do not check it with --insecure'
    : 'Is the server running? Try: npm run serve';
}

/** Tries to open a connection to an origin. Returns why that did not work, in plain words; undefined when it did. */
export function canConnect(
  origin: string,
  patienceMs: number,
  tls: TlsChoice = {},
): Promise<string | undefined> {
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const secure = protocol === 'https:';
    const place = { host, port: port === '' ? (secure ? 443 : 80) : Number(port) };
    const socket = secure
      ? connectTls({
          ...place,
          ...(isIP(host) === 0 && { servername: host }),
          ...(tls.ca !== undefined && { ca: tls.ca }),
          rejectUnauthorized: tls.insecure !== true,
        })
      : connect(place);
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    const timer = setTimeout(() => end('no answer'), patienceMs);
    socket.once(secure ? 'secureConnect' : 'connect', () => end(undefined));
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
  if (presence === undefined || !('url' in presence) || presence.held === undefined) return undefined;
  const path = presence.held;
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
                const value = lookUp(JSON.parse(text), path);
                const count = Array.isArray(value) ? value.length : value;
                resolve(typeof count === 'number' ? count : undefined);
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

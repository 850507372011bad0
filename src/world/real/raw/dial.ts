import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsChoice } from '../load/connection.ts';
import { plainWords } from './trouble.ts';

/** Whom to talk to: scheme, host and port, and whose certificates to trust. */
export interface RawTarget {
  readonly origin: string;
  readonly tls: TlsChoice;
}

/** An open connection; the same socket twice unless TLS is spoken on it. */
export interface Dialled {
  /** Carries the bytes of HTTP. */
  readonly stream: Socket;
  /** The TCP connection below. */
  readonly tcp: Socket;
}

/** Host and port of an origin, as a socket wants them. */
export function placeOf(origin: string): { host: string; port: number; secure: boolean } {
  const { hostname, port, protocol } = new URL(origin);
  const secure = protocol === 'https:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    secure,
  };
}

/**
 * Opens a connection on which either side can be ended alone, without Nagle's delay, and shakes hands where
 * the origin is https. Nothing is read before somebody listens.
 * @throws Error in plain words when that does not work, or takes longer than `patienceMs`
 */
export function dial({ origin, tls }: RawTarget, patienceMs = 10_000): Promise<Dialled> {
  const { host, port, secure } = placeOf(origin);
  return new Promise((resolve, reject) => {
    const tcp = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const stream = secure
      ? connectTls({
          socket: tcp,
          ALPNProtocols: ['http/1.1'],
          ...(isIP(host) === 0 && { servername: host }),
          ...(isIP(host) !== 0 && { host }),
          ...(tls.ca !== undefined && { ca: tls.ca }),
          rejectUnauthorized: tls.insecure !== true,
        })
      : tcp;
    const over = (): void => {
      clearTimeout(timer);
      for (const socket of [stream, tcp]) socket.off('error', failed).off('end', ended).off('close', ended);
    };
    const failed = (error: Error): void => {
      over();
      // Whatever else it has to say, it failed.
      for (const socket of [stream, tcp]) socket.on('error', () => {}).destroy();
      reject(new Error(plainWords(error)));
    };
    const ended = (): void => failed(new Error('it closed the connection at once'));
    const timer = setTimeout(() => failed(new Error('no answer')), patienceMs);
    for (const socket of [stream, tcp]) socket.on('error', failed).on('close', ended);
    stream.on('end', ended).once(secure ? 'secureConnect' : 'connect', () => {
      over();
      resolve({ stream, tcp });
    });
  });
}

import { checkServerIdentity } from 'node:tls';
import { buildConnector } from 'undici';

/** What TLS needs to know of a target. */
export interface TlsChoice {
  /** Certificates to trust instead of the usual ones, PEM. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecure?: boolean;
}

/** Connections that mean this origin lead to another address: names, and what certificates must say, stay its own. */
export interface Detour {
  readonly origin: string;
  readonly host: string;
  readonly port: number;
}

/** How undici opens a connection under this choice. */
export function connectorFor({ ca, insecure }: TlsChoice, detour?: Detour): buildConnector.connector {
  const meant = detour === undefined ? '' : new URL(detour.origin).hostname.replace(/^\[|\]$/g, '');
  const build = withoutSelf(
    buildConnector({
      timeout: 10_000,
      ...(ca !== undefined && { ca }),
      ...(insecure === true && { rejectUnauthorized: false }),
      // An address is no server name, so that TLS would compare the certificate with where it went instead.
      ...(detour !== undefined && {
        checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
          checkServerIdentity(meant, certificate),
      }),
    } as buildConnector.BuildOptions),
  );
  if (detour === undefined) return build;
  const { host, port } = detour;
  return (wanted, callback) => build({ ...wanted, hostname: host, port: String(port) }, callback);
}

/**
 * The same connector, without connections to oneself: on the loopback one to a port where nobody listens may be
 * given that very port for its own end, and is then connected with itself. Nobody is there, so that is refused.
 */
export function withoutSelf(build: buildConnector.connector): buildConnector.connector {
  return (wanted, callback) => {
    build(wanted, (...outcome) => {
      const socket = outcome[1];
      // One that is gone again has no ports.
      const itself =
        socket?.localPort !== undefined &&
        socket.localPort === socket.remotePort &&
        socket.localAddress === socket.remoteAddress;
      if (!itself) return callback(...outcome);
      // A reset, or the port would stay taken for a minute.
      socket.resetAndDestroy();
      callback(Object.assign(new Error('connected with itself'), { code: 'ECONNREFUSED' }), null);
    });
  };
}

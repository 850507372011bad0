import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Dialogue, presenceRequest, startDialogue } from '../../../wire/dialogue.ts';
import { type Answer, lookUp } from '../../../wire/extract.ts';
import type { Profile } from '../../../wire/profile.ts';
import { type HttpRequest, withHeaders } from '../../../wire/request.ts';
import { Connections, type TlsChoice } from '../load/connection.ts';
import { exchange } from '../load/exchange.ts';
import type { TargetSpec } from '../load/messages.ts';
import { settleMark } from '../load/token.ts';

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
 * does not answer within `patienceMs`. A target that tells it only to a publisher is sent the run's settle mark,
 * which its clients know and nobody counts.
 */
export async function heldOn(
  target: TargetSpec,
  channels: readonly string[],
  { patienceMs = 2000, run = '' }: { readonly patienceMs?: number; readonly run?: string } = {},
): Promise<number | undefined> {
  const question = questionTo(target.profile, run);
  if (question === undefined) return undefined;
  const connections = new Connections({ keepAliveMs: 1000, tls: target.tls }, { opened() {}, closed() {} });
  try {
    let sum = 0;
    for (const channel of channels) {
      const held = await new Promise<number | undefined>((settle) => {
        const resolve = (value: number | undefined): void => {
          clearTimeout(timer);
          settle(value);
        };
        const timer = setTimeout(() => {
          abort();
          settle(undefined);
        }, patienceMs);
        const request = withHeaders(question.request(channel), target.headers);
        const abort = exchange(connections.route, target.origin, request, {
          ended: (answer) => resolve(question.count(answer)),
          broke: () => resolve(undefined),
        });
      });
      if (held === undefined) return undefined;
      sum += held;
    }
    return sum;
  } finally {
    connections.reset();
  }
}

interface Question {
  request(channel: string): HttpRequest;
  count(answer: Answer): number | undefined;
}

/** How a target is asked; undefined when its profile does not say. */
function questionTo(profile: Profile, run: string): Question | undefined {
  const { presence } = profile;
  if (presence === undefined) return undefined;
  const dialogue = (channel: string): Dialogue =>
    startDialogue(profile, { channel, client: `${run}-presence` }, { regular: false, random: () => 0.5 });
  if (!('url' in presence)) {
    if (profile.publish.as === 'session') return undefined;
    return {
      request: (channel) => dialogue(channel).publish(settleMark(run), `${run}-settle`),
      count: (answer) => dialogue('').published(answer).subscribers,
    };
  }
  const { held } = presence;
  if (held === undefined) return undefined;
  return {
    request: (channel) => presenceRequest(profile, channel)!,
    count: ({ text }) => {
      try {
        const value = lookUp(JSON.parse(text), held);
        const count = Array.isArray(value) ? value.length : value;
        return typeof count === 'number' ? count : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

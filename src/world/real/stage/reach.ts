import { lookUp } from '../../../wire/extract.ts';
import { fillHeaders, fillUrl } from '../../../wire/template.ts';
import { Connections, type TlsChoice } from '../load/connection.ts';
import { exchange } from '../load/exchange.ts';
import type { TargetSpec } from '../load/messages.ts';
import { dial } from '../raw/dial.ts';

/** What to do about a problem that `canConnect` told. */
export function adviceAbout(problem: string): string {
  return problem.includes('certificate')
    ? 'Trust it with --ca FILE, or do not check it with --insecure'
    : 'Is the server running? Try: npm run serve';
}

/** Tries to open a connection to an origin. Returns why that did not work, in plain words; undefined when it did. */
export async function canConnect(
  origin: string,
  patienceMs: number,
  tls: TlsChoice = {},
): Promise<string | undefined> {
  try {
    const { tcp } = await dial({ origin, tls }, patienceMs);
    tcp.destroy();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
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

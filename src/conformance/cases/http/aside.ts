import type { HttpRequest } from '../../../wire/request.ts';
import type { RawConnection } from '../../../world/real/raw/connection.ts';
import type { Probe } from '../../probe/probe.ts';

/** A GET that has nothing to do with messages and is answered at once, with whatever status. */
export function aside({ profile, newName }: Pick<Probe, 'profile' | 'newName'>): HttpRequest {
  const path = profile.static?.serves[0] ?? profile.health ?? '/';
  const polled = /^[^?]*/.exec(profile.subscribe.url)![0];
  return {
    method: 'GET',
    path: path === polled ? `/${newName()}` : path,
    headers: {},
    body: undefined,
  };
}

/** The same URL and headers by another method, without a body. */
export function by(method: string, request: HttpRequest): HttpRequest {
  return { ...request, method, body: undefined };
}

/**
 * Makes sure that whatever the server had to say on a connection has come: by one more answer on it, or by
 * its end. Bytes that belong to no answer are then counted.
 */
export async function nothingMoreOn(probe: Probe, connection: RawConnection): Promise<void> {
  if (connection.isClosed) return;
  const exchange = connection.request(probe.encode(aside(probe)), 'GET');
  await exchange.within(probe.budgetMs);
}

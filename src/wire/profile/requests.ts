import { type Json, variablesWithin } from '../template.ts';
import type { RequestTemplate } from './request.ts';
import type { Profile } from './schema.ts';

/** One request of a profile, wherever it stands there; the parts of `regular` need not be complete. */
export interface PlacedRequest {
  readonly path: readonly (string | number)[];
  readonly request: Partial<RequestTemplate>;
}

/** Every request that a profile may send, in the order of the conversation. */
export function requestsOf(profile: Profile): PlacedRequest[] {
  const { channelSetup, open, close, subscribe, regular, publish, reply, ack, presence } = profile;
  const all: PlacedRequest[] = [];
  const add = (request: PlacedRequest['request'] | undefined, ...path: (string | number)[]): void => {
    if (request !== undefined) all.push({ path, request });
  };
  for (const [i, request] of channelSetup.entries()) add(request, 'channelSetup', i);
  for (const [i, request] of open.entries()) add(request, 'open', i);
  add(subscribe, 'subscribe');
  add(regular as PlacedRequest['request'] | undefined, 'regular');
  add(publish, 'publish');
  for (const [i, { request }] of reply.entries()) add(request, 'reply', i, 'request');
  add(ack, 'ack');
  for (const [i, request] of close.entries()) add(request, 'close', i);
  if (presence !== undefined && 'url' in presence) add(presence, 'presence');
  return all;
}

/** Every text of a request in which variables may stand. */
export function variablesOfRequest({ url, headers, body, form }: PlacedRequest['request']): string[] {
  const texts: Json = [url ?? '', headers ?? {}, body ?? '', form ?? {}];
  return variablesWithin(texts);
}

/** The request that a poll is made of; `regular` polls may be asked for in another way. */
export function pollTemplate(profile: Profile, regular: boolean): RequestTemplate {
  const { subscribe } = profile;
  if (!regular || profile.regular === undefined) return subscribe;
  const {
    method = subscribe.method,
    url = subscribe.url,
    headers = {},
    base = subscribe.base,
  } = profile.regular;
  const own = profile.regular.body !== undefined || profile.regular.form !== undefined;
  const { body, form } = own ? profile.regular : subscribe;
  return {
    method,
    url,
    headers: { ...subscribe.headers, ...headers },
    ...(body !== undefined && { body }),
    ...(form !== undefined && { form }),
    ...(base !== undefined && { base }),
  };
}

/** Whether messages can be published to one channel and not to another. */
export function hasChannels(profile: Profile): boolean {
  const named = (requests: readonly RequestTemplate[]): boolean =>
    requests.some((request) => variablesOfRequest(request).includes('channel'));
  // A session may be what belongs to a channel, and the polls within it need not say so again.
  return named([profile.subscribe, ...profile.open]) && named([profile.publish, ...profile.open]);
}

/** Whether a first poll can ask for "now" without being held, so that the client owns a cursor at once. */
export function firstPollWaits(profile: Profile): boolean {
  return profile.cursor.length === 0 || profile.hold.kind !== 'requested';
}

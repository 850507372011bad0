import type { Profile } from './schema.ts';

const credentialHeaders = /^(?:proxy-)?authorization$|^cookie$|api-?key|token|secret|password/i;
const credentialVariables = /token|secret|passw|api_?key|credential/i;

type Texts = Readonly<Record<string, string>>;

/** Texts as a result may show them; `${env:NAME}` only names a secret, and `{name}` a variable. */
function shown(texts: Texts, secret: RegExp): Record<string, string> {
  const hide = (name: string, value: string): string =>
    secret.test(name) && !/\$\{env:|^\{[^}]+\}$/.test(value) ? '(redacted)' : value;
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, hide(name, value)]));
}

/** A request, complete or not, with the credentials in its headers and its form hidden. */
function quiet<T extends { headers?: Texts | undefined; form?: Texts | undefined }>(request: T): T {
  return {
    ...request,
    ...(request.headers !== undefined && { headers: shown(request.headers, credentialHeaders) }),
    ...(request.form !== undefined && { form: shown(request.form, credentialVariables) }),
  };
}

/** The profile without the values of credentials that are written out in it. */
export function withoutCredentials(profile: Profile): Profile {
  const { regular, ack, presence } = profile;
  return {
    ...profile,
    headers: shown(profile.headers, credentialHeaders),
    vars: shown(profile.vars, credentialVariables),
    channelSetup: profile.channelSetup.map(quiet),
    open: profile.open.map(quiet),
    close: profile.close.map(quiet),
    subscribe: quiet(profile.subscribe),
    publish: quiet(profile.publish),
    reply: profile.reply.map((each) => ({ ...each, request: quiet(each.request) })),
    ...(regular !== undefined && {
      regular: {
        ...quiet(regular),
        ...(regular.vars !== undefined && { vars: shown(regular.vars, credentialVariables) }),
      },
    }),
    ...(ack !== undefined && { ack: quiet(ack) }),
    ...(presence !== undefined && 'url' in presence && { presence: quiet(presence) }),
  };
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  EADDRNOTAVAIL: 'no port is left on this side',
  EMFILE: 'no descriptor is left on this side',
  ENFILE: 'no descriptor is left on this side',
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

/** Why a connection could not be made, in plain words; the platform's own code where there are none. */
export function plainWords(error: NodeJS.ErrnoException): string {
  // Happy eyeballs wraps the errors of every address that it tried.
  const inner = (error as { errors?: NodeJS.ErrnoException[] }).errors?.[0];
  const code = error.code ?? inner?.code ?? error.message;
  return words[code] ?? code;
}

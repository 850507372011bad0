const exposed = [
  'Poll-Cursor',
  'Poll-Published',
  'Poll-Behind',
  'Poll-Message-Id',
  'Preference-Applied',
  'Retry-After',
].join(', ');

const tokens = /^[\s,!#$%&'*+\-.^_`|~0-9A-Za-z]{1,1024}$/;

/** Whether `text` may stand in the list of allowed origins: `*`, or a scheme and a host as browsers send them. */
export function isOrigin(text: string): boolean {
  return text === '*' || /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+$/.test(text);
}

/**
 * Which pages of other origins may read our answers. Nothing is ever allowed to carry credentials, and an
 * origin is only ever named when it stands in the list.
 */
export class Cors {
  readonly #grants = new Map<string, readonly string[]>();
  readonly #otherwise: readonly string[];

  constructor(origins: readonly string[]) {
    if (origins.includes('*')) {
      this.#otherwise = ['Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', exposed];
      return;
    }
    this.#otherwise = origins.length === 0 ? [] : ['Vary', 'Origin'];
    for (const origin of origins) {
      this.#grants.set(origin, [
        'Access-Control-Allow-Origin',
        origin,
        'Access-Control-Expose-Headers',
        exposed,
        'Vary',
        'Origin',
      ]);
    }
  }

  /** Headers for any answer to this origin, the same list object every time. */
  headersFor(origin: string | undefined): readonly string[] {
    return (origin === undefined ? undefined : this.#grants.get(origin)) ?? this.#otherwise;
  }

  /**
   * What an `OPTIONS` answer says on top when it is a preflight from an allowed origin.
   * @param allow the methods of the URL, as in `Allow`
   */
  preflight(
    origin: string | undefined,
    requestedHeaders: string | undefined,
    allow: string,
  ): readonly string[] {
    if (!this.headersFor(origin).includes('Access-Control-Allow-Origin')) return [];
    const headers = ['Access-Control-Allow-Methods', allow, 'Access-Control-Max-Age', '600'];
    if (requestedHeaders !== undefined && tokens.test(requestedHeaders)) {
      headers.push('Access-Control-Allow-Headers', requestedHeaders);
    }
    return headers;
  }
}

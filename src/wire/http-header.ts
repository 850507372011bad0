/** The header fields of a request that our protocol looks at. */
export interface Fields {
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  /** Every `Prefer` field, in order. */
  readonly prefer: readonly string[];
  /** Whether this is a preflight, and what it asks leave for. */
  readonly requestedMethod: string | undefined;
  readonly requestedHeaders: string | undefined;
  /** Whether content follows, if only of no length. */
  readonly hasBody: boolean;
}

/** Reads what matters out of a flat list of header names and values. */
export function readFields(rawHeaders: readonly string[]): Fields {
  const hosts: string[] = [];
  const prefer: string[] = [];
  let origin: string | undefined;
  let requestedMethod: string | undefined;
  let requestedHeaders: string | undefined;
  let hasBody = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1]!;
    switch (rawHeaders[i]!.toLowerCase()) {
      case 'host':
        hosts.push(value);
        break;
      case 'origin':
        origin = value;
        break;
      case 'prefer':
        prefer.push(value);
        break;
      case 'access-control-request-method':
        requestedMethod = value;
        break;
      case 'access-control-request-headers':
        requestedHeaders = value;
        break;
      case 'content-length':
      case 'transfer-encoding':
        hasBody = true;
        break;
    }
  }
  return { hosts, origin, prefer, requestedMethod, requestedHeaders, hasBody };
}

/** One preference: `name`, `name=value` or `name="value"`; what follows a semicolon are its parameters. */
const preference = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*(?:=\s*(?:"([^"\\]*)"|([^\s;"]*)))?\s*(?:;.*)?$/;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240 section 4.3). Of several, the first counts (section 2); a
 * malformed one is as good as none.
 */
export function preferredWait(prefer: readonly string[]): number | undefined {
  if (prefer.length === 0) return undefined;
  for (const part of prefer.join(',').split(',')) {
    const parts = preference.exec(part);
    if (parts?.[1]?.toLowerCase() !== 'wait') continue;
    const value = parts[2] ?? parts[3] ?? '';
    return /^\d+$/.test(value) ? Number(value) : undefined;
  }
  return undefined;
}

/** Whether the request says which host it wants, once and readably (RFC 9112 section 3.2). */
export function hostIsGood(version: string, hosts: readonly string[]): boolean {
  if (hosts.length === 0) return version === '1.0';
  return hosts.length === 1 && /^[^\s/?#@\\]*$/.test(hosts[0]!);
}

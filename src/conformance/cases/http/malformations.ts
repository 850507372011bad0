/** A good request without a body, in parts; texts have one character a byte. */
export interface RequestParts {
  readonly target: string;
  readonly host: string;
  /** Further header lines, without their ends. */
  readonly more: readonly string[];
}

/** One way of getting a request wrong that a server must not or should not put up with. */
export interface Malformation {
  /** What is wrong with it. */
  readonly what: string;
  /** Must be refused (RFC 9112, sections 3.2 and 5.1); the others only should be (section 2.2). */
  readonly must?: true;
  readonly write: (parts: RequestParts) => string;
}

/** Takes a request without a body apart. */
export function partsOf(bytes: Uint8Array): RequestParts {
  const [start = '', ...lines] = Buffer.from(bytes).toString('latin1').trimEnd().split('\r\n');
  const isHost = (line: string): boolean => /^host:/i.test(line);
  return {
    target: start.split(' ')[1] ?? '/',
    host: lines.find(isHost)?.slice(5).trim() ?? '',
    more: lines.filter((line) => !isHost(line)),
  };
}

function text(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A request with another start line. */
function started(what: string, line: (parts: RequestParts) => string): Malformation {
  return { what, write: (parts) => text([line(parts), `Host: ${parts.host}`, ...parts.more]) };
}

/** A request with other lines for its host, or around it. */
function hosted(what: string, lines: (host: string) => readonly string[]): Malformation {
  return {
    what,
    must: true,
    write: ({ target, host, more }) => text([`GET ${target} HTTP/1.1`, ...lines(host), ...more]),
  };
}

/** A request with one header line more that cannot be read. */
function withLine(what: string, line: string): Malformation {
  return {
    what,
    write: ({ target, host, more }) => text([`GET ${target} HTTP/1.1`, `Host: ${host}`, line, ...more]),
  };
}

/**
 * Twenty-five of them. Left out is what a recipient may mend by itself: folded lines, bare CR and NUL in values,
 * white space of other kinds in the request line (RFC 9112, sections 2.2, 3 and 5.2).
 */
export const malformations: readonly Malformation[] = [
  hosted('no Host', () => []),
  hosted('two Hosts that differ', (host) => [`Host: ${host}`, 'Host: other.example']),
  hosted('the same Host twice', (host) => [`Host: ${host}`, `Host: ${host}`]),
  hosted('a Host with a space in it', () => ['Host: a b']),
  hosted('a Host with a slash in it', () => ['Host: a/b']),
  hosted('a Host with a user in it', (host) => [`Host: me@${host}`]),
  hosted('a space between a field name and its colon', (host) => [`Host: ${host}`, 'X-Test : 1']),
  hosted('a tab between a field name and its colon', (host) => [`Host: ${host}`, 'X-Test\t: 1']),
  withLine('a header line without a colon', 'X-Test'),
  withLine('a header line without a name', ': 1'),
  withLine('a space within a field name', 'X Test: 1'),
  withLine('a NUL within a field name', 'X\0Test: 1'),
  withLine('brackets in a field name', 'X(Test): 1'),
  started('the version in small letters', ({ target }) => `GET ${target} http/1.1`),
  started('another protocol name', ({ target }) => `GET ${target} HTP/1.1`),
  started('a version with a letter in it', ({ target }) => `GET ${target} HTTP/1.x`),
  started('a version of one number', ({ target }) => `GET ${target} HTTP/1`),
  started('a word behind the version', ({ target }) => `GET ${target} HTTP/1.1 please`),
  started('a space in the target', ({ target }) => `GET ${target}a b HTTP/1.1`),
  started('a NUL in the target', ({ target }) => `GET ${target}\0 HTTP/1.1`),
  started('a control character in the target', ({ target }) => `GET ${target}\x01 HTTP/1.1`),
  started('a target in none of the four forms', () => 'GET here HTTP/1.1'),
  started('a method with an @ in it', ({ target }) => `G@T ${target} HTTP/1.1`),
  started('a method with a control character in it', ({ target }) => `G\x01T ${target} HTTP/1.1`),
  { what: 'a TLS greeting', write: () => '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n' },
];

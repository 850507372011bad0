/** One header or trailer field as it came: the name in its own case, one character a byte. */
export type Field = readonly [name: string, value: string];

/** How the end of the content is known (RFC 9112 section 6.3); `none` for an answer that has no content. */
export type Framing = 'length' | 'chunked' | 'close' | 'none';

export interface StatusLine {
  /** `1.1`, without the name of the protocol. */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
}

/** An answer before the answer: 100, 103 … (RFC 9110 section 15.2). */
export interface Interim {
  readonly status: number;
  readonly rawHeaders: readonly Field[];
}

/** Everything up to the empty line. */
export interface ResponseHead extends StatusLine {
  readonly rawHeaders: readonly Field[];
  readonly framing: Framing;
  readonly interim: readonly Interim[];
}

/** A whole answer, its content without the chunked coding. */
export interface Response extends ResponseHead {
  readonly content: Uint8Array;
  readonly trailers: readonly Field[];
  /** What was wrong, each with its RFC section. Grows if bytes follow that could only belong to this answer. */
  readonly violations: readonly string[];
}

/** What is left of an answer that will never be whole. */
export interface BrokenResponse {
  /** The connection ended, or what came cannot be read as HTTP, or it is more than the limit. */
  readonly why: 'ended' | 'unreadable' | 'too-big';
  readonly status: number | undefined;
  readonly violations: readonly string[];
}

/** What the parser must know of the request to read the answer to it. */
export interface ExpectedResponse {
  readonly method: string;
  /** The version of the request, `1.1` unless said. */
  readonly version?: string;
}

/** Is told what becomes of one expected answer. Exactly one of `complete` and `broken` is called, and last. */
export interface ResponsePort {
  /** So many more bytes of this answer came, head and interim answers included. */
  received?(count: number): void;
  interim?(interim: Interim): void;
  head?(head: ResponseHead): void;
  complete(response: Response): void;
  broken(rest: BrokenResponse): void;
}

import type { Answer } from '../wire/extract.ts';
import { type HttpRequest, withHeaders } from '../wire/request.ts';
import type { TlsChoice } from '../world/real/load/connection.ts';
import { Connections } from '../world/real/load/connection.ts';
import { exchange } from '../world/real/load/exchange.ts';

/** One request and what came of it. */
export interface Talk {
  readonly request: HttpRequest;
  /** Undefined when there was none. */
  readonly answer: Answer | undefined;
  /** Why there was none: `timeout`, or the name of what broke. */
  readonly problem: string | undefined;
  readonly tookMs: number;
}

/** A request that is out. */
export interface Pending {
  readonly request: HttpRequest;
  /** Its end; never rejected. */
  readonly ended: Promise<Talk>;
  /** Its end, or undefined when that has not come within so many milliseconds. */
  within(ms: number): Promise<Talk | undefined>;
}

/** One client's connection to a target that a person asks about, one request after the other. */
export class Talker {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #connections: Connections;

  constructor(origin: string, headers: Readonly<Record<string, string>>, tls: TlsChoice) {
    this.#origin = origin;
    this.#headers = headers;
    this.#connections = new Connections({ keepAliveMs: 60_000, tls }, { opened() {}, closed() {} });
  }

  /** Sends a request, and gives it up after `patienceMs`. */
  send(wanted: HttpRequest, patienceMs: number): Pending {
    const request = withHeaders(wanted, this.#headers);
    const sentAt = performance.now();
    const ended = new Promise<Talk>((resolve) => {
      const end = (answer: Answer | undefined, problem: string | undefined): void => {
        clearTimeout(timer);
        resolve({ request, answer, problem, tookMs: performance.now() - sentAt });
      };
      const timer = setTimeout(() => {
        abort();
        end(undefined, 'timeout');
      }, patienceMs);
      const abort = exchange(this.#connections.route, this.#origin, request, {
        ended: (answer) => end(answer, undefined),
        broke: (reason) => end(undefined, reason),
      });
    });
    return { request, ended, within: (ms) => Promise.race([ended, pass(ms)]) };
  }

  close(): void {
    this.#connections.reset();
  }
}

/** Nothing, after a time. */
export function pass(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms);
  });
}

const secretHeaders = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key)$/i;
const mostBodyShown = 2000;
/** What is shorter stands in ordinary words too, and hides nothing that anybody could not guess. */
const shortestSecret = 4;

/**
 * Both sides of an exchange as lines, `>` and `<` in front.
 * @param secrets texts that are not shown, wherever they stand
 */
export function transcript({ request, answer, problem, tookMs }: Talk, secrets: readonly string[]): string[] {
  const body =
    typeof request.body === 'string' || request.body === undefined
      ? request.body
      : `(${request.body.length} bytes)`;
  const lines = [
    `> ${request.method} ${request.base ?? ''}${request.path}`,
    ...fields(request.headers).map((line) => `> ${line}`),
    ...bodyLines(body ?? '').map((line) => `> ${line}`),
  ];
  if (answer === undefined) lines.push(`< nothing: ${problem} after ${Math.round(tookMs)} ms`);
  else
    lines.push(
      `< ${answer.status}   (after ${Math.round(tookMs)} ms)`,
      ...fields(answer.headers).map((line) => `< ${line}`),
      ...bodyLines(answer.text).map((line) => `< ${line}`),
    );
  return lines.map((line) => hide(line, secrets));
}

/** A text without the secrets in it, plain or as a URL has them. */
export function hide(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(({ length }) => length >= shortestSecret)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((shown, secret) => shown.replaceAll(secret, '(redacted)'), text);
}

function fields(headers: Answer['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `${name}: ${secretHeaders.test(name) ? '(redacted)' : each}`),
  );
}

function bodyLines(text: string): string[] {
  if (text === '') return [];
  const shown =
    text.length > mostBodyShown ? `${text.slice(0, mostBodyShown)} ... (${text.length} characters)` : text;
  // Control characters as they are written in a profile, so that a separator can be seen.
  const visible = shown.replace(
    /[^\P{Cc}\n\t]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return ['', ...visible.split('\n')];
}

import { Agent, request as httpRequest } from 'node:http';
import type { Target } from './starters/target.ts';

export interface PlainAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request on its way. */
export interface Pending {
  /** Rejects when the connection ends before the answer does. */
  readonly answer: Promise<PlainAnswer>;
  /** Every byte of it has been handed to the kernel. */
  readonly written: Promise<void>;
  /** Whether the answer is complete by now. */
  readonly isAnswered: boolean;
  /** Cuts the connection. */
  abort(): void;
}

interface Wish {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A connection of its own otherwise, so that an abort meets nobody else. */
  readonly agent?: Agent;
}

/** Sends one request, with nothing added that the wire does not need. */
export function ask({ origin }: Pick<Target, 'origin'>, path: string, wish: Wish = {}): Pending {
  const { method = 'GET', headers = {}, body, agent = false } = wish;
  const request = httpRequest(new URL(origin), { method, path, headers, agent });
  let isAnswered = false;
  const answer = new Promise<PlainAnswer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        isAnswered = true;
        const { statusCode, headers: fields } = response;
        resolve({ status: statusCode!, headers: fields, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
  });
  // Whoever aborts, or never looks, does not want to hear of it.
  answer.catch(() => {});
  const written = new Promise<void>((resolve) => request.once('finish', resolve));
  request.end(body);
  return {
    answer,
    written,
    get isAnswered() {
      return isAnswered;
    },
    abort: () => void request.destroy(),
  };
}

/** A request whose answer is waited for. */
export function fetched(target: Pick<Target, 'origin'>, path: string, wish: Wish = {}): Promise<PlainAnswer> {
  return ask(target, path, wish).answer;
}

/** Connections that are kept open between requests; what finds none free waits. */
export function keptConnections(most: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: most });
}

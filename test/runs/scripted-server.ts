import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { readProfile } from '../../src/wire/profile.ts';

/** What the script does with the n-th message of a channel (from 0). */
export interface Fate {
  /** Milliseconds until the message can be read. */
  readonly delayMs: number;
  /** How often it can be read: 0 drops it, 2 doubles it. */
  readonly times: number;
  /** It can be read only once so many later ones can. */
  readonly overtakenBy?: number;
}

interface Channel {
  published: number;
  readonly log: string[];
  readonly overtaken: { text: string; by: number }[];
  readonly held: Set<{ from: number; response: ServerResponse }>;
}

/** How the scripted server speaks: a number for a cursor, a list of texts for an answer. */
export const scriptedProfileText = `
name: scripted
subscribe: { url: "/read/{channel}?from={from}&wait={wait}" }
regular: { url: "/read/{channel}?from={from}" }
publish: { method: POST, url: "/write/{channel}", body: "{message}", ok: [200] }
messages: { format: json, items: texts, value: "" }
cursor: [ { var: from, from: json, path: next } ]
starts: { now: { from: now } }
empty: [ { status: 200, noMessages: true } ]
hold: { kind: requested, time: 25s, unit: ms }
claims: { resume: true, ordered: true }
`;
export const scriptedProfile = readProfile(scriptedProfileText, 'scripted.yaml');

/** A small server whose every delay, loss, double and exchange is known beforehand. */
export class ScriptedServer {
  url = '';
  /** For each answer that carried a message: how long after the message's arrival it was handed to the kernel, ms. */
  readonly trueDelaysMs: number[] = [];
  readonly #arrivedAt = new Map<string, number>();
  readonly #server: Server;
  readonly #channels = new Map<string, Channel>();
  readonly #fate: (n: number) => Fate;

  /** @param listen told of the headers of every request */
  constructor(fate: (n: number) => Fate, listen?: (headers: IncomingHttpHeaders) => void) {
    this.#fate = fate;
    this.#server = createServer((request, response) => {
      listen?.(request.headers);
      this.#handle(request, response);
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, 'http://x');
    const [, verb, name = ''] = url.pathname.split('/');
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = { published: 0, log: [], overtaken: [], held: new Set() };
      this.#channels.set(name, channel);
    }
    if (verb === 'write') return this.#write(request, response, channel);
    const from = url.searchParams.get('from');
    const question = { from: from === 'now' ? channel.log.length : Number(from), response };
    const wait = Number(url.searchParams.get('wait') ?? 0);
    if (channel.log.length > question.from || wait === 0) return this.#answer(channel, question);
    const held = channel.held.add(question);
    const timer = setTimeout(() => {
      if (held.delete(question)) this.#answer(channel, question);
    }, wait);
    response.on('close', () => {
      held.delete(question);
      clearTimeout(timer);
    });
  }

  #write(request: IncomingMessage, response: ServerResponse, channel: Channel): void {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const { delayMs, times, overtakenBy } = this.#fate(channel.published++);
      this.#arrivedAt.set(text, performance.now());
      response.end('ok');
      setTimeout(() => {
        if (overtakenBy !== undefined) {
          channel.overtaken.push({ text, by: overtakenBy });
          return;
        }
        for (let i = 0; i < times; i++) channel.log.push(text);
        for (const late of channel.overtaken) late.by--;
        while (channel.overtaken[0]?.by === 0) channel.log.push(channel.overtaken.shift()!.text);
        const released = [...channel.held];
        channel.held.clear();
        for (const question of released) this.#answer(channel, question);
      }, delayMs);
    });
  }

  #answer(channel: Channel, { from, response }: { from: number; response: ServerResponse }): void {
    const texts = channel.log.slice(from);
    for (const text of texts) this.trueDelaysMs.push(performance.now() - this.#arrivedAt.get(text)!);
    response.end(JSON.stringify({ texts, next: channel.log.length }));
  }
}

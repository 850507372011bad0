import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the session server speaks: everything that a profile needs for sessions, in one place. */
export const sessionProfileText = `
name: sessions
channelSetup: [ { url: "/rooms/{channel}", method: PUT, ok: [201, 409] } ]
counters: { rid: { start: 5 } }
open:
  - url: /hello
    body: { name: "{client}" }
    require: { json: { path: welcome, equals: true } }
    capture: [ { var: sid, from: json, path: session.id, strip: "id-" } ]
  - { url: "/join?sid={sid}&room={channel}", ok: [204] }
close: [ { url: "/leave?sid={sid}" } ]
subscribe: { method: POST, url: "/next?sid={sid}&rid={rid++}&wait={wait}" }
regular: { vars: { mode: quick }, url: "/next?sid={sid}&rid={rid++}&wait=0" }
publish:
  as: session
  url: "/say?sid={sid}"
  body: { room: "{channel}", text: "{message}" }
  require: { json: { path: said, equals: true } }
  id: { from: json, path: number }
reply: [ { when: { json: { path: kind, equals: ping } }, request: { url: "/pong?sid={sid}" } } ]
ack: { url: "/ack?sid={sid}&n={id}" }
messages:
  { format: json, items: items, value: data.text, id: number, where: [ { path: kind, equals: news } ] }
empty: [ { json: { path: kind, equals: ping } }, { status: 200, noMessages: true } ]
lost: [ { json: { path: kind, equals: bye } } ]
hold: { kind: requested, time: 2s, unit: ms }
claims: { ordered: true, selfDelivery: true }
`;

interface Session {
  readonly name: string;
  room: string | undefined;
  readonly queue: { number: number; text: string }[];
  held: { response: ServerResponse; timer: NodeJS.Timeout } | undefined;
  lastRid: number;
  /** Polls so far; every third one that finds nothing is a ping. */
  polls: number;
  unansweredPings: number;
}

/** A server with sessions, pings, acknowledgements and request numbers, which says what its clients did. */
export class SessionServer implements AsyncDisposable {
  readonly rooms = new Map<string, number>();
  readonly sessions = new Map<string, Session>();
  readonly opened: string[] = [];
  readonly left: string[] = [];
  readonly acked: number[] = [];
  readonly complaints: string[] = [];
  /** Who signed what he published. */
  readonly signed = new Set<string>();
  pongs = 0;
  said = 0;
  #numbers = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
    // Who ends a connection is to be seen.
    this.#server.keepAliveTimeout = 0;
  }

  static async start(): Promise<SessionServer> {
    const made = new SessionServer();
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets every session: who polls is told so. */
  kick(): void {
    for (const session of this.sessions.values()) this.#answer(session, { kind: 'bye', items: [] });
    this.sessions.clear();
  }

  /** A message from nowhere to everybody in a room. */
  tell(room: string, text: string): void {
    const number = ++this.#numbers;
    for (const session of this.sessions.values()) {
      if (session.room !== room) continue;
      session.queue.push({ number, text });
      if (session.held !== undefined) this.#answer(session, this.#take(session));
    }
  }

  /** How many polls are held. */
  get held(): number {
    return [...this.sessions.values()].filter(({ held }) => held !== undefined).length;
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(session: Session): unknown {
    // Not everything in the list is a message.
    const news = session.queue
      .splice(0)
      .map(({ number, text }) => ({ kind: 'news', number, data: { text } }));
    return { kind: 'batch', items: [{ kind: 'weather', number: 0, data: { text: 'rain' } }, ...news] };
  }

  #answer(session: Session, body: unknown): void {
    if (session.held === undefined) return;
    clearTimeout(session.held.timer);
    json(session.held.response, body);
    session.held = undefined;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url!, 'http://x');
    const [, verb, name = ''] = url.pathname.split('/');
    if (verb === 'rooms') {
      response.statusCode = this.rooms.has(name) ? 409 : 201;
      this.rooms.set(name, (this.rooms.get(name) ?? 0) + 1);
      response.end();
      return;
    }
    if (verb === 'hello') return this.#hello(body, response);
    const session = this.sessions.get(url.searchParams.get('sid') ?? '');
    if (session === undefined) return json(response, { kind: 'bye', items: [] });
    switch (verb) {
      case 'join': {
        const room = url.searchParams.get('room')!;
        if (!this.rooms.has(room))
          this.complaints.push(`${session.name} joined ${room}, which is not set up`);
        session.room = room;
        response.writeHead(204).end();
        return;
      }
      case 'next':
        return this.#next(session, url.searchParams, response);
      case 'pong':
        this.pongs++;
        session.unansweredPings--;
        break;
      case 'ack':
        this.acked.push(Number(url.searchParams.get('n')));
        break;
      case 'say': {
        const { room, text } = JSON.parse(body) as { room: string; text: string };
        const said = request.headers['content-type'] === 'application/json';
        json(response, { said, number: this.#numbers + 1 });
        this.said++;
        const signature = request.headers['x-signed-by'];
        if (signature !== undefined) this.signed.add(String(signature));
        if (said) this.tell(room, text);
        return;
      }
      case 'leave':
        // It takes its time, so that who does not wait for it is seen.
        await new Promise((resolve) => setTimeout(resolve, 30));
        this.left.push(session.name);
        this.sessions.delete(url.searchParams.get('sid')!);
        break;
    }
    json(response, {});
  }

  #hello(body: string, response: ServerResponse): void {
    const { name } = JSON.parse(body) as { name: string };
    const sid = `${name}-${this.opened.length}`;
    this.opened.push(name);
    this.sessions.set(sid, {
      name,
      room: undefined,
      queue: [],
      held: undefined,
      lastRid: 4,
      polls: 0,
      unansweredPings: 0,
    });
    json(response, { welcome: true, session: { id: `id-${sid}` } });
  }

  #next(session: Session, query: URLSearchParams, response: ServerResponse): void {
    const rid = Number(query.get('rid'));
    if (rid !== session.lastRid + 1)
      this.complaints.push(`${session.name} sent rid ${rid} after ${session.lastRid}`);
    session.lastRid = rid;
    session.polls++;
    if (session.unansweredPings > 1) this.complaints.push(`${session.name} does not answer pings`);
    if (session.queue.length > 0) return json(response, this.#take(session));
    const wait = Math.min(Number(query.get('wait')), 2000);
    if (wait === 0) return json(response, { kind: 'batch', items: [] });
    if (session.polls % 3 === 0) {
      session.unansweredPings++;
      setTimeout(() => json(response, { kind: 'ping' }), 30);
      return;
    }
    const timer = setTimeout(() => this.#answer(session, { kind: 'batch', items: [] }), wait);
    session.held = { response, timer };
    response.on('close', () => {
      if (session.held?.response === response) session.held = undefined;
    });
  }
}

function json(response: ServerResponse, body: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

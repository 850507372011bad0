// A small server of our own for what the reference does not offer: JSONP, publishing with a key that makes a
// repetition harmless, a limit on how often one may ask, and clients that are known by a cookie.
import { Server } from 'node:http';

const callbackName = /^[A-Za-z_$][\w$.]{0,63}$/;
const readable = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };
const json = { 'Content-Type': 'application/json', ...readable };
/** Polls of one channel within a second, and holds of one cookie. */
const mostPolls = 200;
const mostHeld = 4;
const mostBytes = 1024 * 1024;

/** What is known of one channel. `holds` in order of arrival. */
class Room {
  messages = [];
  holds = new Set();
  answers = new Map();
  second = 0;
  polls = 0;
}

class CornerServer extends Server {
  #options;
  #rooms = new Map();
  #draining = false;

  constructor(options) {
    super({ keepAliveTimeout: 75_000 });
    this.#options = options;
    this.on('request', (request, response) => this.#serve(request, response));
  }

  get url() {
    return `http://127.0.0.1:${this.address().port}`;
  }

  start() {
    const { host, port } = this.#options;
    return new Promise((resolve) => this.listen(port, host, resolve));
  }

  shutdown() {
    this.#draining = true;
    for (const room of this.#rooms.values()) for (const hold of [...room.holds]) hold.end(503);
    this.close();
    setTimeout(() => this.closeAllConnections(), 1000).unref();
  }

  #serve(request, response) {
    let url;
    try {
      url = new URL(request.url, 'http://corner');
    } catch {
      return refuse(response, 400);
    }
    const room = this.#roomOf(url.searchParams.get('channel') ?? 'main');
    const handlers = {
      '/events': {
        GET: () => this.#poll(room, url, request, response),
        POST: () => publish(room, request, response),
      },
      '/jsonp': { GET: () => this.#jsonp(room, url, request, response) },
      '/held': { GET: () => answer(response, { held: room.holds.size }) },
    };
    const methods = handlers[url.pathname];
    if (methods === undefined) return refuse(response, 404);
    const handle = methods[request.method];
    if (handle === undefined) return refuse(response, 405, { Allow: Object.keys(methods).join(', ') });
    if (this.#draining) return refuse(response, 503, { 'Retry-After': '1' });
    return handle();
  }

  #roomOf(channel) {
    let room = this.#rooms.get(channel);
    if (room === undefined) {
      room = new Room();
      this.#rooms.set(channel, room);
    }
    return room;
  }

  #jsonp(room, url, request, response) {
    const callback = url.searchParams.get('callback') ?? '';
    if (!callbackName.test(callback)) return refuse(response, 400);
    return this.#poll(room, url, request, response, callback);
  }

  #poll(room, url, request, response, callback) {
    const second = Math.floor(performance.now() / 1000);
    room.polls = room.second === second ? room.polls + 1 : 1;
    room.second = second;
    if (room.polls > mostPolls)
      return refuse(response, 429, { 'Cache-Control': 'no-store', 'Retry-After': '1' });
    const asked = url.searchParams.get('after') ?? 'now';
    const after = asked === 'now' ? room.messages.length : asked === 'oldest' ? 0 : Number(asked);
    if (!Number.isInteger(after) || after < 0 || after > room.messages.length) return refuse(response, 400);
    const wait = Number(url.searchParams.get('wait') ?? 0) * 1000;
    if (!(wait >= 0)) return refuse(response, 400);
    const tell = () =>
      answer(
        response,
        { cursor: String(room.messages.length), messages: room.messages.slice(after) },
        callback,
      );
    const who = /\bwho=([^;]*)/.exec(request.headers.cookie ?? '')?.[1];
    const sameWho = [...room.holds].filter((hold) => who !== undefined && hold.who === who).length;
    if (after < room.messages.length || wait === 0 || sameWho >= mostHeld) return tell();
    const hold = { who, end: undefined };
    const timer = setTimeout(() => hold.end(200), Math.min(wait, this.#options.holdMs));
    hold.end = (status) => {
      clearTimeout(timer);
      room.holds.delete(hold);
      if (status === 200) tell();
      else refuse(response, status, { 'Retry-After': '1' });
    };
    room.holds.add(hold);
    response.once('close', () => {
      clearTimeout(timer);
      room.holds.delete(hold);
    });
  }
}

function publish(room, request, response) {
  const chunks = [];
  let length = 0;
  request.on('data', (chunk) => {
    length += chunk.length;
    if (length <= mostBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    if (length === 0) return refuse(response, 400);
    if (length > mostBytes) return refuse(response, 413);
    const key = request.headers['idempotency-key'];
    const known = key === undefined ? undefined : room.answers.get(key);
    if (known !== undefined) return reply(response, known);
    room.messages.push({ body: Buffer.concat(chunks).toString() });
    const stored = { id: room.messages.length };
    if (key !== undefined) {
      room.answers.set(key, stored);
    }
    for (const hold of [...room.holds]) hold.end(200);
    return reply(response, stored);
  });
}

function answer(response, value, callback) {
  if (callback === undefined) return reply(response, value);
  const body = `/**/${callback}(${JSON.stringify(value)});`;
  response.writeHead(200, {
    'Content-Type': 'text/javascript;charset=utf-8',
    ...readable,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function reply(response, value) {
  const body = JSON.stringify(value);
  response.writeHead(200, { ...json, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function refuse(response, status, extra = {}) {
  const body = JSON.stringify({ status });
  response.writeHead(status, { ...json, ...extra, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export function createServer(options) {
  return new CornerServer(options);
}

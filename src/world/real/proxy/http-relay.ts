import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { placeOf, type RawTarget } from '../raw/dial.ts';
import { endToEnd, passOn, type RelayBehaviour } from './behaviour.ts';

/** Reads requests and answers, and passes them on in its manner; what is broken HTTP becomes a 502. */
export class HttpRelay {
  readonly #server: http.Server;
  readonly #agent: http.Agent;
  readonly #target: RawTarget;
  readonly #behaviour: RelayBehaviour;
  /** Where the target is reached. */
  readonly #port: number;

  private constructor(target: RawTarget, port: number, behaviour: RelayBehaviour) {
    this.#target = target;
    this.#port = port;
    this.#behaviour = behaviour;
    const shared = behaviour.kind === 'shared';
    const options = { keepAlive: shared, maxSockets: shared ? 1 : Number.POSITIVE_INFINITY };
    this.#agent = placeOf(target.origin).secure ? new https.Agent(options) : new http.Agent(options);
    this.#server = http.createServer(
      // It is never the relay that finds a client too slow.
      { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 65_536, noDelay: true },
      (request, response) => this.#relay(request, response),
    );
  }

  /** @param port on which this machine passes connections on to the target */
  static async open(target: RawTarget, port: number, behaviour: RelayBehaviour): Promise<HttpRelay> {
    const relay = new HttpRelay(target, port, behaviour);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  #relay(request: http.IncomingMessage, response: http.ServerResponse): void {
    let upstream: http.ClientRequest;
    let timer: NodeJS.Timeout | undefined;
    const fail = (status: number): void => {
      clearTimeout(timer);
      upstream.destroy();
      if (response.headersSent) response.destroy();
      else response.writeHead(status, { 'Content-Length': 0 }).end();
    };
    const ask = (again: boolean): void => {
      upstream = this.#ask(request);
      upstream.on('error', () => {
        // The target may have closed the shared connection just then; asking anew is safe without a body.
        const stale = !again && upstream.reusedSocket && ['GET', 'HEAD'].includes(request.method!);
        if (stale && !response.destroyed && !response.headersSent) ask(true);
        else fail(502);
      });
      upstream.on('response', (answer) => {
        clearTimeout(timer);
        passOn(answer, response, this.#behaviour).catch(() => fail(502));
      });
      request.pipe(upstream);
    };
    ask(false);
    if (this.#behaviour.kind === 'timeout') timer = setTimeout(() => fail(504), this.#behaviour.afterMs);
    response.on('close', () => {
      clearTimeout(timer);
      if (!response.writableFinished) upstream.destroy();
    });
  }

  #ask(request: http.IncomingMessage): http.ClientRequest {
    const { host, secure } = placeOf(this.#target.origin);
    const { ca, insecure } = this.#target.tls;
    // Node has told the client to continue already, and writes a Host of its own.
    const fields = endToEnd(request.rawHeaders, ['expect', 'host']);
    const hasBody = request.headers['transfer-encoding'] !== undefined;
    const headers: Record<string, string | string[]> = { Host: new URL(this.#target.origin).host };
    for (const [name, value] of fields) {
      const known = headers[name];
      headers[name] = known === undefined ? value : [known, value].flat();
    }
    if (hasBody) headers['Transfer-Encoding'] = 'chunked';
    const options = {
      host: '127.0.0.1',
      port: this.#port,
      method: request.method!,
      path: request.url!,
      headers,
      agent: this.#agent,
    };
    if (!secure) return http.request(options);
    return https.request({
      ...options,
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
      rejectUnauthorized: insecure !== true,
      // The connection leads through this machine; the certificate is that of the target.
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    });
  }
}

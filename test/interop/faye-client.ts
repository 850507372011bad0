import { ask, fetched, type Pending } from './plain.ts';
import type { Target } from './starters/target.ts';

interface BayeuxMessage {
  readonly channel: string;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly data?: unknown;
}

/** One Bayeux client by hand. */
export class FayeClient {
  readonly #target: Target;
  readonly #clientId: string;

  private constructor(target: Target, clientId: string) {
    this.#target = target;
    this.#clientId = clientId;
  }

  static async subscribed(target: Target, channel: string): Promise<FayeClient> {
    const [hello] = await sent(target, {
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: ['long-polling'],
    });
    const { clientId } = hello!;
    if (clientId === undefined) throw new Error(`no client id: ${JSON.stringify(hello)}`);
    const client = new FayeClient(target, clientId);
    const [reply] = await sent(target, { channel: '/meta/subscribe', clientId, subscription: channel });
    if (reply!.successful !== true) throw new Error(`not subscribed: ${JSON.stringify(reply)}`);
    return client;
  }

  static async publish(target: Target, channel: string, data: string): Promise<void> {
    const [reply] = await sent(target, { channel, data });
    if (reply!.successful !== true) throw new Error(`not published: ${JSON.stringify(reply)}`);
  }

  /** A connect that is held until there is something, or at most so long. */
  connect(timeoutMs?: number): Pending {
    return ask(this.#target, '/bayeux', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([
        {
          channel: '/meta/connect',
          clientId: this.#clientId,
          connectionType: 'long-polling',
          ...(timeoutMs !== undefined && { advice: { timeout: timeoutMs } }),
        },
      ]),
    });
  }
}

/** What was published, out of a connect's answer. */
export function dataOf(text: string): unknown[] {
  return (JSON.parse(text) as BayeuxMessage[]).flatMap(({ data }) => (data === undefined ? [] : [data]));
}

async function sent(target: Target, message: object): Promise<BayeuxMessage[]> {
  const { text } = await fetched(target, '/bayeux', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify([message]),
  });
  return JSON.parse(text) as BayeuxMessage[];
}

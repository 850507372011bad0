import { type Dialogue, presenceRequest, startDialogue } from '../../../wire/dialogue.ts';
import { type Answer, lookUp } from '../../../wire/extract.ts';
import type { Profile } from '../../../wire/profile.ts';
import { type HttpRequest, withHeaders } from '../../../wire/request.ts';
import { Connections, type TlsChoice } from '../load/connection.ts';
import { exchange } from '../load/exchange.ts';
import type { TargetSpec } from '../load/messages.ts';
import { settleMark } from '../load/token.ts';
import { dial } from '../raw/dial.ts';

/** What to do about a problem that `canConnect` told. */
export function adviceAbout(problem: string): string {
  return problem.includes('certificate')
    ? 'Trust it with --ca FILE, or do not check it with --insecure'
    : 'Is the server running? Try: npm run serve';
}

/** Tries to open a connection to an origin. Returns why that did not work, in plain words; undefined when it did. */
export async function canConnect(
  origin: string,
  patienceMs: number,
  tls: TlsChoice = {},
): Promise<string | undefined> {
  try {
    const { tcp } = await dial({ origin, tls }, patienceMs);
    tcp.destroy();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * How many polls the target holds on these channels, by its own account; undefined when it cannot be asked, or
 * does not answer within `patienceMs`. A target that tells it only to a publisher is sent the run's settle mark,
 * which its clients know and nobody counts.
 */
export async function heldOn(
  target: TargetSpec,
  channels: readonly string[],
  { patienceMs = 2000, run = '' }: { readonly patienceMs?: number; readonly run?: string } = {},
): Promise<number | undefined> {
  const question = questionTo(target.profile, run);
  if (question === undefined) return undefined;
  const connections = new Connections({ keepAliveMs: 1000, tls: target.tls }, { opened() {}, closed() {} });
  try {
    let sum = 0;
    for (const channel of channels) {
      const held = await new Promise<number | undefined>((settle) => {
        const resolve = (value: number | undefined): void => {
          clearTimeout(timer);
          settle(value);
        };
        const timer = setTimeout(() => {
          abort();
          settle(undefined);
        }, patienceMs);
        const request = withHeaders(question.request(channel), target.headers);
        const abort = exchange(connections.route, target.origin, request, {
          ended: (answer) => resolve(question.count(answer)),
          broke: () => resolve(undefined),
        });
      });
      if (held === undefined) return undefined;
      sum += held;
    }
    return sum;
  } finally {
    connections.reset();
  }
}

interface Question {
  request(channel: string): HttpRequest;
  count(answer: Answer): number | undefined;
}

/** How a target is asked; undefined when its profile does not say. */
function questionTo(profile: Profile, run: string): Question | undefined {
  const { presence } = profile;
  if (presence === undefined) return undefined;
  const dialogue = (channel: string): Dialogue =>
    startDialogue(profile, { channel, client: `${run}-presence` }, { regular: false, random: () => 0.5 });
  if (!('url' in presence)) {
    if (profile.publish.as === 'session') return undefined;
    return {
      request: (channel) => dialogue(channel).publish(settleMark(run), `${run}-settle`),
      count: (answer) => dialogue('').published(answer).subscribers,
    };
  }
  const { held } = presence;
  if (held === undefined) return undefined;
  return {
    request: (channel) => presenceRequest(profile, channel)!,
    count: ({ text }) => {
      try {
        const value = lookUp(JSON.parse(text), held);
        const count = Array.isArray(value) ? value.length : value;
        return typeof count === 'number' ? count : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

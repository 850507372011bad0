import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import type { RawConnection } from '../../../world/real/raw/connection.ts';
import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { Violation } from '../../verify.ts';
import { aside } from './aside.ts';
import { ambiguous, ambiguousLengths } from './lengths.ts';
import { lives } from './lives.ts';
import { malformations, partsOf } from './malformations.ts';

type Sent =
  | { readonly connection: RawConnection; readonly answer: RawAnswer }
  | { readonly connection: RawConnection; readonly answer: 'cut' | 'nothing' };

/** Writes bytes on a new connection, and sees what comes of them. */
async function sendRaw(probe: Probe, bytes: Uint8Array, method: string): Promise<Sent> {
  const connection = await probe.connect();
  const answer = await connection.request(bytes, method).within(probe.budgetMs);
  if (answer === undefined) return { connection, answer: 'nothing' };
  return { connection, answer: 'cut' in answer ? 'cut' : answer };
}

/** @throws Violation with everything that was not as it had to be */
function none(wrong: readonly string[], expected: string): void {
  if (wrong.length === 0) return;
  throw new Violation(expected, wrong.join('; '));
}

const malformed = defineCase({
  id: 'http.request.malformed',
  duties: [
    { level: 'SHOULD', authority: 'RFC 9112 §2.2' },
    { level: 'MUST', authority: 'RFC 9112 §3.2' },
    { level: 'MUST', authority: 'RFC 9112 §5.1' },
  ],
  requires: 'A request that cannot be read, or has not exactly one Host, gets 400, and the server lives.',
  because:
    'What one server mends by guessing the next one understands otherwise; and some servers die of it.',
  lenient: {
    closed: 'some were answered by nothing but the close of the connection',
    tolerated: 'some that only should be refused (section 2.2) were answered otherwise',
  },
  seconds: () => 2,
  async run(probe) {
    const parts = partsOf(probe.encode(aside(probe)));
    const wrong: string[] = [];
    const tolerated: string[] = [];
    let closed = 0;
    for (const { what, must, write } of malformations) {
      const { answer } = await sendRaw(probe, Buffer.from(write(parts), 'latin1'), 'GET');
      const offences = must === true ? wrong : tolerated;
      if (answer === 'cut') closed++;
      else if (answer === 'nothing') offences.push(`${what} got no answer`);
      else if (answer.status !== 400) offences.push(`${what} got ${answer.status}`);
    }
    await lives(probe, 'malformed requests');
    none([...wrong, ...(wrong.length > 0 ? tolerated : [])], 'malformed requests to get 400');
    if (tolerated.length > 0) return { outcome: 'tolerated', seen: tolerated.join('; ') };
    return closed === 0
      ? { seen: `${malformations.length} of ${malformations.length} got 400` }
      : { outcome: 'closed', seen: `${closed} of ${malformations.length} were closed without an answer` };
  },
});

const ambiguousLength = defineCase({
  id: 'http.request.ambiguous-length',
  duties: [
    { level: 'MUST', authority: 'RFC 9112 §6.3' },
    { level: 'MUST', authority: 'RFC 9112 §6.1' },
    { level: 'SHOULD', authority: 'RFC 9112 §2.2' },
  ],
  requires: 'A request of which it is not clear where it ends gets 400, and its connection is closed.',
  because:
    'A proxy that reads it otherwise lets a second request be smuggled in behind it, onto the connection of others.',
  lenient: {
    'read by its coding':
      'a request with both Content-Length and Transfer-Encoding is read by its coding, and the connection closed',
  },
  seconds: () => 2,
  async run(probe) {
    const { method } = probe.profile.publish;
    const wrong: string[] = [];
    let outcome: string | undefined;
    for (const length of ambiguousLengths) {
      const text = `${probe.newName()} ambiguous`;
      const request = ambiguous(await probe.publishRequest(text), length, text);
      const extra = length.also === undefined ? [] : [length.also];
      const { connection, answer } = await sendRaw(probe, probe.encode(request, { extra }), method);
      if (answer === 'cut' || answer === 'nothing') {
        wrong.push(`${length.what} got no answer${answer === 'cut' ? ', only the close' : ''}`);
        continue;
      }
      const refused = length.refusals.includes(answer.status);
      const read = length.readable && answer.status < 300;
      if (!refused && !read) wrong.push(`${length.what} got ${answer.status}`);
      else if ((await probe.pace.within(connection.closed, probe.budgetMs)) === undefined) {
        wrong.push(`${length.what} got ${answer.status}, and the connection stays open`);
      } else if (read) outcome = 'read by its coding';
    }
    await lives(probe, 'requests of ambiguous length');
    none(wrong, 'requests of ambiguous length to get 400, and their connections to be closed');
    return { ...(outcome !== undefined && { outcome }), seen: `${ambiguousLengths.length} tried` };
  },
});

const absoluteForm = defineCase({
  id: 'http.request.absolute-form',
  duties: [{ level: 'MUST', authority: 'RFC 9112 §3.2.2' }],
  requires: 'A poll whose target is a whole URL, as proxies are asked, works like any other.',
  because: 'A server that compares the target with its paths byte by byte answers 404.',
  async run(probe) {
    const held = await probe.subscribe({ absolute: true, fresh: true });
    const message = await probe.publish();
    carries(probe, await held.reply('a poll in absolute form to get the message'), [message]);
    return undefined;
  },
});

/** How requests are read. */
export const httpRequest: readonly Case[] = [malformed, ambiguousLength, absoluteForm];

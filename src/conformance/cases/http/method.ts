import type { HttpRequest } from '../../../wire/request.ts';
import { valuesOf } from '../../../wire/response/fields.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { carries } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, NotApplicable, Violation } from '../../verify.ts';
import { by, nothingMoreOn } from './aside.ts';

/** @throws Violation when no whole answer comes at once */
async function atOnce(probe: Probe, request: HttpRequest): Promise<RawAnswer> {
  const answer = await probe.request(request, { fresh: true }, probe.budgetMs);
  const what = `${request.method} ${request.path.slice(0, 80)}`;
  if (answer === undefined) {
    throw new Violation(`${what} to be answered at once`, `no answer in ${Math.round(probe.budgetMs)} ms`);
  }
  if ('cut' in answer) throw new Violation(`an answer to ${what}`, `the connection ended (${answer.cut})`);
  return answer;
}

/** The request of a publish that nobody will make: by a client of its own, so that no session misses one of its numbers. */
async function spare(probe: Probe, method: string): Promise<HttpRequest> {
  return probe.publishRequest(`${probe.newName()} by ${method}`, { as: await probe.reader() });
}

/** HEAD on the URL of a client's poll. @throws Violation when it waits, or has content */
async function headOf(probe: Probe, client: Client): Promise<RawAnswer> {
  const connection = await probe.connect();
  // The counters of a session stay: HEAD must not take a turn.
  const request = by('HEAD', client.request({ again: true }));
  const answer = await connection.request(probe.encode(request), 'HEAD').within(probe.budgetMs);
  demand(answer !== undefined, 'HEAD on the poll URL to be answered at once', 'no answer: it is held');
  demand(!('cut' in answer), 'an answer to HEAD', 'the connection ended');
  await nothingMoreOn(probe, connection);
  const content = answer.violations.filter((found) => found.includes('HEAD'));
  demand(content.length === 0, 'no content in the answer to HEAD', content.join('; '));
  return answer;
}

const head = defineCase({
  id: 'http.method.head',
  duties: [{ level: 'MUST', authority: 'RFC 9110 §9.3.2' }],
  requires:
    'HEAD on the poll URL is answered at once and without content, and takes no message from anybody.',
  because:
    'Health checks and link checkers use HEAD: held, they pile up, and answered like a poll they eat messages.',
  lenient: { 'not allowed': 'HEAD gets 405' },
  async run(probe) {
    const client = await probe.reader();
    const held = await client.subscribe();
    const { status } = await headOf(probe, await probe.reader());
    const message = await probe.publish('for GET');
    carries(probe, await held.reply('the held GET to get the message'), [message]);

    const { resume, mailbox } = probe.profile.claims;
    if (resume || mailbox) {
      const waiting = await probe.publish('waits while HEAD asks');
      await headOf(probe, client);
      const got = await client.collect([waiting]);
      demand(
        got.some(({ text }) => text === waiting.text),
        'a message that waits for a client to be there after its HEAD',
        'the next poll did not get it',
      );
    }
    return status === 405 ? { outcome: 'not allowed' } : { seen: `HEAD got ${status}` };
  },
});

const options = defineCase({
  id: 'http.method.options',
  duties: [{ level: 'SHOULD', authority: 'RFC 9110 §9.3.7' }],
  requires: 'OPTIONS is answered at once, and says which methods there are.',
  because: 'Browsers send it before every cross-origin poll: held, it blocks the page.',
  lenient: { refused: 'OPTIONS gets 405, or 501 as a method that is not implemented' },
  async run(probe) {
    const poll = (await probe.reader()).request();
    const publish = await spare(probe, 'OPTIONS');
    const answers: RawAnswer[] = [];
    for (const request of [poll, publish]) {
      const answer = await atOnce(probe, by('OPTIONS', request));
      answers.push(answer);
      if (answer.status === 405 || answer.status === 501) continue;
      const names = ['allow', 'access-control-allow-methods', 'access-control-allow-origin'];
      demand(
        answer.status < 300 && names.some((name) => valuesOf(answer.rawHeaders, name).length > 0),
        'OPTIONS to get 2xx with Allow, or with the headers of CORS',
        `${answer.status} on ${request.path.slice(0, 80)}`,
      );
    }
    const seen = answers.map(({ status }) => status).join(' on polls, ');
    return answers.some(({ status }) => status >= 400) ? { outcome: 'refused', seen } : { seen };
  },
});

const notAllowed = defineCase({
  id: 'http.method.not-allowed',
  duties: [{ level: 'MUST', authority: 'RFC 9110 §15.5.6' }],
  requires: 'A method that a URL does not serve gets 405 with Allow, and neither polls nor publishes.',
  because: 'A server that looks at the path alone lets PUT and DELETE subscribe and publish.',
  lenient: { otherwise: 'refused, but by 403, 404 or 501' },
  async run(probe) {
    const { subscribe, publish, regular, channelSetup, open, close } = probe.profile;
    const used = new Set(
      [subscribe, publish, regular, ...channelSetup, ...open, ...close].map((each) => each?.method),
    );
    const methods = ['PUT', 'DELETE', 'PATCH'].filter((method) => !used.has(method));
    if (methods.length === 0) throw new NotApplicable('the profile uses PUT, DELETE and PATCH itself');
    const client = await probe.reader();
    const held = await client.subscribe();
    const poll = (await probe.reader()).request();
    let outcome: string | undefined;
    const statuses = new Set<number>();
    for (const method of methods) {
      const spoken = await spare(probe, method);
      for (const request of [
        { ...poll, method },
        { ...spoken, method },
      ]) {
        const { status, rawHeaders } = await atOnce(probe, request);
        statuses.add(status);
        const where = `${method} ${request.path.slice(0, 80)}`;
        if (status === 405) {
          const allow = valuesOf(rawHeaders, 'allow').length > 0;
          demand(allow, '405 to say in Allow which methods there are', `no Allow on ${where}`);
        } else {
          demand([403, 404, 501].includes(status), `${where} to get 405`, `${status}`);
          outcome = 'otherwise';
        }
      }
    }
    const message = await probe.publish('properly');
    carries(probe, await held.reply('the held poll to get the one message that was published'), [message]);
    const seen = [...statuses].join(', ');
    return outcome === undefined ? { seen } : { outcome, seen };
  },
});

const unknown = defineCase({
  id: 'http.method.unknown',
  duties: [
    { level: 'SHOULD', authority: 'RFC 9110 §9.1' },
    { level: 'SHOULD', authority: 'RFC 9110 §15.6.2' },
  ],
  requires: 'A method that nobody knows is refused: by 501 or 405.',
  because: 'A server that holds it, or says nothing at all, keeps the connection of whoever mistyped.',
  lenient: { 'bad request': 'it gets 400' },
  async run(probe) {
    const { status } = await atOnce(probe, by('BREW', (await probe.reader()).request()));
    if (status === 400) return { outcome: 'bad request' };
    demand(status === 501 || status === 405, 'BREW to get 501 or 405', `${status}`);
    return { seen: String(status) };
  },
});

const getNeverPublishes = defineCase({
  id: 'http.method.get-never-publishes',
  duties: [{ level: 'MUST', authority: 'RFC 9110 §9.2.1' }],
  requires: 'GET and HEAD on the publish URL publish nothing.',
  because: 'Prefetchers, link checkers and crawlers would post messages.',
  async run(probe) {
    const { subscribe, publish } = probe.profile;
    demand(
      publish.method !== 'GET',
      'publishing by a method that is not safe',
      'the profile publishes by GET',
    );
    if (subscribe.method === 'GET' && subscribe.url === publish.url) {
      throw new NotApplicable('polls and publishes share one URL, so GET on it is a poll');
    }
    const held = await probe.subscribe();
    for (const method of ['GET', 'HEAD']) {
      const request = await spare(probe, method);
      for (const tried of [by(method, request), { ...request, method }]) {
        // Whether and how it is answered is not the question here.
        await probe.request(tried, { fresh: true }, probe.budgetMs);
      }
    }
    const message = await probe.publish('properly');
    carries(probe, await held.reply('the held poll to get the one message that was published'), [message]);
    return undefined;
  },
});

/** What other methods do. */
export const httpMethod: readonly Case[] = [head, options, notAllowed, unknown, getNeverPublishes];

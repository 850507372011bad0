import type { HttpRequest } from '../../../wire/request.ts';
import { membersOf, valuesOf } from '../../../wire/response/fields.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand, NotApplicable, Violation } from '../../verify.ts';
import { emptySeconds, inShort, messageAnswer, pollAnswers } from '../http/answers.ts';
import { by } from '../http/aside.ts';

/** Origins of the profile that are tried; a page that stands for all where it says `*`. */
const tried = 2;
const anyPage = 'https://page.example';
const stranger = 'http://evil.example';
/** Browsers keep the leave of a preflight for so long at least, or each poll costs two requests. */
const leaveS = 60;
/** Headers that pages may send, and read, without being allowed to (Fetch standard). */
const sendable = new Set(['accept', 'accept-language', 'content-language']);
const readable = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]);

function originsOf({ profile }: Pick<Probe, 'profile'>): string[] {
  const named = (profile.cors?.origins ?? []).slice(0, tried);
  return named.map((origin) => (origin === '*' ? anyPage : origin));
}

/** Whether a page of this origin may read the answer, as browsers judge: one value, `*` or the origin itself. */
function isOpenTo(origin: string, { rawHeaders }: RawAnswer): boolean {
  const values = valuesOf(rawHeaders, 'access-control-allow-origin');
  return values.length === 1 && (values[0] === '*' || values[0] === origin);
}

/** Whether a list header names everything that is wanted, or says `*`. */
function names(answer: RawAnswer, header: string, wanted: readonly string[]): boolean {
  const listed = membersOf(answer.rawHeaders, header);
  return listed.includes('*') || wanted.every((name) => listed.includes(name.toLowerCase()));
}

const allowedOrigin = defineCase({
  id: 'cors.allowed-origin',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'Pages of the declared origins may read every answer to a poll: empty ones and errors too.',
  because: 'A page that may not see the status cannot tell an error from a lost network, and loops blindly.',
  needs: ['cors'],
  seconds: (facts) => 1 + tried * emptySeconds(facts),
  async run(probe) {
    const seen: string[] = [];
    for (const origin of originsOf(probe)) {
      const samples = await pollAnswers(probe, { patient: true, extra: [['Origin', origin]] });
      const closed = samples.filter(({ answer }) => !isOpenTo(origin, answer));
      demand(
        closed.length === 0,
        `Access-Control-Allow-Origin for ${origin} on every answer to a poll`,
        `missing on ${inShort(closed)}`,
      );
      seen.push(inShort(samples));
    }
    return { seen: seen.join('; ') };
  },
});

/** Sends the preflight for a request. @throws Violation where a browser would not send the request then */
async function preflight(probe: Probe, origin: string, request: HttpRequest): Promise<RawAnswer> {
  const own = Object.keys(request.headers)
    .map((name) => name.toLowerCase())
    .filter((name) => !sendable.has(name));
  const headers = own.length > 0 ? own.toSorted() : ['content-type'];
  const asked: Record<string, string> = {
    Origin: origin,
    'Access-Control-Request-Method': request.method,
    'Access-Control-Request-Headers': headers.join(','),
  };
  const what = `the preflight for ${request.method} ${request.path.slice(0, 60)}`;
  const answer = await probe.request({ ...by('OPTIONS', request), headers: asked }, {}, probe.budgetMs);
  if (answer === undefined || 'cut' in answer) {
    throw new Violation(`${what} to be answered at once`, answer === undefined ? 'no answer' : 'cut');
  }
  const safe = ['GET', 'HEAD', 'POST'].includes(request.method);
  demand(answer.status < 300, `${what} to get 2xx`, `${answer.status}`);
  demand(
    isOpenTo(origin, answer),
    `${what} to allow ${origin}`,
    'another Access-Control-Allow-Origin, or none',
  );
  demand(
    safe || names(answer, 'access-control-allow-methods', [request.method]),
    `${what} to allow the method`,
    `Access-Control-Allow-Methods: ${valuesOf(answer.rawHeaders, 'access-control-allow-methods').join(', ')}`,
  );
  demand(
    names(answer, 'access-control-allow-headers', headers),
    `${what} to allow ${headers.join(', ')}`,
    `Access-Control-Allow-Headers: ${valuesOf(answer.rawHeaders, 'access-control-allow-headers').join(', ') || 'none'}`,
  );
  return answer;
}

const preflights = defineCase({
  id: 'cors.preflight',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires:
    'A preflight for a poll or a publish with headers of its own succeeds, and may be kept for a minute.',
  because:
    'Without that a page cannot send JSON or a header, or sends two requests for each poll (BotFramework-WebChat#164).',
  needs: ['cors'],
  lenient: {
    'not kept': 'Access-Control-Max-Age is less than 60 s, or absent: browsers then ask again after 5 s',
  },
  async run(probe) {
    const requests = [
      (await probe.reader()).request(),
      await probe.publishRequest(`${probe.newName()} from a page`),
    ];
    let keptS = Number.POSITIVE_INFINITY;
    for (const origin of originsOf(probe)) {
      for (const request of requests) {
        const { rawHeaders } = await preflight(probe, origin, request);
        const said = valuesOf(rawHeaders, 'access-control-max-age')[0] ?? '';
        keptS = Math.min(keptS, /^\d+$/.test(said) ? Number(said) : 0);
      }
    }
    const seen = `may be kept for ${keptS} s`;
    return keptS >= leaveS ? { seen } : { outcome: 'not kept', seen };
  },
});

const exposeCursor = defineCase({
  id: 'cors.expose-cursor',
  duties: [{ level: 'MUST', authority: 'CLAIM' }],
  requires: 'Pages of the declared origins may read the headers in which the cursor comes.',
  because: 'A page that cannot read its cursor begins anew with every poll, and loses what came in between.',
  needs: ['cors', 'cursor'],
  async run(probe) {
    const headers = probe.profile.cursor
      .flatMap((source) => (source.from === 'header' ? [source.name.toLowerCase()] : []))
      .filter((name) => !readable.has(name));
    if (headers.length === 0)
      throw new NotApplicable('the cursor does not come in a header that must be exposed');
    for (const origin of originsOf(probe)) {
      const { answer } = await messageAnswer(probe, { extra: [['Origin', origin]] });
      demand(
        names(answer, 'access-control-expose-headers', headers),
        `Access-Control-Expose-Headers to name ${headers.join(', ')}`,
        valuesOf(answer.rawHeaders, 'access-control-expose-headers').join(', ') || 'there is none',
      );
    }
    return { seen: headers.join(', ') };
  },
});

const noReflectedCredentials = defineCase({
  id: 'cors.no-reflected-credentials',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'An origin that nobody knows is not let in with credentials.',
  because: "Any page that a user visits could then read that user's messages with that user's cookies.",
  async run(probe) {
    const answers: RawAnswer[] = [];
    for (const origin of [stranger, 'null']) {
      const extra: [string, string][] = [['Origin', origin]];
      answers.push((await messageAnswer(probe, { extra })).answer);
      const request = by('OPTIONS', (await probe.reader()).request());
      const asked: [string, string][] = [...extra, ['Access-Control-Request-Method', 'GET']];
      const answer = await probe.request(request, { extra: asked, fresh: true }, probe.budgetMs);
      if (answer !== undefined && !('cut' in answer)) answers.push(answer);
    }
    const open = answers.filter(({ rawHeaders }) => {
      const allowed = valuesOf(rawHeaders, 'access-control-allow-origin');
      const credentials = valuesOf(rawHeaders, 'access-control-allow-credentials');
      return credentials.includes('true') && allowed.some((value) => value === stranger || value === 'null');
    });
    demand(
      open.length === 0,
      'no leave with credentials for a stranger',
      `Access-Control-Allow-Origin: ${open.flatMap(({ rawHeaders }) => valuesOf(rawHeaders, 'access-control-allow-origin'))[0]} with Access-Control-Allow-Credentials: true`,
    );
    return undefined;
  },
});

/** What pages of other origins may do. */
export const cors: readonly Case[] = [allowedOrigin, preflights, exposeCursor, noReflectedCredentials];

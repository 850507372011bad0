import type { HttpRequest } from '../../../wire/request.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Probe } from '../../probe/probe.ts';
import { demand } from '../../verify.ts';

/** Ways up out of a folder, as they are written and as they are hidden from naive checks. */
const ups = [
  '../',
  '..%2f',
  '%2e%2e/',
  '%2e%2e%2f',
  '..\\',
  '..%5c',
  '..//',
  '....//',
  '.%2e/',
  '%252e%252e%252f',
];
/** More of them than any folder is deep. */
const depth = 12;
/** A file that every Unix has, and how it looks. */
const outside = 'etc/passwd';
const looks = /^root:[^\n]*:0:0:/m;

const get = (path: string): HttpRequest => ({ method: 'GET', path, headers: {}, body: undefined });

/** The same path as others would write it: a letter escaped, a detour, a doubled slash. */
function spellings(path: string): string[] {
  const escaped = path.replace(/[A-Za-z](?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return [path, escaped, `/.${path}`, `/x/..${path}`, `/${path}`];
}

async function fetched(probe: Probe, path: string): Promise<RawAnswer | undefined> {
  const answer = await probe.request(get(path), { fresh: true }, probe.budgetMs);
  return answer === undefined || 'cut' in answer ? undefined : answer;
}

const contained = defineCase({
  id: 'http.static.contained',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Serving files neither leads out of their folder nor shows files of the server itself.',
  because:
    "A demo that serves its own folder shows the server's code, and naive joining of paths shows the whole disk.",
  needs: ['static'],
  seconds: () => 2,
  async run(probe) {
    const { serves, mustNotServe } = probe.profile.static!;
    const known = new Set<string>();
    for (const path of serves) {
      const answer = await fetched(probe, path);
      if (answer?.status === 200) known.add(answer.text);
    }
    const shown: string[] = [];
    for (const up of ups) {
      const path = `/${up.repeat(depth)}${outside}`;
      if (looks.test((await fetched(probe, path))?.text ?? '')) shown.push(`/${up}…/${outside}`);
    }
    for (const path of mustNotServe.flatMap(spellings)) {
      const answer = await fetched(probe, path);
      // Some servers give their start page for every path, which shows nothing.
      if (answer !== undefined && answer.status < 300 && !known.has(answer.text)) shown.push(path);
    }
    demand(
      shown.length === 0,
      'no file but those that are meant to be served',
      `served: ${shown.join(', ')}`,
    );
    return { seen: `${ups.length + 5 * mustNotServe.length} paths tried` };
  },
});

/** Files beside the messages. */
export const httpStatic: readonly Case[] = [contained];

import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';
import { lives } from './lives.ts';

const long = 8192;

/** Paths that no URL of anybody has: bad escapes, a NUL, UTF-8 that is none, an open bracket, and one that is long. */
const paths = [
  '/%',
  '/%zz',
  '/%C0%80',
  '/%ff%fe',
  '//[',
  `/${'a'.repeat(long)}`,
  '/%00',
  '/a%00.html',
] as const;

const inShort = (path: string): string => (path.length > 20 ? `a path of ${path.length} bytes` : path);

const hostile = defineCase({
  id: 'http.target.hostile',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'An odd path gets a 4xx, and the server lives.',
  because:
    'One GET /%00 ended the process (node-static#244, CVE-2025-11149); others died of bad escapes (restify#1864, http-server#502).',
  tags: ['hostile'],
  seconds: () => 2,
  async run(probe) {
    const wrong: string[] = [];
    for (const path of paths) {
      const request = { method: 'GET', path, headers: {}, body: undefined };
      const answer = await probe.request(request, { fresh: true }, probe.budgetMs);
      if (answer === undefined) wrong.push(`${inShort(path)} got no answer`);
      else if ('cut' in answer) {
        wrong.push(`${inShort(path)} got the end of the connection (${answer.cut})`);
        await lives(probe, `GET ${inShort(path)}`);
      } else if (answer.status < 400 || answer.status > 499) {
        wrong.push(`${inShort(path)} got ${answer.status}`);
      }
    }
    await lives(probe, 'GET on odd paths');
    demand(wrong.length === 0, 'odd paths to get a 4xx', wrong.join('; '));
    return { seen: `${paths.length} of ${paths.length} got a 4xx` };
  },
});

/** Targets of requests. */
export const httpTarget: readonly Case[] = [hostile];

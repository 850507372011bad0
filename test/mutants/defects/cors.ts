import { type Defect, edit, part } from '../defect.ts';

const origin = 'https://page.example';
const opened = { options: { cors: [origin] }, settings: [`cors={origins: ["${origin}"]}`] } as const;

/** What goes wrong with pages of other origins. */
export const corsDefects: readonly Defect[] = [
  {
    name: 'cors-on-success-only',
    breaks: 'Answers from 400 on do not let the page read them.',
    edits: [
      edit(part.handler, 'if (cors.length > 0)', 'if (cors.length > 0 && answer.status < 400)'),
      edit(
        part.answer,
        'answer = extra.length === 0 ? plain',
        'answer = extra.length === 0 || plain.status >= 400 ? plain',
      ),
    ],
    ...opened,
    kills: ['cors.allowed-origin'],
  },
  {
    name: 'preflight-405',
    breaks: 'A preflight is refused.',
    edits: [
      edit(
        part.request,
        "return reading({ kind: 'options', allow });",
        "return refuse(405, 'OPTIONS is not for this URL', ['Allow', allow]);",
      ),
    ],
    ...opened,
    kills: ['cors.preflight'],
  },
  {
    name: 'cursor-not-exposed',
    breaks: 'A page may not read the header that holds the cursor.',
    edits: [edit(part.cors, "'Poll-Cursor',\n    ", '')],
    profile: 'reference-article',
    ...opened,
    kills: ['cors.expose-cursor'],
  },
  {
    name: 'reflect-origin',
    breaks: 'Any origin is allowed, with credentials.',
    edits: [
      edit(
        part.cors,
        'headersFor(origin) {',
        `headersFor(origin) {
        if (origin !== undefined)
            return ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true'];`,
      ),
    ],
    kills: ['cors.no-reflected-credentials'],
  },
];

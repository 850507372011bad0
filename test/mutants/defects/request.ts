import { type Defect, edit, part } from '../defect.ts';

/** What goes wrong with reading a request: its host, its lengths, its target. */
export const requestDefects: readonly Defect[] = [
  {
    name: 'any-host',
    breaks: 'A request without Host, or with two, is served.',
    edits: [
      edit(part.request, 'if (!hostIsGood(head.version, fields.hosts))', 'if (fields.hosts === undefined)'),
    ],
    kills: ['http.request.malformed'],
  },
  {
    name: 'lenient-lengths',
    breaks: 'A request with both Content-Length and Transfer-Encoding is taken.',
    edits: [edit(part.server, 'noDelay: true,', 'noDelay: true,\n            insecureHTTPParser: true,')],
    kills: ['http.request.ambiguous-length'],
  },
  {
    name: 'origin-form-only',
    breaks: 'A request target in absolute form is refused.',
    edits: [edit(part.target, 'if (authority === null)', 'if (authority !== undefined)')],
    kills: ['http.request.absolute-form'],
  },
  {
    name: 'die-on-nul',
    breaks: 'A path with a NUL in it ends the process.',
    edits: [
      edit(
        part.target,
        'if (path === undefined || hasControls(path))',
        "if (path?.includes('\\0'))\n        throw new Error('the path must not hold NUL');\n    if (path === undefined || hasControls(path))",
      ),
    ],
    kills: ['http.target.hostile'],
  },
  {
    name: 'serves-its-files',
    breaks: 'A path that is no URL of the server is taken for a file next to it, or above.',
    edits: [
      edit(
        part.handler,
        "import { randomBytes } from 'node:crypto';",
        "import { randomBytes } from 'node:crypto';\nimport { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nimport { fileURLToPath } from 'node:url';",
      ),
      edit(
        part.handler,
        'return question.answer;',
        `if (reading.route !== 'other')
                    return question.answer;
                try {
                    const path = decodeURIComponent(reading.url);
                    return contentAnswer(200, textType, readFileSync(join(fileURLToPath(new URL('../../..', import.meta.url)), path)));
                }
                catch {
                    return question.answer;
                }`,
      ),
      edit(
        part.handler,
        'this.#answerTo(reading, question), cors);',
        'this.#answerTo({ ...reading, url }, question), cors);',
      ),
    ],
    settings: ['static={serves: [/], mustNotServe: [/start.mjs, /package.json]}'],
    kills: ['http.static.contained'],
  },
];

import { beforeAnswer, type Defect, edit, part } from '../defect.ts';

const announced = 'if ((announcedLength(request) ?? 0) > maxBytes)';
const counted = 'if (length <= maxBytes) {';

/** What goes wrong when somebody asks for too much, too slowly or too often. */
export const limitsDefects: readonly Defect[] = [
  {
    name: 'unlimited-body',
    breaks: 'A publish of any size is taken.',
    edits: [edit(part.body, announced, 'if (maxBytes < 0)'), edit(part.body, counted, 'if (length >= 0) {')],
    kills: ['limits.body.length', 'limits.body.chunked', 'limits.body.early'],
  },
  {
    name: 'trusts-content-length',
    breaks: 'A body that does not announce its length has no limit.',
    edits: [edit(part.body, counted, 'if (length <= maxBytes || announcedLength(request) === undefined) {')],
    kills: ['limits.body.chunked'],
  },
  {
    name: 'buffer-then-413',
    breaks: 'Who asks before sending too much is told to send it, and refused afterwards.',
    edits: [
      edit(part.body, announced, 'if (maxBytes < 0)'),
      edit(
        part.body,
        "chunks = [];\n        request.off('data', take).off('end', finish);\n        done({ kind: 'too-large' });",
        '',
      ),
      edit(
        part.body,
        'const body = chunks.length === 1',
        "if (length > maxBytes)\n            return done({ kind: 'too-large' });\n        const body = chunks.length === 1",
      ),
    ],
    kills: ['limits.body.early'],
  },
  {
    name: 'endless-headers',
    breaks: 'A header of any size is read.',
    edits: [edit(part.server, 'noDelay: true,', 'noDelay: true,\n            maxHeaderSize: 2 ** 26,')],
    kills: ['limits.headers'],
  },
  {
    name: 'any-number-of-headers',
    breaks:
      'Only the size of each header field is bounded, not how many there are, nor what they are together.',
    edits: [
      edit(part.server, 'noDelay: true,', 'noDelay: true,\n            maxHeaderSize: 2 ** 26,'),
      edit(
        part.request,
        'if (head.rawHeaders.length > 2 * mostFields)',
        'if (head.rawHeaders.some((text) => text.length > 16_384))',
      ),
    ],
    kills: ['limits.headers'],
  },
  {
    name: 'endless-request',
    breaks: 'A request may trickle in for ever.',
    ground: [
      edit(part.server, 'const headersTimeoutMs = 30_000;', 'const headersTimeoutMs = 1000;'),
      edit(part.server, 'const requestTimeoutMs = 60_000;', 'const requestTimeoutMs = 2000;'),
      edit(part.server, 'const checkEveryMs = 5000;', 'const checkEveryMs = 500;'),
    ],
    edits: [
      edit(part.server, 'headersTimeout: headersTimeoutMs,', 'headersTimeout: 0,'),
      edit(part.server, 'requestTimeout: requestTimeoutMs,', 'requestTimeout: 0,'),
    ],
    settings: ['timing.probeRequest=8s'],
    kills: ['limits.slow-request'],
  },
  {
    name: 'accepts-the-dead',
    breaks: 'A poll for which there is no room is neither held nor refused.',
    edits: [edit(part.hub, "return this.#refuse(id, 'over-capacity', 'too many held requests');", 'return;')],
    options: { maxHeld: 50, holdMs: 20_000 },
    settings: ['hold.time=20s'],
    kills: ['limits.held.refusal'],
  },
  {
    name: 'cacheable-429',
    breaks: 'The refusal of a client that asks too often may be stored by caches.',
    base: 'corner',
    profile: 'corner',
    edits: [
      edit(
        part.corner,
        "'Cache-Control': 'no-store', 'Retry-After': '1'",
        "'Cache-Control': 'max-age=60', 'Retry-After': '1'",
      ),
    ],
    kills: ['limits.rate.429'],
  },
  {
    name: 'flood-comes-first',
    breaks: 'While more than 200 messages a second are published, and 5 s longer, no hold is answered.',
    edits: [
      edit(
        part.handler,
        'const published = this.#hub.publish(',
        `const flood = (Handler.flood ??= { second: 0, count: 0, until: 0 });
            const second = Math.floor(this.#clock.now() / 1000);
            flood.count = second === flood.second ? flood.count + 1 : 1;
            flood.second = second;
            if (flood.count > 200)
                flood.until = this.#clock.now() + 5000;
            const published = this.#hub.publish(`,
      ),
      ...beforeAnswer(
        `const attempt = () => (this.#clock.now() < (Handler.flood?.until ?? 0) ? setTimeout(attempt, 50) : go());
                if (held)
                    attempt();
                else
                    go();`,
      ),
    ],
    options: { holdMs: 20_000 },
    settings: ['hold.time=20s'],
    kills: ['limits.publish.flood'],
  },
  {
    name: 'hung-publisher-blocks',
    breaks: 'No publish is stored before all that began earlier have come whole.',
    edits: [
      edit(
        part.body,
        'export function readBody(request, maxBytes, done) {',
        `let earlier = Promise.resolve();
export function readBody(request, maxBytes, answer) {
    const before = earlier;
    let free;
    earlier = new Promise((resolve) => {
        free = resolve;
    });
    const done = (end) => {
        void before.then(() => {
            answer(end);
            free();
        });
    };`,
      ),
    ],
    kills: ['limits.hung-publisher'],
  },
  {
    name: 'bare-503',
    breaks: 'A 503 does not say when to come back.',
    edits: [
      edit(
        part.http,
        "return refusal(face, 503, detail, ['Retry-After', String(unavailableForS)]);",
        'return refusal(face, 503, detail);',
      ),
    ],
    options: { maxHeld: 50, holdMs: 20_000 },
    settings: ['hold.time=20s'],
    kills: ['limits.retry-after'],
  },
  {
    name: 'any-name',
    breaks: 'Any text may name a channel or a client, however long.',
    edits: [edit(part.message, 'return name.test(text);', 'return text.length > 0;')],
    kills: ['limits.names'],
  },
];

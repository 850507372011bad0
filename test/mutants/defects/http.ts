import { beforeAnswer, clearHold, type Defect, edit, judged, part } from '../defect.ts';

const poll = "if (question.kind === 'poll') {";
const head = 'response.writeHead(answer.status, headers);';
const beforeHead = (code: string) => edit(part.handler, head, `${code}\n        ${head}`);

/** What goes wrong with HTTP itself: methods, framing, connections, caches; see `request.ts` for targets. */
export const httpDefects: readonly Defect[] = [
  {
    name: 'no-cache-control',
    breaks: 'No answer of the poll face forbids its reuse.',
    edits: [edit(part.http, "'Cache-Control', 'no-store', ", '')],
    kills: ['http.cache.suppressed'],
  },
  {
    name: 'cacheable-204',
    breaks: 'The 204 of an idle hold may be stored by caches.',
    edits: [
      edit(
        part.answer,
        'return cacheWord(bareAnswer(204, headers));',
        'return { status: 204, headers, body: new Uint8Array(0) };',
      ),
    ],
    profile: 'reference-article',
    kills: ['http.cache.suppressed'],
  },
  {
    name: 'validator-304',
    breaks: 'A poll with If-None-Match gets 304 at once, again and again.',
    edits: [
      edit(
        part.handler,
        poll,
        `if (question.kind === 'poll' && (request.headers['if-none-match'] ?? request.headers['if-modified-since']) !== undefined) {
            this.lines.join(plainTurn(request, response));
            return this.#send(route, response, bareAnswer(304), cors);
        }
        ${poll}`,
      ),
    ],
    kills: ['http.cache.no-validator-loop'],
  },
  {
    name: 'no-date',
    breaks: 'Answers carry no Date.',
    edits: [beforeHead('response.sendDate = false;')],
    kills: ['http.headers.date'],
  },
  {
    name: 'unquoted-etag',
    breaks: 'Answers carry an ETag that is no quoted string.',
    edits: [
      edit(
        part.answer,
        "return contentAnswer(200, 'application/json', json, applied);",
        "return contentAnswer(200, 'application/json', json, ['ETag', reply.cursor, ...applied]);",
      ),
    ],
    kills: ['http.headers.etag-syntax'],
  },
  {
    name: 'content-on-204',
    breaks: 'A 204 is followed by content.',
    edits: [
      beforeHead(`const { socket } = response;
        if (answer.status === 204)
            response.once('finish', () => socket.write('nothing'));`),
    ],
    profile: 'reference-article',
    kills: ['http.framing.valid'],
  },
  {
    name: 'chunked-to-1.0',
    breaks: 'A client of HTTP/1.0 gets its answer in chunks.',
    edits: [
      beforeHead(`if (response.req.httpVersion === '1.0' && answer.body.length > 0)
            headers = [...headers.filter((_, i) => headers[i - (i % 2)] !== 'Content-Length'), 'Transfer-Encoding', 'chunked'];`),
    ],
    kills: ['http.framing.http10'],
  },
  {
    name: 'close-ignored',
    breaks: 'A connection whose client asked for its close stays open.',
    edits: [
      edit(
        part.handler,
        'const reading = readRequest(head, this.#rules);',
        'response.shouldKeepAlive = true;\n        const reading = readRequest(head, this.#rules);',
      ),
    ],
    kills: ['http.conn.close-honoured'],
  },
  {
    name: 'drops-after-tenth',
    breaks: 'Every tenth held answer of a connection ends it without a word.',
    edits: beforeAnswer(
      `const { socket } = turn.response;
                if (${judged} && held && (socket.holds = (socket.holds ?? 0) + 1) % 10 === 0)
                    turn.response.once('finish', () => socket.end());
                go();`,
    ),
    kills: ['http.conn.reuse-after-hold'],
  },
  {
    name: 'idle-close-jitters',
    breaks: 'Every other time an idle connection is closed after a third of the time that was announced.',
    edits: [
      edit(
        part.server,
        "this.on('request', handler.accept);",
        `let answers = 0;
        this.on('request', (_request, response) => {
            response.prependOnceListener('finish', () => {
                this.keepAliveTimeout = handler.settings.keepAliveMs / (++answers % 2 === 0 ? 3 : 1);
                setImmediate(() => {
                    this.keepAliveTimeout = handler.settings.keepAliveMs;
                });
            });
        });
        this.on('request', handler.accept);`,
      ),
    ],
    options: { keepAliveMs: 2000 },
    settings: ['timing.keepAlive=2s'],
    kills: ['http.conn.idle-race'],
  },
  {
    name: 'pipeline-reorder',
    breaks: 'A request pipelined behind a held one is answered before it.',
    edits: [
      edit(
        part.handler,
        'this.lines.join(plainTurn(request, response));\n        if (this.#draining)',
        `if (question.kind !== 'publish' && this.lines.lengthOf(request.socket) > 0) {
            const answer = this.#answerTo(reading, question);
            request.socket.write(\`HTTP/1.1 \${answer.status} Early\\r\\nContent-Length: \${answer.body.length}\\r\\n\\r\\n\`);
            request.socket.write(answer.body);
            return;
        }
        this.lines.join(plainTurn(request, response));
        if (this.#draining)`,
      ),
    ],
    kills: ['http.pipeline.order'],
  },
  {
    name: 'hold-head',
    breaks: 'HEAD is held, and takes the message from whoever waits.',
    edits: [
      edit(
        part.request,
        "if (head.method === 'HEAD' && question.kind === 'poll')",
        'if (head.method === undefined)',
      ),
    ],
    ...clearHold,
    kills: ['http.method.head'],
  },
  {
    name: 'head-consumes',
    breaks: 'HEAD is answered at once, but moves the place of its client past what was waiting for it.',
    edits: [
      edit(
        part.request,
        "if (head.method === 'HEAD' && question.kind === 'poll')\n        return reading(headOnly(route, question.poll));",
        "if (head.method === 'HEAD' && question.kind === 'poll')\n        return reading({ ...question, poll: { ...question.poll, waitMs: 0 } });",
      ),
    ],
    profile: 'mailbox',
    kills: ['http.method.head'],
  },
  {
    name: 'hold-options',
    breaks: 'OPTIONS is held like a poll.',
    edits: [edit(part.request, "return reading({ kind: 'options', allow });", ';')],
    ...clearHold,
    kills: ['http.method.options'],
  },
  {
    name: '405-no-allow',
    breaks: 'A method that is not allowed gets 405 without Allow.',
    edits: [edit(part.request, "['Allow', allow]);", '[]);')],
    kills: ['http.method.not-allowed'],
  },
  {
    name: 'any-method-polls',
    breaks: 'PUT, DELETE and PATCH subscribe and publish like GET and POST.',
    edits: [
      edit(
        part.request,
        "'POST, OPTIONS' : 'GET, HEAD, OPTIONS'",
        "'POST, OPTIONS, PUT, DELETE, PATCH' : 'GET, HEAD, OPTIONS, PUT, DELETE, PATCH'",
      ),
    ],
    kills: ['http.method.not-allowed'],
  },
  {
    name: 'unknown-method-silent',
    breaks: 'A request with a method that nobody knows gets no answer.',
    edits: [
      edit(
        part.broken,
        "case 'HPE_INVALID_METHOD':",
        "case 'HPE_INVALID_METHOD':\n            return undefined;\n        case 'none':",
      ),
    ],
    kills: ['http.method.unknown'],
  },
  {
    name: 'get-publishes',
    breaks: 'GET on the publish URL publishes.',
    edits: [
      edit(
        part.request,
        "'POST, OPTIONS' : 'GET, HEAD, OPTIONS'",
        "'GET, HEAD, POST, OPTIONS' : 'GET, HEAD, OPTIONS'",
      ),
      edit(
        part.handler,
        "if (end.body.length === 0 && semantics === 'buffered') {",
        "if (end.body.length === 0 && request.method === 'POST' && semantics === 'buffered') {",
      ),
    ],
    kills: ['http.method.get-never-publishes'],
  },
  {
    name: 'no-continue',
    breaks: 'Who expects 100-continue before a body waits for it in vain.',
    edits: [edit(part.handler, 'if (expecting && !tooLarge)', 'if (expecting && tooLarge)')],
    kills: ['http.expect.continue'],
  },
  {
    name: 'says-gzip',
    breaks: 'To whom accepts gzip, plain bytes are said to be gzip.',
    edits: [
      beforeHead(`if (/gzip/.test(response.req.headers['accept-encoding'] ?? '') && answer.body.length > 0)
            headers = [...headers, 'Content-Encoding', 'gzip'];`),
    ],
    kills: ['http.compress.no-delay'],
  },
];

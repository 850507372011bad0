import { type Defect, type Edit, edit, part } from '../mutants/defect.ts';

/** A server that differs from the reference, and is as right as that is. */
export interface Variant extends Omit<Defect, 'breaks' | 'kills'> {
  /** What is different, in one sentence. */
  readonly differs: string;
  /** Rows that it is known to fail, as the server that it copies does. */
  readonly fails?: readonly string[];
}

/**
 * Code that sees `request` and `response` before anything else does, to change how every answer goes out.
 * What never reaches a handler in Node (malformed requests) is answered as ever.
 */
function everyAnswer(code: string): readonly Edit[] {
  const events = { request: 'accept', checkContinue: 'acceptExpecting' };
  const [first, ...others] = Object.entries(events).map(([event, handler]) =>
    edit(
      part.server,
      `this.on('${event}', handler.${handler});`,
      `this.on('${event}', changed(handler.${handler}));`,
    ),
  );
  const wrap = `const change = (request, response) => {
            ${code}
        };
        const changed = (handle) => (request, response) => {
            change(request, response);
            handle(request, response);
        };
        `;
  return [{ ...first!, replace: wrap + first!.replace }, ...others];
}

/** As `everyAnswer`; the code is the body of a function that is given `headers`, as a list of names and values, and returns others. */
const everyHead = (code: string): readonly Edit[] =>
  everyAnswer(`const { writeHead } = response;
            const other = (headers) => { ${code} };
            response.writeHead = (status, headers) => writeHead.call(response, status, other(headers));`);

/** Code that sees every `socket` when it is new. */
const everyConnection = (code: string): Edit =>
  edit(part.server, 'this.#sockets.add(socket);', `this.#sockets.add(socket);\n            ${code}`);

const holdEnds = "if (reply.kind === 'empty')";
const bareEnd = 'return cacheWord(bareAnswer(204, headers));';

/** The times that somebody has who starts the server and says nothing of them. */
export const usualTimes = {
  options: { holdMs: 25_000, lingerMs: 30_000 },
  settings: ['hold.time=25s', 'timing.interval=10s'],
} as const;

/** Legal servers. What ends holds is judged in them too, because their holds are short. */
export const variants: readonly Variant[] = [
  { name: 'short-holds', differs: 'Nothing but the times, which all of these have.', edits: [] },
  {
    name: 'article-face',
    differs:
      'One message in an answer, as it is; a hold that nobody asks for ends by 204, with the cursor in a header.',
    edits: [],
    profile: 'reference-article',
  },
  {
    name: 'article-server',
    differs: 'The server of the article: no cursor, no memory, no end of a hold.',
    edits: [],
    options: { semantics: 'article' },
    profile: 'article',
    settings: ['hold={kind: unbounded}'],
    fails: ['delivery.gap.no-loss', 'delivery.offline.no-subscribers', 'message.empty.defined'],
  },
  {
    name: 'hold-ends-by-204',
    differs: 'A poll that has waited in vain gets 204, and goes on from the cursor that it has.',
    edits: [
      edit(
        part.handler,
        'if (turn.answered())\n                    this.#figures.holdEnded();\n                const answer = this.#writer',
        `const held = turn.answered();
                if (held)
                    this.#figures.holdEnded();
                const answer = held && reply.kind === 'empty' && turn.style.face === 'poll'
                    ? bareAnswer(204)
                    : this.#writer`,
      ),
    ],
    settings: ['empty=[{status: 204}, {status: 200, noMessages: true}]'],
  },
  {
    name: 'hold-ends-by-empty-200',
    differs: 'Where the article face says 204 it says 200 with an empty body.',
    edits: [
      edit(
        part.answer,
        `${holdEnds}\n            ${bareEnd}`,
        `${holdEnds}\n            return cacheWord(contentAnswer(200, plainText, '', headers));`,
      ),
    ],
    profile: 'reference-article',
    settings: ['empty=[{status: 200, body: ""}]'],
  },
  {
    name: 'closes-each-time',
    differs: 'Each answer says `Connection: close`, and the connection is closed after it.',
    edits: everyAnswer('response.shouldKeepAlive = false;'),
  },
  {
    name: 'more-headers',
    differs: 'Each answer has headers that nobody has asked for, one of them long, one twice.',
    edits: everyHead(
      `return [...headers, 'Server', 'edge/1.0 (a (nested) comment)', 'Via', '1.1 edge', 'X-Request-Id', String(Math.random()),
                'Vary', 'Accept-Encoding', 'X-Long', 'x'.repeat(3000), 'X-Empty', '', 'Set-Cookie', 'lb=1; Path=/', 'Set-Cookie', 'seen=1; Path=/',
                'Strict-Transport-Security', 'max-age=1', 'Alt-Svc', 'clear', 'Server-Timing', 'app;dur=0.1'];`,
    ),
  },
  {
    name: 'forty-milliseconds',
    differs: 'Each answer goes out 40 ms later.',
    edits: everyAnswer(
      'const { end } = response;\n            response.end = (...all) => { setTimeout(() => end.apply(response, all), 40); return response; };',
    ),
  },
  {
    name: 'one-by-one',
    differs: 'One message in an answer, however many were asked for.',
    edits: [
      edit(
        part.request,
        "const max = readMax(values.get('max'), complaints);",
        "const max = Math.min(1, readMax(values.get('max'), complaints));",
      ),
    ],
  },
  {
    name: 'in-chunks',
    differs: 'Each body goes out in chunks, of up to a third each.',
    edits: everyAnswer(
      `const { writeHead, end } = response;
            let whole = request.method === 'HEAD';
            response.writeHead = (status, headers) => {
                whole ||= status === 204;
                const at = whole ? -1 : headers.indexOf('Content-Length');
                return writeHead.call(response, status, at < 0 ? headers : headers.toSpliced(at, 2));
            };
            response.end = (body) => {
                if (whole || body === undefined || body.length === 0)
                    return end.call(response, body);
                const third = Math.ceil(body.length / 3);
                for (let at = 0; at < body.length; at += third)
                    response.write(body.subarray(at, at + third));
                return end.call(response);
            };`,
    ),
  },
  {
    name: 'in-pieces',
    differs: 'What goes out goes out in up to forty pieces, each by itself.',
    edits: [
      everyConnection(`const all = socket._write;
            socket._writev = null;
            socket._write = (data, encoding, done) => {
                const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data;
                const size = Math.max(7, Math.ceil(bytes.length / 40));
                const next = (at) => {
                    const last = at + size >= bytes.length;
                    const more = (error) => error ? done(error) : setImmediate(next, at + size);
                    all.call(socket, bytes.subarray(at, at + size), 'buffer', last ? done : more);
                };
                next(0);
            };`),
    ],
  },
  {
    name: 'early-hints',
    differs: 'An interim 103 comes before each answer to HTTP/1.1.',
    edits: everyAnswer(
      `const { writeHead } = response;
            response.writeHead = (...all) => {
                if (request.httpVersionMinor === 1 && response.socket !== null)
                    response.writeEarlyHints({ link: '</browser.js>; rel=preload; as=script' });
                return writeHead.apply(response, all);
            };`,
    ),
  },
  {
    name: 'other-case',
    differs: 'Names of headers are written small, and there are no words after the status.',
    edits: everyAnswer(
      `const { writeHead } = response;
            response.sendDate = false;
            response.writeHead = (status, headers) => writeHead.call(response, status, '',
                [...headers, 'Date', new Date().toUTCString()].map((text, i) => i % 2 === 0 ? text.toLowerCase() : text));`,
    ),
  },
  {
    name: 'other-json',
    differs: 'The JSON has white space, another order, escapes, and fields that nobody knows.',
    edits: [
      edit(
        part.answer,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the text of the compiled server
        'const json = `{"cursor":"${reply.cursor}",${behind}"messages":[${messages}]}`;',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the same
        'const json = `\\r\\n{\\n  "took" : 1.5e-3, "messages" : [ ${messages} ] ,\\n\\t${behind} "next" : null, "cursor" : "${reply.cursor}"\\n}\\n`;',
      ),
      edit(
        part.answer,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the same
        'json = `{"id":"${message.id}","at":${at},"body":${JSON.stringify(body)},"encoding":"${encoding}"}`;',
        `const escaped = JSON.stringify(body).replace(/[^ -~]|[/]/g, (unit) => '\\\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
        json = \`{ "encoding" : "\${encoding}", "tags" : [ [ ], { } ],\\n "body" : \${escaped} , "at" : \${at}, "id" : "\${message.id}" }\`;`,
      ),
    ],
  },
  {
    name: 'compressed',
    differs: 'Content is compressed for whoever takes it so.',
    edits: [
      edit(
        part.handler,
        'response.writeHead(answer.status, headers);',
        `if (answer.body.length > 0 && /gzip/.test(response.req.headers['accept-encoding'] ?? '') && response.req.method !== 'HEAD') {
            const body = process.getBuiltinModule('node:zlib').gzipSync(answer.body);
            answer = { ...answer, body };
            headers = [...headers.with(headers.indexOf('Content-Length') + 1, String(body.length)), 'Content-Encoding', 'gzip', 'Vary', 'Accept-Encoding'];
        }
        response.writeHead(answer.status, headers);`,
      ),
    ],
  },
  {
    name: 'five-seconds-idle',
    differs: 'An idle connection is kept for five seconds, and a header says so.',
    edits: [],
    options: { keepAliveMs: 5000 },
    settings: ['timing.keepAlive=5s'],
  },
  {
    name: 'publishes-204',
    differs: 'A publish is acknowledged by 204.',
    edits: [edit(part.handler, "contentAnswer(200, textType, 'ok', place)", 'bareAnswer(204, place)')],
    settings: ['publish.ok=[204]'],
  },
  {
    name: 'newest-only',
    differs: 'Of two polls of one client the older is answered empty.',
    edits: [],
    options: { sameClient: 'newest' },
    settings: ['identity.sameClient=newest'],
  },
  {
    name: 'early-heads',
    differs: 'The head of an answer comes when the hold begins.',
    edits: [
      edit(
        part.handler,
        'if (turn.held())\n            this.#figures.holdBegan();',
        `if (turn.held()) {
            this.#figures.holdBegan();
            if (turn.style.face === 'poll') {
                turn.response.writeHead(200, ['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff']);
                turn.response.flushHeaders();
            }
        }`,
      ),
      edit(
        part.handler,
        'response.writeHead(answer.status, headers);',
        'if (!response.headersSent)\n            response.writeHead(answer.status, headers);',
      ),
    ],
    settings: ['hold.earlyHeaders=true'],
  },
  {
    name: 'nobody-counted',
    differs:
      'Its profile does not say how to ask who is there: when a poll counts as registered is a matter of time.',
    edits: [],
    settings: ['presence={url: "/presence?channel={channel}", online: online}'],
  },
];

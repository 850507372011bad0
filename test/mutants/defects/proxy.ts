import { type Defect, edit, part } from '../defect.ts';

const writeHead = 'response.writeHead(answer.status, headers);';

/** What goes wrong only behind a proxy. */
export const proxyDefects: readonly Defect[] = [
  {
    name: 'document-per-chunk',
    breaks:
      'An answer is a row of JSON documents, one in each chunk, that only the borders of chunks keep apart.',
    edits: [
      edit(
        part.handler,
        writeHead,
        `if (answer.body[0] === 0x7b && Buffer.from(answer.body).includes('"messages":[{')) {
            response.writeHead(200, headers.filter((_, i) => headers[i - (i % 2)] !== 'Content-Length'));
            response.write('{"messages":[]}');
            response.end(answer.body);
            return;
        }
        ${writeHead}`,
      ),
    ],
    kills: ['proxy.rechunk.harmless'],
  },
  {
    name: 'socket-is-the-client',
    breaks: 'Who polls first on a connection is taken for the one who polls on it for ever.',
    edits: [
      edit(
        part.handler,
        'this.lines.join(new PollTurn(request, response, route, question.poll, style, cors, this.#fate));',
        `const owner = (request.socket.owner ??= { channel: question.poll.channel, client: question.poll.client });
            const poll = { ...question.poll, ...owner };
            this.lines.join(new PollTurn(request, response, route, poll, style, cors, this.#fate));`,
      ),
    ],
    kills: ['proxy.shared-upstream'],
  },
];

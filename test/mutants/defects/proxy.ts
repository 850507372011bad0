import { beforeAnswer, type Defect, edit, judged, part } from '../defect.ts';

/** What goes wrong only behind a proxy. */
export const proxyDefects: readonly Defect[] = [
  {
    name: 'document-per-chunk',
    breaks:
      'An answer is a row of JSON documents, one in each chunk, that only the borders of chunks keep apart.',
    edits: beforeAnswer(
      `if (${judged} && reply.kind === 'messages') {
                    turn.response.writeHead(200, answer.headers.filter((_, i) => answer.headers[i - (i % 2)] !== 'Content-Length'));
                    turn.response.write('{"messages":[]}');
                    turn.response.end(answer.body);
                }
                else
                    go();`,
    ),
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

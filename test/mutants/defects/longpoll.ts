import { beforeAnswer, clearHold, type Defect, edit, judged, otherRelease, part } from '../defect.ts';

const hold = 'this.#hold(id, room, client, now + poll.waitMs);';
const wakeAt = 'if (deadline !== Number.POSITIVE_INFINITY)';
const capped = 'waitMs = Math.min(Number(asked) * 1000, rules.holdMs);';

/** What goes wrong with holding a request and letting it go. */
export const longpollDefects: readonly Defect[] = [
  {
    name: 'answer-early',
    breaks: 'A hold ends after 0.7 s, however long it was to last.',
    edits: [edit(part.hub, hold, 'this.#hold(id, room, client, now + Math.min(poll.waitMs, 700));')],
    kills: ['longpoll.hold.defers', 'longpoll.hold.minimum', 'longpoll.timeout.accuracy'],
  },
  {
    name: 'never-woken',
    breaks: 'A publish wakes nobody: who waits gets the message when the hold is over.',
    edits: beforeAnswer(
      `if (${judged} && held && reply.kind === 'messages')
                    setTimeout(go, turn.poll.waitMs);
                else
                    go();`,
    ),
    options: { holdMs: 4000 },
    settings: ['hold.time=4s'],
    kills: ['longpoll.hold.answers-on-message'],
  },
  {
    name: 'body-never-ends',
    breaks: 'The answer of a hold is an open stream: the message comes, the end of the body does not.',
    edits: beforeAnswer(
      `if (${judged} && held && reply.kind === 'messages') {
                    turn.response.writeHead(200, answer.headers.filter((_, i) => answer.headers[i - (i % 2)] !== 'Content-Length'));
                    turn.response.write(answer.body);
                }
                else
                    go();`,
    ),
    kills: ['longpoll.hold.complete-response', 'proxy.buffering.harmless'],
  },
  {
    name: 'no-echo',
    breaks: 'Who publishes does not get the own message.',
    edits: [
      edit(part.hub, 'publish(now, channel, body) {', 'publish(now, channel, body, publisher) {'),
      otherRelease(
        (answer, holdOn) =>
          `if (client === undefined || client !== publisher) ${answer}\n            else ${holdOn}`,
      ),
      edit(
        part.handler,
        'this.#hub.publish(this.#clock.now(), channel, end.body);',
        "this.#hub.publish(this.#clock.now(), channel, end.body, new URL(request.url, 'http://host').searchParams.get('client'));",
      ),
    ],
    settings: ['publish.url=/publish?channel={channel}&client={client}'],
    kills: ['longpoll.hold.self-delivery'],
  },
  {
    name: 'body-ends-hold',
    breaks: 'A poll is unsubscribed when its request closes, which a request with a read body does at once.',
    edits: [
      edit(
        part.handler,
        'this.lines.join(new PollTurn(request, response, route, question.poll, style, cors, this.#fate));',
        `const turn = new PollTurn(request, response, route, question.poll, style, cors, this.#fate);
            request.once('close', () => turn.cut());
            this.lines.join(turn);`,
      ),
    ],
    kills: ['longpoll.hold.with-request-body'],
  },
  {
    name: 'waits-though-newer',
    breaks: 'A long poll waits for its whole hold before it is given what was there already.',
    edits: beforeAnswer(
      `if (!held && reply.kind === 'messages' && turn.poll.waitMs > 0)
                    setTimeout(go, turn.poll.waitMs);
                else
                    go();`,
    ),
    options: { holdMs: 4000 },
    settings: ['hold.time=4s'],
    kills: ['longpoll.backlog.immediate'],
  },
  {
    name: 'fortieth-hold-is-deaf',
    breaks: 'The fortieth hold on one channel is forgotten: nothing answers it.',
    edits: [
      edit(
        part.hub,
        'this.#held.add(id, room.hold(id, client, deadline, this.#arrivals++));',
        `room.holds = (room.holds ?? 0) + 1;
        if (room.holds === 40)
            return;
        this.#held.add(id, room.hold(id, client, deadline, this.#arrivals++));`,
      ),
    ],
    kills: ['longpoll.rejoin.every-time'],
  },
  {
    name: 'no-timeout',
    breaks: 'An idle hold never ends.',
    edits: [edit(part.hub, wakeAt, 'if (deadline < 0)')],
    settings: ['timing.probeHold=6s'],
    kills: ['longpoll.timeout.exists', 'presence.release.silent-loss'],
  },
  {
    name: 'timeout-500',
    breaks: 'A hold that nothing came for ends with 500.',
    edits: beforeAnswer(
      `if (held && reply.kind === 'empty')
                    answer = refusal(turn.style.face, 500, 'nothing came');
                go();`,
    ),
    kills: ['longpoll.timeout.empty-form'],
  },
  {
    name: 'timeout-as-message',
    breaks: 'A hold that nothing came for ends with an empty message.',
    edits: beforeAnswer(
      `if (held && reply.kind === 'empty')
                    answer = contentAnswer(200, 'application/json', JSON.stringify({ cursor: reply.cursor, messages: [{ id: reply.cursor, at: 0, body: '', encoding: 'utf8' }] }));
                go();`,
    ),
    kills: ['longpoll.timeout.empty-form'],
  },
  {
    name: 'half-hold',
    breaks: 'A hold lasts half as long as it should.',
    edits: [edit(part.hub, hold, 'this.#hold(id, room, client, now + poll.waitMs / 2);')],
    ...clearHold,
    kills: ['longpoll.timeout.accuracy'],
  },
  {
    name: 'boundary-race',
    breaks: 'A message that comes in the last 60 ms of a hold is passed over.',
    edits: [
      otherRelease(
        () =>
          "this.#answer(id, room, client, seq, deadline - now < 60 ? { kind: 'empty', cursor, behind: false } : reply);",
      ),
    ],
    kills: ['longpoll.timeout.boundary-no-loss'],
  },
  {
    name: 'timer-overflow',
    breaks: 'A wait of more than 2^31 ms rings at once, as a timer of Node does.',
    edits: [edit(part.request, capped, capped.replace('= ', '= Number(asked) * 1000 >= 2 ** 31 ? 1 : '))],
    kills: ['longpoll.timeout.client-bound'],
  },
  {
    name: 'wait-ignored',
    breaks: 'The wait that the client asks for is not looked at, only the limit of the server.',
    edits: [edit(part.request, capped, 'waitMs = Number(asked) > 0 ? rules.holdMs : 0;')],
    options: { holdMs: 4000 },
    settings: ['hold.time=4s'],
    kills: ['longpoll.timeout.client-bound'],
  },
  {
    name: 'strict-query',
    breaks: 'A query parameter that is not known gets 400.',
    edits: [
      edit(
        part.target,
        `if (parameter === undefined || !known.includes(parameter))
            continue;`,
        `if (parameter === undefined || !known.includes(parameter)) {
            complaints.push({ parameter: 'query', detail: 'holds something unknown' });
            continue;
        }`,
      ),
    ],
    kills: ['longpoll.query.tolerated'],
  },
];

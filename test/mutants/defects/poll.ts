import { aside, beforeAnswer, clearHold, type Defect, edit, otherAnswer, part } from '../defect.ts';

const stretchEnd = 'end: from + (last - first), behind };';

/** What goes wrong with regular polls. */
export const pollDefects: readonly Defect[] = [
  {
    name: 'regular-poll-waits',
    breaks: 'A poll that asks for no wait is held like a long one.',
    edits: [edit(part.request, 'let waitMs = 0;', `let waitMs = ${aside}.test(channel) ? 0 : rules.holdMs;`)],
    ...clearHold,
    kills: ['poll.answer.immediate'],
  },
  {
    name: 'empty-is-null',
    breaks: 'A regular poll with a cursor that finds nothing is answered with the JSON word null.',
    edits: beforeAnswer(
      `if (reply.kind === 'empty' && turn.poll.waitMs === 0 && turn.poll.from.length > 10)
                    answer = contentAnswer(200, 'application/json', 'null');
                go();`,
    ),
    kills: ['poll.answer.empty-form'],
  },
  {
    name: 'latest-only',
    breaks: 'A regular poll brings the newest message only; the others since the last poll are passed over.',
    edits: [
      otherAnswer(
        "poll.waitMs === 0 && whole.kind === 'messages' ? { ...whole, messages: whole.messages.slice(-1) } : whole",
      ),
    ],
    kills: ['poll.batch.all-since-last'],
  },
  {
    name: 'reverse-batch',
    breaks: 'The messages of one answer stand newest first.',
    edits: [
      otherAnswer("whole.kind === 'messages' ? { ...whole, messages: whole.messages.toReversed() } : whole"),
    ],
    kills: ['poll.batch.order'],
  },
  {
    name: 'repeats-the-last',
    breaks: 'The cursor of a regular batch stands before its last message, which therefore comes again.',
    edits: [
      otherAnswer(
        "poll.waitMs === 0 && whole.kind === 'messages' ? { ...whole, cursor: room.codec.write(seq - 1) } : whole",
      ),
    ],
    kills: ['poll.batch.no-repeat'],
  },
  {
    name: 'newline-batch',
    breaks:
      'The messages of a batch are joined and split at line ends, so that a message with one falls apart.',
    edits: [
      edit(
        part.answer,
        "reply.messages.map((m) => this.#messageJson(m)).join(',')",
        "reply.messages.flatMap((m) => textOf(m.body)[0].split('\\n').map((line) => JSON.stringify({ id: m.id, at: this.#epochMs(m.at), body: line, encoding: 'utf8' }))).join(',')",
      ),
    ],
    kills: ['poll.batch.boundaries'],
  },
  {
    name: 'first-page-only',
    breaks: 'Of a backlog longer than one answer the rest is skipped, and nobody is told.',
    edits: [
      edit(
        part.backlog,
        stretchEnd,
        'end: max === 1000 && last - first === max ? this.#newest : from + (last - first), behind };',
      ),
    ],
    options: { backlog: 20_000 },
    kills: ['poll.batch.bounded'],
  },
  {
    name: 'never-online',
    breaks: 'Nobody is ever shown as online.',
    edits: [
      edit(
        part.hub,
        'return { online: room.presence.online(now), held: room.held };',
        'return { online: [], held: room.held };',
      ),
    ],
    kills: ['poll.presence.marks-online'],
  },
  {
    name: 'ghost-users',
    breaks: 'Whoever has polled once stays online for ever.',
    edits: [edit(part.presence, 'now - trace.lastEnded <= this.#lingerMs', 'now >= trace.lastEnded')],
    kills: ['poll.presence.expires'],
  },
  {
    name: 'shared-queue',
    breaks: 'What one client was given is gone for all others, too.',
    edits: [
      edit(part.backlog, 'const behind = place < this.start;', 'const behind = false;'),
      edit(
        part.backlog,
        `return { messages: this.#kept.slice(first, last), ${stretchEnd}`,
        `this.#head = last;
        return { messages: this.#kept.slice(first, last), ${stretchEnd}`,
      ),
    ],
    kills: ['poll.mailbox.no-stealing', 'delivery.cursor.idempotent'],
  },
  {
    name: 'fast-poller-500',
    breaks: 'The eleventh poll of a client within one second gets a 500.',
    edits: [
      edit(
        part.handler,
        'turn.id = ++this.#lastId;',
        `const second = \`\${turn.poll.client ?? ''} \${Math.floor(this.#clock.now() / 1000)}\`;
        const polls = ((Handler.polls ??= new Map()).get(second) ?? 0) + 1;
        Handler.polls.set(second, polls);
        if (turn.poll.waitMs === 0 && polls > 10)
            return this.#send(turn.route, turn.response, refusal(turn.style.face, 500, 'too busy'), turn.cors);
        turn.id = ++this.#lastId;`,
      ),
    ],
    kills: ['poll.interval.fast-poller'],
  },
  {
    name: 'max-off-by-one',
    breaks: 'An answer holds one message more than the client asked for at most.',
    edits: [edit(part.backlog, 'last - first < max)', 'last - first <= max)')],
    kills: ['poll.max.honoured'],
  },
  {
    name: 'max-skips',
    breaks: 'What did not fit into an answer with a bound is never given.',
    edits: [
      edit(part.backlog, stretchEnd, 'end: max < 1000 ? this.#newest : from + (last - first), behind };'),
    ],
    kills: ['poll.max.honoured'],
  },
];

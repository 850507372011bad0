import { beforeAnswer, type Defect, edit, otherAnswer, part } from '../defect.ts';

const add = 'room.backlog.add(now, message);';
const reply = "const reply = { kind: 'messages', messages: [message], cursor, behind: false };";
const behind = edit(part.backlog, 'const behind = place < this.start;', 'const behind = false;');
const unstored = "return { kind: 'published', message, cursor };";
const small = { options: { backlog: 50 }, settings: ['claims.retention={count: 50}'] } as const;

/** What goes wrong with the promise that everything arrives, once, in order. */
export const deliveryDefects: readonly Defect[] = [
  {
    name: 'drop-in-gap',
    breaks: 'A long poll begins at now, whatever its cursor says: what came since its last answer is lost.',
    edits: [
      edit(
        part.hub,
        'const from = room.startOf(poll);',
        `const place = room.startOf(poll);
        const from = poll.waitMs > 0 && typeof place === 'number' ? room.backlog.newest : place;`,
      ),
    ],
    kills: ['delivery.gap.no-loss', 'delivery.gap.under-rate', 'longpoll.backlog.immediate'],
  },
  {
    name: 'drop-when-fast',
    breaks: 'A message within 30 ms of the one before is acknowledged and dropped when nobody waits for it.',
    edits: [
      edit(
        part.hub,
        add,
        `if (room.held === 0 && now - (room.lastKept ?? -1000) < 30)
            ${unstored}
        room.lastKept = now;
        ${add}`,
      ),
    ],
    kills: ['delivery.gap.under-rate'],
  },
  {
    name: 'starts-at-oldest',
    breaks: 'A first request starts at the oldest message kept, where it should start at now.',
    edits: [
      edit(
        part.request,
        "(client === undefined ? 'now' : 'place')",
        "(client === undefined ? 'oldest' : 'place')",
      ),
      edit(part.room, '?.seq ?? newest;', '?.seq ?? start;'),
      edit(
        part.room,
        "if (poll.from === 'now')\n            return newest;",
        "if (poll.from === 'now')\n            return start;",
      ),
    ],
    kills: ['delivery.gap.first-request'],
  },
  {
    name: 'skip-expired',
    breaks: 'A cursor older than the backlog goes on at the oldest message kept, and nobody is told.',
    edits: [behind],
    ...small,
    kills: ['delivery.gap.retention-exceeded', 'delivery.overflow.signalled'],
  },
  {
    name: 'drop-unheard',
    breaks: 'What is published while nobody waits is acknowledged like any other, and dropped.',
    edits: [edit(part.hub, add, `if (room.held === 0)\n            ${unstored}\n        ${add}`)],
    kills: ['delivery.offline.no-subscribers', 'delivery.gap.no-loss'],
  },
  {
    name: 'duplicate-now-and-then',
    breaks: 'A cursor just after a 97th message stands before it, so that it is delivered twice.',
    edits: [
      edit(
        part.hub,
        reply,
        "const reply = { kind: 'messages', messages: [message], cursor: seq % 97 === 0 ? room.codec.write(seq - 1) : cursor, behind: false };",
      ),
      otherAnswer(
        'Math.floor(seq / 97) > Math.floor(from / 97) && whole.messages?.length > 1 ? { ...whole, cursor: room.codec.write(seq - 1) } : whole',
      ),
    ],
    kills: ['delivery.dup.none'],
  },
  {
    name: 'pipelined-share',
    breaks: 'Two polls pipelined on one connection wait beside each other, and both get the same message.',
    edits: [
      edit(part.line, 'if (line.turns.length === 1)\n            turn.begin?.();', 'turn.begin?.();'),
      edit(part.line, 'next.begin?.();', ';'),
    ],
    kills: ['delivery.dup.pipelined-subscribes'],
  },
  {
    name: 'overtaking-publishes',
    breaks: 'Every tenth publish is stored 20 ms after it came, behind those that came after it.',
    edits: [
      edit(
        part.body,
        "request.on('data', take).on('end', finish);",
        `globalThis.bodies = (globalThis.bodies ?? 0) + 1;
    const late = globalThis.bodies % 10 === 3;
    request.on('data', take).on('end', () => (late ? setTimeout(finish, 20) : finish()));`,
      ),
    ],
    kills: ['delivery.order.one-publisher'],
  },
  {
    name: 'own-order',
    breaks: 'Every other answer has its messages in another order, so that no two subscribers agree.',
    edits: [
      otherAnswer(
        "whole.kind === 'messages' && id % 2 === 1 ? { ...whole, messages: whole.messages.toReversed() } : whole",
      ),
    ],
    kills: ['delivery.order.consistent'],
  },
  {
    name: 'sent-is-received',
    breaks: 'A message is forgotten once it was written to somebody, whether or not it arrived.',
    edits: [
      behind,
      edit(
        part.backlog,
        'prune(now) {',
        'clear() {\n        this.#head = this.#kept.length;\n    }\n    prune(now) {',
      ),
      edit(
        part.hub,
        'hold = later;\n        }\n        return',
        'hold = later;\n        }\n        if (released !== undefined)\n            room.backlog.clear();\n        return',
      ),
    ],
    kills: ['delivery.abort.redelivered'],
  },
  {
    name: 'cursor-stuck',
    breaks: 'At every fiftieth message the cursor stays where it was.',
    edits: [
      edit(
        part.cursor,
        'write(seq) {',
        'write(place_) {\n        const seq = place_ % 50 === 49 ? place_ - 1 : place_;',
      ),
    ],
    kills: ['delivery.cursor.progress'],
  },
  {
    name: 'second-grained-cursor',
    breaks: 'A cursor names a second: other messages of the same second are passed over.',
    edits: [
      edit(
        part.backlog,
        'const first = this.#head + (from - this.start);',
        `let first = this.#head + (from - this.start);
        const second = (i) => Math.floor(this.#kept[i].at / 1000);
        while (first > 0 && first < this.#kept.length && second(first) === second(first - 1))
            first++;`,
      ),
      edit(
        part.backlog,
        'end: from + (last - first), behind };',
        'end: this.#newest - (this.#kept.length - last), behind };',
      ),
    ],
    profile: 'reference-article',
    kills: ['delivery.cursor.same-instant'],
  },
  {
    name: 'bad-cursor-500',
    breaks: 'A cursor that cannot be read gets 500.',
    edits: [
      edit(
        part.answer,
        "return complaintAnswer(style.face, [{ parameter: 'cursor', detail: reply.detail }]);",
        "return { ...complaintAnswer(style.face, [{ parameter: 'cursor', detail: reply.detail }]), status: 500 };",
      ),
    ],
    kills: ['delivery.cursor.invalid'],
  },
  {
    name: 'any-cursor-is-now',
    breaks: 'A cursor that was cut short, or is of another channel, is silently taken for now.',
    edits: [
      edit(part.room, "return 'is malformed';", 'return newest;'),
      edit(part.room, "return 'is of another channel';", 'return newest;'),
      edit(part.room, "? 'is beyond the newest message' : reading.seq", '? newest : reading.seq'),
    ],
    kills: ['delivery.cursor.invalid'],
  },
  {
    name: 'idle-cursor-ahead',
    breaks: 'The answer of an idle hold carries the cursor after the next message, which is never seen.',
    edits: [
      edit(
        part.hub,
        'const { seq, reply } = room.nothingNew();',
        'const { seq, reply: whole } = room.nothingNew();\n        const reply = { ...whole, cursor: room.codec.write(seq + 1) };',
      ),
    ],
    kills: ['delivery.cursor.on-idle'],
  },
  {
    name: 'ack-before-store',
    breaks: 'A publish is acknowledged 50 ms before the message is stored.',
    edits: [
      edit(
        part.handler,
        'const published = this.#hub.publish(this.#clock.now(), channel, end.body);',
        `if (end.body.length >= 0) {
                setTimeout(() => this.#hub.publish(this.#clock.now(), channel, end.body), 50);
                return this.#send('publish', response, contentAnswer(200, textType, 'ok'), cors);
            }
            const published = this.#hub.publish(this.#clock.now(), channel, end.body);`,
      ),
    ],
    kills: ['delivery.ack.means-visible'],
  },
  {
    name: 'publishes-the-torn',
    breaks: 'A publish whose body broke off is published as far as it came.',
    edits: [
      edit(
        part.body,
        "request.on('data', take).on('end', finish);",
        `request.on('data', take).on('end', finish);
    request.once('close', () => request.complete || finish());`,
      ),
    ],
    kills: ['delivery.publish.truncated-dropped'],
  },
  {
    name: 'key-forgotten',
    breaks: 'A publish that is repeated with the same key is stored twice.',
    base: 'corner',
    profile: 'corner',
    edits: [edit(part.corner, 'room.answers.set(key, stored);', '')],
    kills: ['delivery.publish.idempotent-retry'],
  },
  {
    name: 'mailbox-overflow-silent',
    breaks: 'A client whose place has fallen out of the backlog goes on at the oldest message kept, untold.',
    edits: [otherAnswer("poll.from === 'place' ? { ...whole, behind: false } : whole")],
    profile: 'mailbox',
    ...small,
    kills: ['delivery.behind.mailbox'],
  },
  {
    name: 'place-moves-when-sent',
    breaks: 'The place of a client moves on when an answer is begun, whether or not it was written whole.',
    edits: [...beforeAnswer('go();\n                setImmediate(() => this.#endPoll(turn, true));')],
    profile: 'mailbox',
    kills: ['delivery.abort.redelivered'],
  },
];

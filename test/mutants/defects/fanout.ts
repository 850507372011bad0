import {
  beforeAnswer,
  type Defect,
  type Edit,
  edit,
  judged,
  longHold,
  otherRelease,
  part,
} from '../defect.ts';

/** Only the first `most` of those who wait are woken; the others go on waiting. */
const wakeAtMost = (most: number): Edit =>
  otherRelease(
    (answer, holdOn) =>
      `reply.woken = (reply.woken ?? 0) + 1;\n            if (reply.woken <= ${most}) ${answer}\n            else ${holdOn}`,
  );

/** What goes wrong when many wait. */
export const fanoutDefects: readonly Defect[] = [
  {
    name: 'wakes-forty',
    breaks: 'A publish wakes the first forty of those who wait, and nobody else.',
    edits: [wakeAtMost(40)],
    ...longHold,
    kills: ['fanout.all.receive'],
  },
  {
    name: 'wakes-five-hundred',
    breaks: 'A publish wakes the first five hundred of those who wait, and nobody else.',
    edits: [wakeAtMost(500)],
    ...longHold,
    kills: ['fanout.scale.held'],
  },
  {
    name: 'double-end',
    breaks: 'When many are answered at once, each gets a second answer after its first.',
    edits: beforeAnswer(
      `const { socket } = turn.response;
                if (held && this.#polls.size > 20)
                    turn.response.once('finish', () => socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok'));
                go();`,
    ),
    kills: ['fanout.all.exactly-one-answer'],
  },
  {
    name: 'mix-channels',
    breaks: 'Channels whose names fall on the same of a hundred numbers are one channel.',
    edits: [
      edit(
        part.hub,
        '#roomFor(now, name) {',
        `#roomFor(now, fullName) {
        const name = Hub.bucket(fullName);`,
      ),
      edit(
        part.hub,
        'presence(now, channel) {',
        `static bucket(name) {
        let sum = 7;
        for (const letter of name)
            sum = (sum * 31 + letter.charCodeAt(0)) % 100;
        return String(sum);
    }
    presence(now, fullName) {
        const channel = Hub.bucket(fullName);`,
      ),
    ],
    ...longHold,
    kills: ['fanout.isolation.channels'],
  },
  {
    name: 'block-on-slow',
    breaks:
      'After a large answer no other poll is answered until its reader has taken it and asks again, or leaves.',
    edits: beforeAnswer(
      `const slow = (Handler.slow ??= new Set());
                const { socket } = turn.response;
                const attempt = () => {
                    if (slow.size > 0 && !slow.has(socket))
                        return void setTimeout(attempt, 20);
                    go();
                    if (answer.body.length < 65_536 || slow.has(socket))
                        return;
                    const taken = () => {
                        slow.delete(socket);
                        socket.off('data', taken).off('close', taken);
                    };
                    slow.add(socket);
                    socket.on('data', taken).on('close', taken);
                };
                attempt();`,
    ),
    ...longHold,
    kills: ['fanout.isolation.slow-reader'],
  },
  {
    name: 'waits-for-each-peer',
    breaks:
      'Of those who wait together, the next is answered only when the one before has asked again or left.',
    edits: beforeAnswer(
      `const line = (Handler.queue ??= []);
                const { socket } = turn.response;
                const serve = () => {
                    line.busy = true;
                    go();
                    const next = () => {
                        socket.off('data', next).off('close', next);
                        line.busy = false;
                        line.shift()?.();
                    };
                    socket.on('data', next).on('close', next);
                };
                if (!held || reply.kind !== 'messages' || !(${judged}))
                    go();
                else if (line.busy)
                    line.push(serve);
                else
                    serve();`,
    ),
    ...longHold,
    kills: ['fanout.isolation.dead-peer'],
  },
  {
    name: 'forget-older-poll',
    breaks: 'When a client begins a second hold, the first is forgotten and never answered.',
    edits: [
      edit(
        part.hub,
        'if (mustWait)\n            this.#hold(',
        `const older = mustWait && client !== undefined ? room.newestHoldOf(client) : undefined;
        if (older !== undefined) {
            room.release(older);
            this.#held.delete(older.id);
        }
        if (mustWait)
            this.#hold(`,
      ),
    ],
    kills: ['fanout.same-client.policy'],
  },
];

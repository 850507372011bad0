import { type Defect, edit, longHold, otherRelease, part } from '../defect.ts';

const onClose = 'for (const turn of made.turns.splice(0))';

/** What goes wrong with noticing who is there, and forgetting who has gone. */
export const presenceDefects: readonly Defect[] = [
  {
    name: 'leak-on-abort',
    breaks: 'A hold whose client has left stays held until its time is over.',
    edits: [edit(part.line, `${onClose}\n                    turn.cut();`, 'made.turns.length = 0;')],
    ...longHold,
    kills: ['presence.release.fin-rst', 'proxy.timeout.released'],
  },
  {
    name: 'leak-session',
    breaks: 'Each client that ever came costs 64 KiB for ever.',
    edits: [
      edit(
        part.room,
        'this.#places.set(client, { seq, lastUsed: now });',
        `if (!this.#places.has(client))
            (Room.mailboxes ??= []).push(Buffer.alloc(65_536, 1));
        this.#places.set(client, { seq, lastUsed: now });`,
      ),
    ],
    settings: ['timing.probeHold=6s'],
    kills: ['presence.release.abandoned-session'],
  },
  {
    name: 'leak-per-connection',
    breaks: 'Each connection that is closed leaves 16 KiB behind.',
    edits: [
      edit(
        part.line,
        onClose,
        `(Lines.remains ??= []).push(Buffer.alloc(16_384, 1));\n                ${onClose}`,
      ),
    ],
    kills: ['presence.churn.stable'],
  },
  {
    name: 'ghost-steals',
    breaks: 'Of two holds of one client only the older is answered, though its connection may be dead.',
    edits: [
      otherRelease(
        (answer, holdOn) =>
          `reply.seen ??= new Set();\n            if (client !== undefined && reply.seen.has(client)) ${holdOn}\n            else ${answer}\n            reply.seen.add(client);`,
      ),
    ],
    ...longHold,
    kills: ['presence.ghost.no-theft'],
  },
  {
    name: 'presence-flap',
    breaks: 'A client is online only while one of its polls is open.',
    edits: [
      edit(part.presence, 'trace.open > 0 || now - trace.lastEnded <= this.#lingerMs', 'trace.open > 0'),
    ],
    kills: ['presence.between-polls.online', 'poll.presence.no-flap', 'poll.presence.marks-online'],
  },
];

import { type Defect, edit, longHold, part } from '../defect.ts';

/** What goes wrong at the end, and after it. */
export const shutdownDefects: readonly Defect[] = [
  {
    name: 'cut-on-shutdown',
    breaks: 'On shutdown held requests are cut off without an answer.',
    edits: [edit(part.server, 'this.handler.drain();', 'this.closeAllConnections();')],
    ...longHold,
    kills: ['shutdown.held.answered'],
  },
  {
    name: 'goodbye-as-message',
    breaks: 'On shutdown held requests get a message that nobody published.',
    edits: [
      edit(
        part.hub,
        "const reply = { kind: 'refused', reason: 'draining', detail: 'the server is shutting down' };",
        `const { newest } = room.backlog;
            const cursor = room.codec.write(newest);
            const message = { id: cursor, seq: newest, at: 0, body: new TextEncoder().encode('goodbye') };
            const reply = { kind: 'messages', messages: [message], cursor, behind: false };`,
      ),
    ],
    ...longHold,
    kills: ['shutdown.held.distinguishable'],
  },
  {
    name: 'hold-after-shutdown',
    breaks: 'For 5 s after the signal new requests are still taken, and held.',
    edits: [
      edit(part.server, 'this.close(() => {', 'setTimeout(this.close.bind(this), 5000, () => {'),
      edit(part.hub, 'this.#draining = true;', ';'),
      edit(part.handler, 'this.#draining = true;', ';'),
    ],
    options: { holdMs: 4000 },
    settings: ['hold.time=4s'],
    kills: ['shutdown.new.refused'],
  },
  {
    name: 'never-exit',
    breaks: 'The process stays after its last connection is gone.',
    edits: [
      edit(
        part.server,
        'this.#patient = true;',
        'this.#patient = true;\n            setInterval(() => { }, 1000);',
      ),
    ],
    ...longHold,
    kills: ['shutdown.exit.bounded'],
  },
  {
    name: 'restart-misreads-cursor',
    breaks: 'After a restart an old cursor is taken for a place in the new life, or for now.',
    edits: [
      edit(part.handler, 'function newEpoch() {', "function newEpoch() {\n    return '1';"),
      edit(part.room, "? 'is beyond the newest message' : reading.seq", '? newest : reading.seq'),
    ],
    options: longHold.options,
    settings: [...longHold.settings, 'claims.durable=true'],
    kills: ['shutdown.restart.resume'],
  },
  {
    name: 'healthy-while-draining',
    breaks: 'The health URL goes on saying 200, to whoever is connected, for as long as the server drains.',
    edits: [
      edit(
        part.handler,
        'if (this.#draining)\n            this.#refuseBody(',
        "if (this.#draining && question.kind !== 'healthz')\n            this.#refuseBody(",
      ),
      edit(
        part.handler,
        'if (this.#draining)\n            headers =',
        "if (this.#draining && route !== 'healthz')\n            headers =",
      ),
      edit(part.server, 'const idle = setTimeout(() => this.#dropIdle(), idleGraceMs);', 'let idle;'),
    ],
    ...longHold,
    kills: ['shutdown.health.draining'],
  },
];

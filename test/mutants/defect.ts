import type { ServerOptions } from '../../src/world/real/server/options.ts';

/** One exact piece of text in one file of the compiled server, and what stands there instead. */
export interface Edit {
  /** Relative to the folder of compiled files, such as `protocol/hub.js`; or the file of a base of ours. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** What a planted server is made of: our reference, or the small server of this folder for what that one does not offer. */
export type Base = 'reference' | 'corner';

/** A server with one thing wrong, and the rows of the catalogue that must say so. */
export interface Defect {
  /** Words with hyphens; unique. */
  readonly name: string;
  /** What it breaks, in one sentence. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** Edits that break nothing, and are made in the clean server, too: shorter limits where no option sets them. */
  readonly ground?: readonly Edit[];
  readonly base?: Base;
  /** Of the server, over those that every planted server has (`quickOptions`). */
  readonly options?: ServerOptions;
  /** By which profile it is judged: one that is shipped, or one of this folder. */
  readonly profile?: string;
  /** Overrides of single fields of the profile, after those that every mutant has (`quickSettings`). */
  readonly settings?: readonly string[];
  /** Rows that must fail. */
  readonly kills: readonly string[];
}

/** Holds and presence are short, so that rows that wait for their end take seconds. */
export const quickOptions: ServerOptions = { holdMs: 2000, lingerMs: 2000 };

/** The same in the profile's words; the base of a defect may say otherwise. */
export const quickSettings: readonly string[] = ['hold.time=2s', 'timing.interval=700ms'];

/** Hold for long enough that nothing is released by its end while a row looks on. */
export const longHold = { options: { holdMs: 20_000 }, settings: ['hold.time=20s'] } as const;

/** Long enough that its end is not taken for a prompt answer by a suite that measured on a busy machine. */
export const clearHold = { options: { holdMs: 5000 }, settings: ['hold.time=5s'] } as const;

/** The parts of the compiled server that can be edited. */
export const part = {
  hub: 'protocol/hub.js',
  room: 'protocol/room.js',
  backlog: 'protocol/backlog.js',
  cursor: 'protocol/cursor.js',
  presence: 'protocol/presence.js',
  message: 'protocol/message.js',
  http: 'wire/http.js',
  request: 'wire/http-request.js',
  target: 'wire/http-target.js',
  answer: 'wire/http-answer.js',
  cors: 'wire/http-cors.js',
  handler: 'world/real/server/handler.js',
  server: 'world/real/server/server.js',
  line: 'world/real/server/line.js',
  body: 'world/real/server/body.js',
  broken: 'world/real/server/broken.js',
  corner: 'corner.mjs',
} as const;

/** One edit, short to write. */
export function edit(file: string, find: string, replace: string): Edit {
  return { file, find, replace };
}

const send = 'this.#send(turn.route, turn.response, answer);';

/**
 * Changes how an answer of the hub goes out. The code sees `turn`, `reply`, `held` (whether the poll had to
 * wait), `answer` (which it may replace) and `go()`, which sends it.
 */
export function beforeAnswer(code: string): readonly Edit[] {
  return [
    edit(
      part.handler,
      'if (turn.answered())\n                    this.#figures.holdEnded();\n                const answer =',
      'const held = turn.answered();\n                if (held)\n                    this.#figures.holdEnded();\n                let answer =',
    ),
    edit(
      part.handler,
      send,
      `const go = () => this.#send(turn.route, turn.response, answer);\n                ${code}`,
    ),
  ];
}

/** The names of channels by which the suite measures or looks for a sign of life, in code of a mutant. */
export const aside = '/[.-](?:calibration|alive)\\b/';

/**
 * True, in code given to `beforeAnswer`, unless the poll is one by which the suite measures or looks for a sign
 * of life. A server that delivers nothing at all cannot be judged, and the suite says no more than that.
 */
export const judged = `!${aside}.test(turn.poll.channel)`;

/** Where the hub answers a poll that need not wait: `whole` is what it should get, and `reply` what it does get. */
export function otherAnswer(reply: string): Edit {
  const begin = 'const { seq, reply';
  const end = ' } = room.answerAfter(from, poll.max, this.#options.maxAnswerBytes);';
  return edit(part.hub, begin + end, `${begin}: whole${end}\n        const reply = ${reply};`);
}

const release = `room.recycle(hold);
            this.#answer(id, room, client, seq, reply);`;

/** Where a publish answers one of those that wait: `answer` is what does it, `holdOn` keeps it waiting instead. */
export function otherRelease(instead: (answer: string, holdOn: string) => string): Edit {
  const answer = 'this.#answer(id, room, client, seq, reply);';
  const holdOn = 'this.#held.add(id, room.hold(id, client, deadline, this.#arrivals++));';
  return edit(
    part.hub,
    release,
    `const { deadline } = hold;\n            room.recycle(hold);\n            ${instead(answer, holdOn)}`,
  );
}

import type { Instant, Message } from '../protocol/message.ts';
import type { Reply } from '../protocol/poll.ts';
import {
  type Answer,
  bareAnswer,
  complaintAnswer,
  contentAnswer,
  type Semantics,
  unavailable,
} from './http.ts';

/** How a reply of the hub is to look. */
export interface Style {
  readonly face: 'poll' | 'text';
  readonly semantics: Semantics;
  /** The seconds for `Preference-Applied`, when a preference was honoured. */
  readonly appliedWait: string | undefined;
}

const plainText = 'text/plain;charset=utf-8';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Messages up to this many bytes keep their JSON once it was made; the backlog may thus cost twice. */
const mostKeptJson = 4096;

/** Turns replies of the hub into answers. One reply gives one answer per style, however many polls share it. */
export class AnswerWriter {
  readonly #epochMs: (at: Instant) => number;
  readonly #json = new WeakMap<Message, string>();
  readonly #answers = new WeakMap<Reply, Map<string, Answer>>();

  /** @param epochMs the milliseconds of the epoch at an instant of the hub's clock, for people to read */
  constructor(epochMs: (at: Instant) => number) {
    this.#epochMs = epochMs;
  }

  /**
   * @param key the same for two calls whenever `style` and `extra` are the same
   * @param extra further headers, such as those of CORS
   */
  answer(reply: Reply, style: Style, key: string, extra: readonly string[]): Answer {
    let answers = this.#answers.get(reply);
    let answer = answers?.get(key);
    if (answer !== undefined) return answer;
    const plain = style.face === 'poll' ? this.#pollAnswer(reply, style) : this.#textAnswer(reply, style);
    answer = extra.length === 0 ? plain : { ...plain, headers: [...plain.headers, ...extra] };
    if (reply.kind === 'messages') {
      if (answers === undefined) {
        answers = new Map();
        this.#answers.set(reply, answers);
      }
      answers.set(key, answer);
    }
    return answer;
  }

  #pollAnswer(reply: Reply, style: Style): Answer {
    if (reply.kind === 'refused') return refused(reply, style);
    const messages =
      reply.kind === 'messages' ? reply.messages.map((m) => this.#messageJson(m)).join(',') : '';
    const behind = reply.behind ? '"behind":true,' : '';
    const json = `{"cursor":"${reply.cursor}",${behind}"messages":[${messages}]}`;
    const applied =
      style.appliedWait === undefined ? [] : ['Preference-Applied', `wait=${style.appliedWait}`];
    return contentAnswer(200, 'application/json', json, applied);
  }

  #textAnswer(reply: Reply, style: Style): Answer {
    if (reply.kind === 'refused') return refused(reply, style);
    const headers: string[] = [];
    if (style.semantics === 'buffered') headers.push('Poll-Cursor', reply.cursor);
    if (style.semantics === 'buffered' && reply.behind) headers.push('Poll-Behind', 'true');
    if (reply.kind === 'empty') return cacheWord(bareAnswer(204, headers));
    const message = reply.messages[0]!;
    if (style.semantics === 'buffered') headers.push('Poll-Published', String(this.#epochMs(message.at)));
    return cacheWord(contentAnswer(200, plainText, message.body, headers));
  }

  #messageJson(message: Message): string {
    let json = this.#json.get(message);
    if (json !== undefined) return json;
    const [body, encoding] = textOf(message.body);
    const at = this.#epochMs(message.at);
    json = `{"id":"${message.id}","at":${at},"body":${JSON.stringify(body)},"encoding":"${encoding}"}`;
    if (message.body.length <= mostKeptJson) this.#json.set(message, json);
    return json;
  }
}

/** What the hub refuses: a cursor that cannot be (400), or a question that finds no room or no time (503). */
function refused(reply: Extract<Reply, { kind: 'refused' }>, style: Style): Answer {
  if (reply.reason === 'bad-cursor') {
    return complaintAnswer(style.face, [{ parameter: 'cursor', detail: reply.detail }]);
  }
  // A held request of the article's server ends at shutdown as there: with nothing in it.
  if (reply.reason === 'draining' && style.semantics === 'article') {
    return cacheWord(contentAnswer(200, plainText, ''));
  }
  return unavailable(style.face, reply.detail);
}

/** The article's own words against caches. */
function cacheWord(answer: Answer): Answer {
  const at = answer.headers.indexOf('Cache-Control') + 1;
  return { ...answer, headers: answer.headers.with(at, 'no-cache, must-revalidate') };
}

function textOf(body: Uint8Array): readonly [string, 'utf8' | 'base64'] {
  try {
    return [decoder.decode(body), 'utf8'];
  } catch {
    return [Buffer.from(body.buffer, body.byteOffset, body.length).toString('base64'), 'base64'];
  }
}

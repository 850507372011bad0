import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Hub } from '../../../protocol/hub.ts';
import type { Channel } from '../../../protocol/message.ts';
import type { PollId } from '../../../protocol/poll.ts';
import { type Answer, bareAnswer, contentAnswer, refusal, unavailable } from '../../../wire/http.ts';
import { AnswerWriter } from '../../../wire/http-answer.ts';
import { Cors } from '../../../wire/http-cors.ts';
import { metricsText, metricsType } from '../../../wire/http-metrics.ts';
import {
  type Question,
  type Reading,
  type Route,
  type Rules,
  readRequest,
} from '../../../wire/http-request.ts';
import { monotonicClock } from '../clock.ts';
import { callAt } from '../timer.ts';
import { discardBody, readBody } from './body.ts';
import { Figures, type ServerCounts } from './figures.ts';
import { Lines, type Turn } from './line.ts';
import { type ServerOptions, type ServerSettings, serverSettings } from './options.ts';
import { chatSite } from './page/page.ts';
import type { Site } from './page/site.ts';
import { type PollFate, PollTurn } from './poll-turn.ts';

/** How often the hub forgets what it no longer needs. */
const sweepEveryMs = 5000;
/** Most bytes of bodies in one answer. */
const maxAnswerBytes = 8 * 1024 * 1024;
const textType = 'text/plain;charset=utf-8';
const goodbye = 'the server is shutting down';

/**
 * Our protocol as a request handler: `http.createServer(handler.accept)` is a server that speaks it. What
 * never reaches a handler in Node (malformed requests, `CONNECT`, `Expect`) is `PollServer`'s.
 */
export class Handler {
  readonly settings: ServerSettings;
  readonly lines = new Lines();
  readonly #site: Site;
  readonly #rules: Rules;
  readonly #clock = monotonicClock();
  readonly #hub: Hub;
  readonly #writer: AnswerWriter;
  readonly #cors: Cors;
  readonly #figures = new Figures();
  readonly #polls = new Map<PollId, PollTurn>();
  readonly #fate: PollFate = {
    begin: (turn) => this.#beginPoll(turn),
    end: (turn, whole) => this.#endPoll(turn, whole),
  };
  readonly #sweeper: NodeJS.Timeout;
  #lastId: PollId = 0;
  #draining = false;

  /**
   * @param site what a person is shown; the chat page when it is not said
   * @throws UsageError with every setting that cannot be
   */
  constructor(options: ServerOptions = {}, site?: Site) {
    this.settings = serverSettings(options);
    this.#site = site ?? chatSite(this.settings.semantics);
    this.#rules = { ...this.settings, scripts: this.#site.scripts };
    const article = this.settings.semantics === 'article';
    const { backlog, backlogAgeMs, lingerMs, maxHeld, maxChannels, sameClient } = this.settings;
    const memory = { backlog: article ? 0 : backlog, backlogAgeMs, lingerMs, sameClient };
    const bounds = { maxHeld, maxChannels, maxAnswerBytes };
    this.#hub = new Hub(
      { epoch: newEpoch(), ...memory, ...bounds },
      {
        reply: (id, reply) => {
          const turn = this.#polls.get(id)!;
          if (turn.answered()) this.#figures.holdEnded();
          const answer = this.#writer.answer(reply, turn.style, turn.key, turn.cors);
          this.#send(turn.route, turn.response, answer);
        },
        wakeAt: (id, at) => {
          const ring = (): void => this.#hub.expire(this.#clock.now(), id);
          this.#polls.get(id)!.alarm = callAt(this.#clock, at, ring);
        },
      },
    );
    this.#writer = new AnswerWriter(this.#clock.epochMs);
    this.#cors = new Cors(this.settings.cors);
    this.#sweeper = setInterval(() => this.#hub.sweep(this.#clock.now()), sweepEveryMs).unref();
  }

  /** Answers one request; to be given to `http.createServer`. Needs no `this`. */
  readonly accept = (request: IncomingMessage, response: ServerResponse): void => {
    this.#accept(request, response, false);
  };

  /** The same for a request with `Expect: 100-continue`: a refusal comes before the body is sent. */
  readonly acceptExpecting = (request: IncomingMessage, response: ServerResponse): void => {
    this.#accept(request, response, true);
  };

  /** Refuses an expectation that is not `100-continue` (RFC 9110 section 10.1.1). */
  readonly refuseExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    this.lines.join(plainTurn(request, response));
    this.#send('other', response, refusal('text', 417, 'only 100-continue can be expected here'));
  };

  counts(): ServerCounts {
    const { requests, heldMax } = this.#figures;
    return { ...this.#hub.counts(), requests, heldMax };
  }

  /** A message of this process's own, to everyone who waits for it; lost where there is no room for its channel. */
  publish(channel: Channel, body: Uint8Array): void {
    this.#hub.publish(this.#clock.now(), channel, body);
  }

  /** Ends every hold; whatever still comes is refused with 503, on a connection that closes after it. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    clearInterval(this.#sweeper);
    this.#hub.drain();
  }

  /** An answer to something that never became a question. */
  countBroken(status: number): void {
    this.#figures.answered('other', status);
  }

  #accept(request: IncomingMessage, response: ServerResponse, expecting: boolean): void {
    const { method = '', url = '', httpVersion, rawHeaders } = request;
    const head = { method, target: url, version: httpVersion, rawHeaders };
    const reading = readRequest(head, this.#rules);
    const { route, face, fields, question } = reading;
    const cors = this.#cors.headersFor(fields.origin);
    // A body that nobody reads would stop the connection from being read, and its end from being noticed.
    if (fields.hasBody && question.kind !== 'publish') request.resume();

    if (question.kind === 'poll') {
      if (expecting) response.writeContinue();
      const style = { face, semantics: this.settings.semantics, appliedWait: question.appliedWait };
      this.lines.join(new PollTurn(request, response, route, question.poll, style, cors, this.#fate));
      return;
    }
    this.lines.join(plainTurn(request, response));
    if (this.#draining) this.#refuseBody(request, response, route, unavailable(face, goodbye), cors);
    else if (question.kind === 'publish') this.#publish(request, response, question.channel, cors, expecting);
    else this.#send(route, response, this.#answerTo(reading, question), cors);
  }

  #answerTo(reading: Reading, question: Exclude<Question, { kind: 'poll' | 'publish' }>): Answer {
    const now = this.#clock.now();
    switch (question.kind) {
      case 'answer':
        return question.answer;
      case 'options': {
        const { origin, requestedMethod, requestedHeaders } = reading.fields;
        const { allow } = question;
        const preflight =
          requestedMethod === undefined ? [] : this.#cors.preflight(origin, requestedHeaders, allow);
        return bareAnswer(204, ['Allow', allow, ...preflight]);
      }
      case 'presence': {
        const json = JSON.stringify(this.#hub.presence(now, question.channel));
        return contentAnswer(200, 'application/json', json);
      }
      case 'healthz':
        return contentAnswer(200, textType, 'ok');
      case 'metrics': {
        const metrics = this.#figures.metrics(this.#hub.counts(), this.#hub.countOnline(now));
        return contentAnswer(200, metricsType, metricsText(metrics));
      }
      case 'page':
        return this.#site.page();
      case 'script':
        return this.#site.script(question.name);
    }
  }

  #publish(
    request: IncomingMessage,
    response: ServerResponse,
    channel: Channel,
    cors: readonly string[],
    expecting: boolean,
  ): void {
    const { maxBodyBytes, semantics } = this.settings;
    let tooLarge = false;
    readBody(request, maxBodyBytes, (end) => {
      tooLarge = end.kind === 'too-large';
      if (response.headersSent) return;
      if (end.kind === 'too-large') {
        const answer = refusal('text', 413, `body: may be at most ${maxBodyBytes} bytes`);
        return this.#refuseBody(request, response, 'publish', answer, cors);
      }
      if (end.body.length === 0 && semantics === 'buffered') {
        const answer = refusal('text', 400, 'body: is empty; an empty message cannot be told from nothing');
        return this.#send('publish', response, answer, cors);
      }
      const published = this.#hub.publish(this.#clock.now(), channel, end.body);
      if (published.kind === 'refused') {
        return this.#send('publish', response, unavailable('text', published.detail), cors);
      }
      const place = ['Poll-Message-Id', published.message.id, 'Poll-Cursor', published.cursor];
      this.#send('publish', response, contentAnswer(200, textType, 'ok', place), cors);
    });
    if (expecting && !tooLarge) response.writeContinue();
  }

  /**
   * Closes the connection on a request whose body nobody wants. The answer goes out at once and whole, and
   * the connection is closed only when the client has had time to read it.
   */
  #refuseBody(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route,
    answer: Answer,
    cors: readonly string[],
  ): void {
    this.#figures.answered(route, answer.status);
    response.writeHead(answer.status, [...answer.headers, ...cors, 'Connection', 'close']);
    response.write(answer.body);
    if (request.complete) response.end();
    else discardBody(request, () => response.end());
  }

  #beginPoll(turn: PollTurn): void {
    if (this.#draining) {
      this.#send(turn.route, turn.response, unavailable(turn.style.face, goodbye), turn.cors);
      return;
    }
    turn.id = ++this.#lastId;
    this.#polls.set(turn.id, turn);
    this.#hub.poll(this.#clock.now(), turn.id, turn.poll);
    if (turn.held()) this.#figures.holdBegan();
  }

  #endPoll(turn: PollTurn, whole: boolean): void {
    if (!this.#polls.delete(turn.id)) return;
    if (turn.answered()) this.#figures.holdEnded();
    if (whole) this.#hub.written(this.#clock.now(), turn.id);
    else this.#hub.cut(this.#clock.now(), turn.id);
  }

  #send(route: Route, response: ServerResponse, answer: Answer, cors: readonly string[] = []): void {
    this.#figures.answered(route, answer.status);
    let headers = answer.headers;
    if (cors.length > 0) headers = [...headers, ...cors];
    if (this.#draining) headers = [...headers, 'Connection', 'close'];
    // Node reads the list and does not keep it.
    response.writeHead(answer.status, headers as string[]);
    if (answer.body.length === 0) response.end();
    else response.end(answer.body);
  }
}

function plainTurn(request: IncomingMessage, response: ServerResponse): Turn {
  return { request, response, written: () => {}, cut: () => {} };
}

/** A word that no other life of any server has had, in `0-9a-z`. */
function newEpoch(): string {
  return BigInt(`0x${randomBytes(10).toString('hex')}`).toString(36);
}

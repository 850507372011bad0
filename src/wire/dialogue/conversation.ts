import { meaningOf } from '../extract.ts';
import type { RequestTemplate } from '../profile/request.ts';
import { pollTemplate } from '../profile/requests.ts';
import type { Profile } from '../profile/schema.ts';
import type { HttpRequest } from '../request.ts';
import { Cookies } from './cookies.ts';
import { Counters } from './counters.ts';
import type { Item } from './items.ts';
import { describeMatcher, matches } from './match.ts';
import { capture, demandAnswer, valueAt } from './opening.ts';
import type { ProfilePlace } from './place.ts';
import { addType, render } from './render.ts';
import type { Ask, Dialogue, DialogueNames, DialogueOptions, Published, Reading, Steps } from './types.ts';
import { type Answer, AnswerView, firstMatch } from './view.ts';

type Texts = Record<string, string | undefined>;

/** The conversation that a profile describes. */
export class Conversation implements Dialogue {
  readonly #profile: Profile;
  readonly #options: DialogueOptions;
  /** What never changes: the client's names, and constants. */
  readonly #constants: Texts;
  readonly #templates: { readonly regular: RequestTemplate; readonly long: RequestTemplate };
  /** Of `starts.now`, what is no cursor and so goes with every poll. */
  readonly #startExtras: ProfilePlace;
  readonly #cookies: Cookies | undefined;
  #captured: Texts = {};
  #counters: Counters | undefined;
  #countersBefore: Counters | undefined;
  /** What the last poll went on from. */
  #place: ProfilePlace = {};
  #isOpen: boolean;

  constructor(profile: Profile, names: DialogueNames, options: DialogueOptions) {
    this.#profile = profile;
    this.#options = options;
    const special = options.regular ? profile.regular?.vars : undefined;
    this.#constants = { ...names, ...profile.vars, ...special };
    this.#templates = { regular: pollTemplate(profile, true), long: profile.subscribe };
    const cursors = new Set(profile.cursor.map((each) => each.var));
    const starts = Object.entries(profile.starts.now ?? {});
    this.#startExtras = Object.fromEntries(starts.filter(([name]) => !cursors.has(name)));
    this.#cookies = profile.identity?.kind === 'cookie' ? new Cookies() : undefined;
    this.#isOpen = profile.open.length === 0;
    this.#count();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  *opening(): Steps<void> {
    this.#captured = {};
    this.#place = {};
    this.#count();
    for (const [i, step] of this.#profile.open.entries()) {
      const where = `open[${i}]`;
      const answer = yield this.#render(step, { nonce: this.#nonce() });
      this.#cookies?.take(answer);
      demandAnswer(where, step, answer);
      Object.assign(this.#captured, capture(where, step.capture, answer));
    }
    this.#isOpen = true;
  }

  poll(ask: Ask): HttpRequest {
    const { hold, starts } = this.#profile;
    const place = ask.place ?? starts.now ?? {};
    this.#place = place;
    const extra: Texts = {
      wait: ask.waitText === undefined ? inUnit(ask.waitMs, hold.unit) : (ask.waitText ?? undefined),
      nonce: ask.nonce,
      ...(ask.max !== undefined && { max: String(ask.max) }),
    };
    const template = ask.regular ? this.#templates.regular : this.#templates.long;
    if (this.#counters === undefined) return this.#render(template, extra);
    if (ask.again === true && this.#countersBefore !== undefined)
      return this.#render(template, extra, undefined, this.#countersBefore.copy());
    this.#countersBefore = this.#counters.copy();
    return this.#render(template, extra);
  }

  read(answer: Answer): Reading {
    this.#cookies?.take(answer);
    const view = new AnswerView(answer);
    const { outcome, session, items } = meaningOf(this.#profile, view);
    const followUps = session === 'open' || session === 'ended' ? this.#followUps(view, items) : [];
    if (session === 'lost') this.#isOpen = false;
    return { outcome: this.#whole(outcome), session, followUps, ids: items.map(({ id }) => id) };
  }

  publish(body: string | Uint8Array, nonce: string): HttpRequest {
    const { publish, claims } = this.#profile;
    const bytes = typeof body === 'string' ? undefined : body;
    const message = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
    const extra: Texts = {
      message,
      nonce,
      ...(bytes !== undefined && { 'message|base64': Buffer.from(bytes).toString('base64') }),
    };
    const template = {
      ...publish,
      body: publish.form === undefined ? (publish.body ?? '{message}') : undefined,
    };
    const request = this.#render(template, extra, bytes);
    const headers: Record<string, string> = { ...request.headers };
    if (publish.type !== undefined) addType(headers, publish.type);
    if (claims.dedupe) headers[claims.dedupe.header] ??= nonce;
    return { ...request, headers };
  }

  published(answer: Answer): Published {
    this.#cookies?.take(answer);
    const { publish, presence } = this.#profile;
    const view = new AnswerView(answer);
    let why: string | undefined;
    if (!publish.ok.includes(answer.status)) why = `status ${answer.status}, not ${publish.ok.join(' or ')}`;
    else if (publish.require !== undefined && !matches(publish.require, view, undefined))
      why = `the answer has not ${describeMatcher(publish.require)}`;
    const told =
      presence !== undefined && 'fromPublishAnswer' in presence
        ? firstMatch(presence.fromPublishAnswer, answer.text)
        : undefined;
    return {
      acknowledged: why === undefined,
      why,
      subscribers: told !== undefined && /^\d+$/.test(told) ? Number(told) : undefined,
      id: publish.id === undefined ? undefined : valueAt(publish.id, view),
    };
  }

  *closing(): Steps<void> {
    if (!this.#isOpen) return;
    for (const template of this.#profile.close) yield this.#render(template, { nonce: this.#nonce() });
    this.#isOpen = this.#profile.open.length === 0;
  }

  /** Replies and acknowledgements that an answer asks for. */
  #followUps(view: AnswerView, items: readonly Item[]): readonly HttpRequest[] {
    const { reply, ack } = this.#profile;
    const requests: HttpRequest[] = [];
    for (const { when, request } of reply) {
      if (matches(when, view, items.length)) requests.push(this.#render(request, { nonce: this.#nonce() }));
    }
    if (ack === undefined) return requests;
    for (const { id } of items) {
      if (id !== undefined) requests.push(this.#render(ack, { id, nonce: this.#nonce() }));
    }
    return requests;
  }

  /** An outcome whose cursor is complete: an answer that gives one of several variables leaves the others as they were. */
  #whole(outcome: Reading['outcome']): Reading['outcome'] {
    if (outcome.kind !== 'messages' && outcome.kind !== 'empty') return outcome;
    if (outcome.cursor === undefined || this.#profile.cursor.length < 2) return outcome;
    const old = this.#profile.cursor.flatMap(({ var: name }) =>
      this.#place[name] === undefined ? [] : [[name, this.#place[name]] as const],
    );
    return { ...outcome, cursor: { ...Object.fromEntries(old), ...outcome.cursor } };
  }

  #render(
    template: RequestTemplate,
    extra: Texts,
    bytes?: Uint8Array,
    counters = this.#counters,
  ): HttpRequest {
    const variables: Texts = {
      ...this.#constants,
      ...this.#captured,
      ...this.#startExtras,
      ...this.#place,
      ...extra,
    };
    counters?.define(variables);
    const request = render(template, variables, this.#profile.bases, bytes);
    const cookie = this.#cookies?.header;
    if (cookie === undefined) return request;
    return { ...request, headers: { ...request.headers, Cookie: cookie } };
  }

  #count(): void {
    const { counters } = this.#profile;
    this.#countersBefore = undefined;
    if (Object.keys(counters).length > 0) this.#counters = Counters.begin(counters, this.#options.random);
  }

  #nonce(): string {
    return String(this.#options.random()).slice(2);
  }
}

function inUnit(ms: number, unit: 's' | 'ms'): string {
  return String(unit === 's' ? ms / 1000 : ms);
}

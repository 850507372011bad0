import { seededRandom } from '../protocol/random.ts';
import {
  type Adapter,
  channelSetup,
  type Dialogue,
  OpeningFailed,
  presenceRequest,
  type Reading,
  type Steps,
  startDialogue,
} from '../wire/dialogue.ts';
import type { ProfilePlace } from '../wire/extract.ts';
import type { Profile } from '../wire/profile.ts';
import { formatDuration } from '../wire/units.ts';
import type { Pending, Talk, Talker } from './profile-talk.ts';

const answerPatienceMs = 10_000;
/** A poll that is still open after this is held. */
const heldAfterMs = 400;
/** So many answers in a row that were not held: what was lying there is drained, or nothing is ever held. */
const mostAtOnce = 20;

/** A step did not go as the profile says. */
export class StepFailed extends Error {
  readonly talk: Talk | undefined;

  constructor(message: string, talk?: Talk) {
    super(message);
    this.talk = talk;
  }
}

/** One conversation with a target, step by step. */
export class Walk {
  readonly #profile: Profile;
  readonly #say: (line: string) => void;
  readonly #channel: string;
  readonly #reader: Dialogue;
  readonly #publisher: Dialogue;
  readonly #regular: Dialogue;
  readonly #lines: { polls: Talker; posts: Talker; keeping: Talker };
  #nonces = 0;

  constructor(
    profile: Profile,
    adapter: Adapter | undefined,
    talker: () => Talker,
    say: (line: string) => void,
    mark: number,
  ) {
    this.#profile = profile;
    this.#say = say;
    this.#channel = `pollmark-check-${mark.toString(36)}`;
    const random = seededRandom('profile-check', mark);
    const begin = (who: string, regular: boolean): Dialogue =>
      startDialogue(
        profile,
        { channel: this.#channel, client: `${this.#channel}-${who}` },
        { regular, adapter, random },
      );
    this.#reader = begin('reader', false);
    this.#publisher = begin('publisher', false);
    this.#regular = begin('regular', true);
    this.#lines = { polls: talker(), posts: talker(), keeping: talker() };
  }

  async go(): Promise<void> {
    const { profile, channel } = { profile: this.#profile, channel: this.#channel };
    const { polls, posts, keeping } = this.#lines;
    if (profile.channelSetup.length > 0)
      await this.#steps('set up the channel', channelSetup(profile, channel), posts);
    await this.#open('open a session', this.#reader, polls);
    const { poll, place } = await this.#subscribe();
    if (profile.publish.as === 'session') await this.#open('open for publishing', this.#publisher, posts);
    // Whoever may publish only while he listens has to listen.
    const kept =
      profile.publish.as === 'session'
        ? keeping.send(this.#ask(this.#publisher, undefined, false), this.#holdMs + answerPatienceMs)
        : undefined;
    await this.#presence(posts);
    const text = `pollmark check ${channel} "quoted" <&> é`;
    await this.#publish(text, posts);
    await this.#receive(text, poll, place);
    if (kept !== undefined) void kept.ended;
    if (profile.regular !== undefined) await this.#pollRegularly();
    if (profile.close.length > 0)
      await this.#steps('take leave', this.#reader.closing(), posts).catch(() => {});
  }

  end(): void {
    for (const line of Object.values(this.#lines)) line.close();
  }

  get #holdMs(): number {
    const { kind, time } = this.#profile.hold;
    return Math.min(kind === 'requested' ? (time ?? 10_000) : 10_000, 10_000);
  }

  #ask(dialogue: Dialogue, place: ProfilePlace | undefined, regular: boolean): Talk['request'] {
    const nonce = `check-${this.#nonces++}`;
    try {
      return dialogue.poll({ place, waitMs: regular ? 0 : this.#holdMs, regular, nonce });
    } catch (error) {
      throw new StepFailed(`${regular ? 'regular' : 'subscribe'}: ${(error as Error).message}`);
    }
  }

  async #steps(what: string, steps: Steps<void>, line: Talker): Promise<void> {
    let talk: Talk | undefined;
    try {
      for (let step = steps.next(); step.done !== true; step = steps.next(talk.answer!)) {
        talk = await line.send(step.value, answerPatienceMs).ended;
        if (talk.answer === undefined) throw new StepFailed(`${what}: no answer (${talk.problem})`, talk);
        this.#tell(what, talk, '');
      }
    } catch (error) {
      if (error instanceof OpeningFailed) throw new StepFailed(`${what}: ${error.message}`, talk);
      throw error;
    }
  }

  async #open(what: string, dialogue: Dialogue, line: Talker): Promise<void> {
    if (!dialogue.isOpen) await this.#steps(what, dialogue.opening(), line);
  }

  /** Polls until a poll is held, or until nothing new is there any more. */
  async #subscribe(): Promise<{ poll: Pending | undefined; place: ProfilePlace | undefined }> {
    let place: ProfilePlace | undefined;
    for (let i = 0; i < mostAtOnce; i++) {
      const poll = this.#lines.polls.send(this.#ask(this.#reader, place, false), this.#patienceMs);
      const talk = await poll.within(heldAfterMs);
      if (talk === undefined) {
        this.#say(
          `subscribe             ${poll.request.method} ${poll.request.path}\n                      is held`,
        );
        return { poll, place };
      }
      const reading = await this.#read('subscribe', this.#reader, talk);
      place = placeOf(reading) ?? place;
    }
    this.#say(`note: ${mostAtOnce} polls in a row came back at once, so nothing was held`);
    return { poll: undefined, place };
  }

  get #patienceMs(): number {
    const { time = 0, slack, jitter, kind } = this.#profile.hold;
    return kind === 'unbounded' ? 60_000 : Math.max(this.#holdMs, time) + slack + jitter + answerPatienceMs;
  }

  async #presence(line: Talker): Promise<void> {
    const request = presenceRequest(this.#profile, this.#channel);
    if (request === undefined) return;
    const talk = await line.send(request, answerPatienceMs).ended;
    if (talk.answer?.status !== 200) throw new StepFailed('presence: expected status 200', talk);
    this.#tell('presence', talk, talk.answer.text.trim().slice(0, 100));
  }

  async #publish(text: string, line: Talker): Promise<void> {
    const talk = await line.send(this.#publisher.publish(text, `check-${this.#nonces++}`), answerPatienceMs)
      .ended;
    if (talk.answer === undefined) throw new StepFailed(`publish: no answer (${talk.problem})`, talk);
    const { acknowledged, why, id, subscribers } = this.#publisher.published(talk.answer);
    if (!acknowledged) throw new StepFailed(`publish: not acknowledged: ${why}`, talk);
    const facts = ['acknowledged'];
    if (id !== undefined) facts.push(`id ${id}`);
    if (subscribers !== undefined) facts.push(`${subscribers} subscribers`);
    this.#tell('publish', talk, facts.join(', '));
  }

  async #receive(text: string, first: Pending | undefined, from: ProfilePlace | undefined): Promise<void> {
    let place = from;
    let poll = first;
    let talk: Talk | undefined;
    for (let i = 0; i < mostAtOnce; i++) {
      await this.#open('open a session again', this.#reader, this.#lines.polls);
      poll ??= this.#lines.polls.send(this.#ask(this.#reader, place, false), this.#patienceMs);
      talk = await poll.ended;
      const reading = await this.#read('receive', this.#reader, talk);
      place = placeOf(reading) ?? place;
      poll = undefined;
      if (reading.outcome.kind !== 'messages') continue;
      if (reading.outcome.messages.includes(text)) return;
      const near = reading.outcome.messages.find((each) => each.includes(this.#channel));
      if (near !== undefined)
        throw new StepFailed(
          `receive: the message came back changed: ${JSON.stringify(near)} in place of ${JSON.stringify(text)}; see messages in the profile, and the filters of publish`,
          talk,
        );
    }
    throw new StepFailed('receive: the message that was published did not come', talk);
  }

  async #pollRegularly(): Promise<void> {
    await this.#open('open for regular', this.#regular, this.#lines.polls);
    const talk = await this.#lines.polls.send(this.#ask(this.#regular, undefined, true), answerPatienceMs)
      .ended;
    await this.#read('poll regularly', this.#regular, talk);
    if (talk.tookMs > 2000)
      this.#say(
        `note: a regular poll should be answered at once; this one took ${Math.round(talk.tookMs)} ms`,
      );
  }

  /** Reads an answer to a poll and says what it means. */
  async #read(what: string, dialogue: Dialogue, talk: Talk): Promise<Reading> {
    if (talk.answer === undefined) throw new StepFailed(`${what}: no answer (${talk.problem})`, talk);
    const reading = dialogue.read(talk.answer);
    const { outcome, session, followUps } = reading;
    this.#tell(what, talk, inWords(reading));
    for (const request of followUps) {
      const reply = await this.#lines.posts.send(request, answerPatienceMs).ended;
      this.#tell('  follow-up', reply, '');
    }
    if (session === 'lost') await this.#open('open the session again', dialogue, this.#lines.polls);
    else if (session !== 'open')
      throw new StepFailed(`${what}: the ${session === 'gone' ? 'channel' : 'stream'} is over`, talk);
    else if (outcome.kind === 'refused')
      throw new StepFailed(
        `${what}: the profile does not know this answer (${outcome.status}): it has no messages by "messages", and nothing of "empty" matches it`,
        talk,
      );
    return reading;
  }

  #tell(what: string, { request, answer, tookMs }: Talk, meaning: string): void {
    const status =
      answer === undefined ? 'no answer' : `${answer.status} after ${formatDuration(Math.round(tookMs))}`;
    this.#say(`${what.padEnd(22)}${request.method} ${request.base ?? ''}${request.path}`);
    this.#say(`${''.padEnd(22)}${status}${meaning === '' ? '' : `: ${meaning}`}`);
  }
}

function placeOf({ outcome }: Reading): ProfilePlace | undefined {
  return 'cursor' in outcome ? outcome.cursor : undefined;
}

function inWords({ outcome, session, ids }: Reading): string {
  const parts: string[] = [];
  if (outcome.kind === 'messages') {
    const { messages } = outcome;
    const shown = JSON.stringify(messages[0] ?? '');
    parts.push(
      messages.length === 1 ? `1 message, ${shown}` : `${messages.length} messages, the first ${shown}`,
    );
    if (ids[0] !== undefined) parts.push(`id ${ids[0]}`);
  } else parts.push(outcome.kind === 'empty' ? 'nothing new' : outcome.kind);
  if ('behind' in outcome && outcome.behind) parts.push('behind');
  if ('cursor' in outcome && outcome.cursor !== undefined)
    parts.push(...Object.entries(outcome.cursor).map(([name, value]) => `${name} = ${value}`));
  if (session !== 'open') parts.push(`session ${session}`);
  return parts.join(', ');
}

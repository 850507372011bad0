import { describe, expect, it } from 'vitest';
import { CursorCodec } from '../../src/protocol/cursor.ts';
import { Hub, type HubOptions } from '../../src/protocol/hub.ts';
import type { Cursor } from '../../src/protocol/message.ts';
import type { Poll, Reply } from '../../src/protocol/poll.ts';

const hour = 3_600_000;
const defaults: HubOptions = {
  epoch: 'e',
  backlog: 100,
  backlogAgeMs: hour,
  lingerMs: 30_000,
  maxHeld: 100,
  maxChannels: 100,
  maxAnswerBytes: 1000,
  sameClient: 'all',
};

/** A hub whose port writes down, in one line each, what it was asked to do. */
function hubAndLog(options: Partial<HubOptions> = {}) {
  const log: string[] = [];
  const replies = new Map<number, Reply>();
  const hub = new Hub(
    { ...defaults, ...options },
    {
      reply(id, reply) {
        log.push(`${id} ${say(reply)}`);
        replies.set(id, reply);
      },
      wakeAt: (id, at) => log.push(`${id} wakes at ${at}`),
    },
  );
  const publish = (now: number, text: string, channel = 'main') => {
    const published = hub.publish(now, channel, new TextEncoder().encode(text));
    log.push(published.kind === 'published' ? `published ${text}` : `refused ${text}: ${published.reason}`);
    return published.kind === 'published' ? published.cursor : undefined;
  };
  const cursorOf = (id: number): Cursor => {
    const reply = replies.get(id);
    if (reply === undefined || reply.kind === 'refused') throw new Error(`poll ${id} got no cursor`);
    return reply.cursor;
  };
  const replyOf = (id: number): Reply => replies.get(id)!;
  return { hub, log, publish, cursorOf, replyOf };
}

function say(reply: Reply): string {
  if (reply.kind === 'refused') return `refused: ${reply.reason}, ${reply.detail}`;
  const texts =
    reply.kind === 'empty' ? ['nothing'] : reply.messages.map((m) => new TextDecoder().decode(m.body));
  return texts.join(' ') + (reply.behind ? ' (behind)' : '');
}

const ask = (more: Partial<Poll> = {}): Poll => ({
  channel: 'main',
  from: 'now',
  waitMs: 0,
  max: 100,
  ...more,
});
const wait = (more: Partial<Poll> = {}): Poll => ask({ waitMs: 25_000, ...more });

describe('a long poll', () => {
  it('is held, and answered within the publish, in order of arrival', () => {
    const { hub, log, publish } = hubAndLog();
    hub.poll(0, 1, wait());
    hub.poll(5, 2, wait());
    hub.poll(9, 3, wait({ channel: 'other' }));
    expect(hub.counts().held).toBe(3);
    publish(100, 'hello');
    expect(log).toEqual([
      '1 wakes at 25000',
      '2 wakes at 25005',
      '3 wakes at 25009',
      '1 hello',
      '2 hello',
      'published hello',
    ]);
    expect(hub.counts()).toMatchObject({ held: 1, published: 1, delivered: 2 });
  });

  it('is answered empty when its time is over, once, and not before', () => {
    const { hub, log } = hubAndLog();
    hub.poll(0, 1, wait());
    expect(() => hub.expire(24_999, 1)).toThrow('poll 1 expired at 24999, before 25000');
    hub.expire(25_003, 1);
    hub.expire(25_004, 1);
    expect(log).toEqual(['1 wakes at 25000', '1 nothing']);
    expect(hub.counts().held).toBe(0);
  });

  it('does not wait when something already came after its cursor', () => {
    const { hub, log, publish, cursorOf } = hubAndLog();
    hub.poll(0, 1, ask());
    publish(1, 'one');
    publish(2, 'two');
    hub.poll(3, 2, wait({ from: cursorOf(1) }));
    expect(log.at(-1)).toBe('2 one two');
  });

  it('may have no limit, and then asks for no alarm', () => {
    const { hub, log, publish } = hubAndLog({ backlog: 0 });
    hub.poll(0, 1, wait({ waitMs: Number.POSITIVE_INFINITY }));
    expect(log).toEqual([]);
    publish(10 * hour, 'at last');
    expect(log).toEqual(['1 at last', 'published at last']);
  });

  it('is forgotten when its client vanishes', () => {
    const { hub, log, publish } = hubAndLog();
    hub.poll(0, 1, wait());
    hub.cut(10, 1);
    publish(20, 'to nobody');
    hub.expire(25_000, 1);
    expect(log).toEqual(['1 wakes at 25000', 'published to nobody']);
    expect(hub.presence(20, 'main').held).toBe(0);
  });
});

describe('a cursor', () => {
  it('pages through a backlog without skipping and without repeating', () => {
    const { hub, log, publish, cursorOf } = hubAndLog();
    for (const text of ['a', 'b', 'c']) publish(0, text);
    hub.poll(1, 1, ask({ from: 'oldest', max: 2 }));
    hub.poll(1, 2, ask({ from: cursorOf(1), max: 2 }));
    hub.poll(1, 3, ask({ from: cursorOf(2), max: 2 }));
    expect(log.slice(3)).toEqual(['1 a b', '2 c', '3 nothing']);
  });

  it('older than the backlog is told so at once, even by a poll that would wait and finds nothing', () => {
    const { hub, log, publish, cursorOf } = hubAndLog({ backlogAgeMs: 1000 });
    hub.poll(0, 1, ask());
    publish(1, 'gone');
    hub.poll(5000, 2, wait({ from: cursorOf(1) }));
    hub.poll(5000, 3, wait({ from: cursorOf(2) }));
    expect(log.slice(2)).toEqual(['2 nothing (behind)', '3 wakes at 30000']);
  });

  it('of another life is behind, and the life after a channel was forgotten is another one', () => {
    const { hub, log, cursorOf } = hubAndLog();
    hub.poll(0, 1, ask({ from: new CursorCodec('main', 'dz0').write(7) }));
    const old = cursorOf(1);
    hub.sweep(hour);
    hub.poll(hour, 2, ask({ from: old }));
    hub.sweep(2 * hour + 1);
    expect(hub.counts().channels).toBe(0);
    hub.poll(2 * hour + 2, 3, ask({ from: old }));
    expect(log).toEqual(['1 nothing (behind)', '2 nothing', '3 nothing (behind)']);
  });

  it('that makes no sense is refused with the reason', () => {
    const { hub, log, publish } = hubAndLog();
    const here = publish(0, 'one')!;
    hub.poll(1, 1, wait({ from: here.slice(1) as Cursor }));
    hub.poll(1, 2, wait({ from: here, channel: 'other' }));
    hub.poll(1, 3, wait({ from: new CursorCodec('main', 'ez0').write(2) }));
    expect(log.slice(1)).toEqual([
      '1 refused: bad-cursor, is malformed',
      '2 refused: bad-cursor, is of another channel',
      '3 refused: bad-cursor, is beyond the newest message',
    ]);
  });
});

describe('a client with a name', () => {
  const ann = { client: 'ann', from: 'place' } as const;

  it('gets from poll to poll what came in between, without a cursor', () => {
    const { hub, log, publish } = hubAndLog();
    publish(0, 'before her time');
    hub.poll(1, 1, ask(ann));
    hub.written(1, 1);
    publish(2, 'a');
    publish(3, 'b');
    hub.poll(4, 2, ask(ann));
    hub.written(4, 2);
    hub.poll(5, 3, ask(ann));
    expect(log).toEqual([
      'published before her time',
      '1 nothing',
      'published a',
      'published b',
      '2 a b',
      '3 nothing',
    ]);
  });

  it('gets an answer again that was cut on its way', () => {
    const { hub, log, publish } = hubAndLog();
    hub.poll(0, 1, wait(ann));
    publish(1, 'a');
    hub.cut(2, 1);
    hub.poll(3, 2, ask(ann));
    hub.written(3, 2);
    hub.poll(4, 3, ask(ann));
    expect(log.slice(1)).toEqual(['1 a', 'published a', '2 a', '3 nothing']);
  });

  it('is told again that it is behind when the answer that said so was cut', () => {
    const { hub, log } = hubAndLog();
    hub.poll(0, 1, ask({ client: 'ann', from: new CursorCodec('main', 'dz0').write(7) }));
    hub.cut(1, 1);
    hub.poll(2, 2, ask(ann));
    hub.written(2, 2);
    hub.poll(3, 3, wait(ann));
    expect(log).toEqual(['1 nothing (behind)', '2 nothing (behind)', '3 wakes at 25003']);
  });

  it('moves its place by a cursor, forwards and back', () => {
    const { hub, log, publish } = hubAndLog();
    const [a, b] = [publish(0, 'a')!, publish(0, 'b')!];
    hub.poll(1, 1, ask({ client: 'ann', from: b }));
    hub.poll(2, 2, ask({ client: 'ann', from: a }));
    hub.cut(3, 2);
    hub.poll(4, 3, ask(ann));
    expect(log.slice(2)).toEqual(['1 nothing', '2 b', '3 b']);
  });

  it('is online while it polls and for the linger after; its place goes later than that', () => {
    const { hub, log, publish } = hubAndLog();
    hub.poll(0, 1, ask(ann));
    hub.written(0, 1);
    publish(1, 'a');
    expect(hub.presence(30_000, 'main')).toEqual({ online: ['ann'], held: 0 });
    expect(hub.presence(30_001, 'main')).toEqual({ online: [], held: 0 });
    expect(hub.presence(0, 'unknown')).toEqual({ online: [], held: 0 });
    hub.sweep(hour);
    hub.poll(hour, 2, ask(ann));
    hub.cut(hour, 2);
    hub.sweep(2 * hour + 1);
    publish(2 * hour + 1, 'b');
    hub.poll(2 * hour + 2, 3, ask(ann));
    expect(log.slice(2)).toEqual(['2 a', 'published b', '3 nothing']);
  });

  it('is listed in the order in which the clients came, and comes last when it was forgotten in between', () => {
    const { hub } = hubAndLog();
    hub.poll(0, 1, ask(ann));
    hub.written(0, 1);
    hub.poll(1, 2, wait({ client: 'bob' }));
    hub.sweep(30_001);
    hub.poll(30_002, 3, wait(ann));
    expect(hub.presence(30_003, 'main').online).toEqual(['bob', 'ann']);
  });

  it('ends a poll only once, whatever else is said of it afterwards', () => {
    const { hub } = hubAndLog();
    hub.poll(0, 1, ask(ann));
    hub.written(0, 1);
    hub.cut(9, 1);
    hub.written(9, 1);
    expect(hub.presence(30_000, 'main').online).toEqual(['ann']);
    expect(hub.presence(30_001, 'main').online).toEqual([]);
  });

  it('does not lose its place during a hold that outlasts everybody’s patience', () => {
    const { hub, log, publish } = hubAndLog({ backlogAgeMs: 1000, lingerMs: 1000 });
    hub.poll(0, 1, wait({ ...ann, waitMs: hour }));
    hub.cut(hour - 1, 1);
    publish(hour, 'a');
    hub.sweep(hour + 900);
    hub.poll(hour + 900, 2, ask(ann));
    expect(log.slice(2)).toEqual(['2 a']);
  });

  it('may hold two polls at once, or lets the older one go, as the policy says', () => {
    const all = hubAndLog({ sameClient: 'all' });
    const newest = hubAndLog({ sameClient: 'newest' });
    for (const { hub, publish } of [all, newest]) {
      hub.poll(0, 1, wait(ann));
      hub.poll(1, 2, wait(ann));
      publish(2, 'a');
    }
    expect(all.log.slice(2)).toEqual(['1 a', '2 a', 'published a']);
    expect(newest.log.slice(1)).toEqual(['1 nothing', '2 wakes at 25001', '2 a', 'published a']);
  });
});

describe('a hub at its limits', () => {
  it('refuses one hold too many, but still answers what need not wait', () => {
    const { hub, log, publish } = hubAndLog({ maxHeld: 1 });
    hub.poll(0, 1, wait());
    hub.poll(0, 2, wait({ client: 'ann' }));
    hub.poll(0, 3, ask());
    expect(log.slice(1)).toEqual(['2 refused: over-capacity, too many held requests', '3 nothing']);
    expect(hub.presence(0, 'main')).toEqual({ online: [], held: 1 });
    publish(1, 'a');
    hub.poll(2, 4, wait());
    expect(hub.counts().held).toBe(1);
  });

  it('refuses one channel too many until an old one is forgotten', () => {
    const { hub, log, publish } = hubAndLog({ maxChannels: 1, backlogAgeMs: 0, lingerMs: 0 });
    publish(0, 'a', 'one');
    publish(0, 'b', 'two');
    hub.poll(0, 1, ask({ channel: 'two' }));
    hub.sweep(1);
    publish(2, 'c', 'two');
    expect(log).toEqual([
      'published a',
      'refused b: over-capacity',
      '1 refused: over-capacity, too many channels',
      'published c',
    ]);
    expect(hub.counts()).toMatchObject({ channels: 1, dropped: 1 });
  });

  it('ends every hold when it drains, in order of arrival, and refuses the rest', () => {
    const { hub, log, publish } = hubAndLog();
    hub.poll(0, 1, wait({ client: 'ann', from: 'place' }));
    hub.poll(1, 2, wait({ channel: 'other' }));
    hub.drain();
    hub.written(2, 1);
    publish(3, 'too late');
    hub.poll(4, 3, ask());
    const refusal = 'refused: draining, the server is shutting down';
    expect(log.slice(2)).toEqual([
      `1 ${refusal}`,
      `2 ${refusal}`,
      'refused too late: draining',
      `3 ${refusal}`,
    ]);
    expect(hub.counts().held).toBe(0);
    expect(hub.countOnline(30_002)).toBe(1);
    expect(hub.countOnline(30_003)).toBe(0);
  });

  it('keeps the order of arrival over all channels, whatever numbers polls have', () => {
    const { hub, log } = hubAndLog();
    for (const [now, id] of [900, 3, 130, 2, 100_000].entries())
      hub.poll(now, id, wait({ channel: id % 2 === 0 ? 'even' : 'odd' }));
    hub.cut(9, 130);
    hub.poll(9, 131, wait({ channel: 'even' }));
    hub.drain();
    expect(log.slice(6).map((line) => Number(line.split(' ')[0]))).toEqual([900, 3, 2, 100_000, 131]);
  });
});

describe('the same question', () => {
  it('gets the very same answer, until a message comes, goes or is asked for in other numbers', () => {
    const { hub, publish, cursorOf, replyOf } = hubAndLog({ backlog: 3 });
    hub.poll(0, 0, ask());
    for (const text of ['a', 'b']) publish(1, text);
    const from = cursorOf(0);
    for (const id of [1, 2]) hub.poll(2, id, ask({ from }));
    hub.poll(2, 3, ask({ from, max: 1 }));
    publish(3, 'c');
    for (const id of [4, 5]) hub.poll(4, id, ask({ from }));
    publish(5, 'd');
    hub.poll(6, 6, ask({ from }));
    hub.poll(1 + hour, 7, ask({ from }));
    hub.poll(2 + hour, 8, ask({ from }));
    expect(replyOf(2)).toBe(replyOf(1));
    expect(replyOf(5)).toBe(replyOf(4));
    const texts = [1, 3, 4, 6, 7, 8].map((id) => say(replyOf(id)));
    expect(texts).toEqual(['a b', 'a', 'a b c', 'b c d (behind)', 'b c d (behind)', 'c d (behind)']);
  });
});

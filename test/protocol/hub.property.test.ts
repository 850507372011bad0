import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hub, type HubOptions } from '../../src/protocol/hub.ts';
import type { Cursor } from '../../src/protocol/message.ts';
import type { From, Reply } from '../../src/protocol/poll.ts';
import { NaiveHub, type NaivePoll, type PlaceMark } from './naive-hub.ts';

const dt = fc.oneof({ weight: 5, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(400) });
const channel = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('publish' as const), dt, channel, bytes: fc.nat(40) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      act: fc.constant('poll' as const),
      dt,
      channel,
      client: fc.constantFrom(undefined, 'ann', 'bob'),
      from: fc.oneof(fc.constantFrom('now', 'oldest', 'place', 'garbage'), fc.nat(6)),
      waitMs: fc.constantFrom(0, 50, 200, Number.POSITIVE_INFINITY),
      max: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constantFrom('written' as const, 'cut' as const), dt, pick: fc.nat() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom('expire' as const, 'sweep' as const),
      dt,
      pick: fc.constant(0),
    }),
  },
);
const limits: fc.Arbitrary<HubOptions> = fc.record({
  epoch: fc.constant('test'),
  backlog: fc.nat(5),
  backlogAgeMs: fc.nat(500),
  lingerMs: fc.nat(300),
  maxHeld: fc.integer({ min: 1, max: 4 }),
  maxChannels: fc.integer({ min: 1, max: 3 }),
  maxAnswerBytes: fc.nat(100),
  sameClient: fc.constantFrom('all', 'newest'),
});

describe('any order of publish, poll, expire, written, cut, sweep and drain', () => {
  it('gets from the hub, reply for reply, what a naive one says', () => {
    fc.assert(
      fc.property(
        limits,
        fc.array(step, { maxLength: 80, size: 'max' }),
        fc.nat(80),
        (options, steps, drainAfter) => {
          const naive = new NaiveHub(options);
          const replies: { id: number; reply: Reply }[] = [];
          const alarms: { id: number; at: number }[] = [];
          const hub = new Hub(options, {
            reply: (id, reply) => replies.push({ id, reply }),
            wakeAt: (id, at) => alarms.push({ id, at }),
          });
          const meaning = new Map<Cursor, PlaceMark>();
          const cursors: Cursor[] = [];
          /** A cursor means one place for ever, and only what the naive hub says. */
          const learn = (cursor: Cursor, place: PlaceMark): void => {
            if (!meaning.has(cursor)) cursors.push(cursor);
            else expect(meaning.get(cursor)).toEqual(place);
            meaning.set(cursor, place);
          };
          let now = 0;
          let polls = 0;
          for (const [i, todo] of steps.entries()) {
            now += todo.dt;
            if (i === drainAfter) {
              hub.drain();
              naive.drain();
            }
            if (todo.act === 'publish') {
              naive.publish(now, todo.channel, todo.bytes);
              const published = hub.publish(now, todo.channel, new Uint8Array(todo.bytes));
              expect(published.kind).toBe(
                naive.draining || !naive.rooms.has(todo.channel) ? 'refused' : 'published',
              );
              if (published.kind === 'published') {
                const { life, messages } = naive.rooms.get(todo.channel)!;
                learn(published.cursor, { channel: todo.channel, life, seq: messages.length });
              }
            } else if (todo.act === 'poll') {
              const id = polls++;
              const { client, waitMs, max } = todo;
              let from: From = 'now';
              let naiveFrom: NaivePoll['from'] = 'now';
              if (typeof todo.from === 'number') {
                const known = cursors.at(-1 - todo.from);
                if (known !== undefined) [from, naiveFrom] = [known, { place: meaning.get(known)! }];
              } else if (todo.from === 'garbage') [from, naiveFrom] = ['garbage' as Cursor, 'garbage'];
              else if (todo.from === 'oldest' || client !== undefined) from = naiveFrom = todo.from;
              naive.poll(now, id, { channel: todo.channel, client, from: naiveFrom, waitMs, max });
              const who = client === undefined ? {} : { client };
              hub.poll(now, id, { channel: todo.channel, ...who, from, waitMs, max });
            } else if (todo.act === 'expire') {
              for (const { id, at } of alarms) {
                if (at > now) continue;
                naive.expire(now, id);
                hub.expire(now, id);
              }
            } else if (todo.act === 'sweep') {
              naive.sweep(now);
              hub.sweep(now);
              const kept = [...naive.rooms.values()].map((room) => naive.kept(now, room).length);
              expect(hub.counts().dropped).toBe(naive.published - kept.reduce((sum, n) => sum + n, 0));
            } else {
              const open = naive.polls.filter(
                ({ over }) => over === 'answered' || (over === 'held' && todo.act === 'cut'),
              );
              const poll = open[todo.pick % open.length];
              if (poll === undefined) continue;
              naive.over(now, poll.id, todo.act === 'written');
              hub[todo.act](now, poll.id);
            }

            expect(replies.map(({ id }) => id)).toEqual(naive.replies.map(({ id }) => id));
            for (const [k, { reply }] of replies.entries()) {
              const wanted = naive.replies[k]!;
              if (reply.kind === 'refused') expect(reply.reason).toBe(wanted.said);
              else {
                expect([reply.kind, reply.behind]).toEqual([wanted.said, wanted.behind]);
                const seqs = reply.kind === 'messages' ? reply.messages.map(({ seq }) => seq) : [];
                expect(seqs).toEqual(wanted.seqs);
                learn(reply.cursor, wanted.cursor!);
              }
            }
            replies.length = naive.replies.length = 0;
            for (const name of ['a', 'b', 'c']) {
              const { online, held } = hub.presence(now, name);
              expect({ online: online.sort(), held }).toEqual({
                online: naive.online(now, name),
                held: naive.held(name).length,
              });
            }
            const { channels, held, published } = hub.counts();
            expect({ channels, held, published }).toEqual({
              channels: naive.rooms.size,
              held: naive.held().length,
              published: naive.published,
            });
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

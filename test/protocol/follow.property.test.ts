import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hub } from '../../src/protocol/hub.ts';
import type { Cursor } from '../../src/protocol/message.ts';
import type { Reply } from '../../src/protocol/poll.ts';

/** One client that follows a channel; its answers travel, and may be cut on their way. */
interface Follower {
  readonly name: string | undefined;
  cursor: Cursor | undefined;
  /** The newest message in its hands, by the number in its body; undefined until its first answer. */
  has: number | undefined;
  poll: number | undefined;
  arriving: Reply | undefined;
  /** How many messages there were when that answer was given. */
  publishedThen: number;
  lastSeen: number;
}

const lingerMs = 200;
const act = fc.record({
  dt: fc.oneof({ weight: 9, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(600) }),
  who: fc.nat(3),
  what: fc.constantFrom(
    'publish',
    'publish',
    'poll',
    'poll',
    'poll',
    'arrive',
    'arrive',
    'cut',
    'expire',
    'sweep',
  ),
  waitMs: fc.constantFrom(0, 30, 300),
  max: fc.integer({ min: 1, max: 3 }),
});

describe('a client that follows its cursor, or lets the server keep its place', () => {
  it('gets each message exactly once, in order, or is told that some are missing', () => {
    let behindSeen = 0;
    let missedMessages = 0;
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.nat(400),
        fc.constantFrom('all' as const, 'newest' as const),
        fc.array(act, { maxLength: 120, size: 'max' }),
        (backlog, backlogAgeMs, sameClient, acts) => {
          const followers: Follower[] = [undefined, undefined, 'ann', 'bob'].map((name) => ({
            name,
            cursor: undefined,
            has: undefined,
            poll: undefined,
            arriving: undefined,
            publishedThen: 0,
            lastSeen: 0,
          }));
          const owners = new Map<number, Follower>();
          const answered = new Set<number>();
          const cutBeforeAnswer = new Set<number>();
          const alarms: { id: number; at: number }[] = [];
          const limits = { epoch: 'e', maxHeld: 9, maxChannels: 1, maxAnswerBytes: 1e6 };
          let published = 0;
          const hub = new Hub(
            { ...limits, backlog, backlogAgeMs, lingerMs, sameClient },
            {
              reply(id, reply) {
                expect(answered.has(id), `poll ${id} answered twice`).toBe(false);
                answered.add(id);
                owners.get(id)!.arriving = reply;
                owners.get(id)!.publishedThen = published;
              },
              wakeAt: (id, at) => alarms.push({ id, at }),
            },
          );
          let polls = 0;

          const ask = (now: number, follower: Follower, waitMs: number, max: number): void => {
            follower.lastSeen = now;
            follower.poll = ++polls;
            owners.set(polls, follower);
            const from = follower.cursor ?? (follower.name === undefined ? 'now' : 'place');
            follower.has ??= published;
            const who = follower.name === undefined ? {} : { client: follower.name };
            hub.poll(now, polls, { channel: 'main', ...who, from, waitMs, max });
          };
          const arrive = (now: number, follower: Follower): void => {
            const { arriving: reply, poll } = follower;
            if (reply === undefined || poll === undefined) return;
            hub.written(now, poll);
            follower.poll = follower.arriving = undefined;
            follower.lastSeen = now;
            if (reply.kind === 'refused') return expect.fail(reply.detail);
            if (follower.name === undefined) follower.cursor = reply.cursor;
            if (reply.behind) behindSeen++;
            for (const [i, message] of (reply.kind === 'messages' ? reply.messages : []).entries()) {
              const number = new DataView(message.body.buffer).getUint32(0);
              if (i === 0 && reply.behind) missedMessages += number - follower.has! - 1;
              if (i === 0 && reply.behind) expect(number).toBeGreaterThan(follower.has!);
              else expect(number).toBe(follower.has! + 1);
              follower.has = number;
            }
            if (reply.kind === 'empty' && reply.behind) follower.has = follower.publishedThen;
          };
          const cut = (now: number, follower: Follower): void => {
            if (follower.poll === undefined) return;
            if (follower.arriving === undefined) cutBeforeAnswer.add(follower.poll);
            hub.cut(now, follower.poll);
            // An anonymous client that never had an answer owns no place yet.
            if (follower.cursor === undefined && follower.name === undefined) follower.has = undefined;
            follower.poll = follower.arriving = undefined;
            follower.lastSeen = now;
          };

          let now = 0;
          for (const { dt, who, what, waitMs, max } of acts) {
            now += dt;
            const follower = followers[who]!;
            if (what === 'publish') {
              const body = new Uint8Array(4);
              new DataView(body.buffer).setUint32(0, ++published);
              hub.publish(now, 'main', body);
            } else if (what === 'poll' && follower.poll === undefined) ask(now, follower, waitMs, max);
            else if (what === 'arrive') arrive(now, follower);
            else if (what === 'cut') cut(now, follower);
            else if (what === 'expire') for (const { id, at } of alarms) at <= now && hub.expire(now, id);
            else if (what === 'sweep') {
              hub.sweep(now);
              // The place of a client that stays away so long is forgotten; it then begins anew.
              const patience = Math.max(lingerMs, backlogAgeMs);
              for (const f of followers)
                if (f.name !== undefined && f.poll === undefined && now - f.lastSeen > patience)
                  f.has = undefined;
            }
          }

          now += 1000;
          for (const { id } of alarms) hub.expire(now, id);
          expect(hub.counts().held).toBe(0);
          for (const follower of followers) {
            if (follower.poll !== undefined) arrive(now, follower);
            for (let i = 0; i <= backlog + 1; i++) {
              ask(now, follower, 0, 3);
              arrive(now, follower);
            }
            expect(follower.has).toBe(published);
          }
          for (const id of owners.keys())
            expect(answered.has(id), `poll ${id}`).toBe(!cutBeforeAnswer.has(id));
        },
      ),
      { numRuns: 300 },
    );
    // The property would hold idly if nobody ever fell behind.
    expect(behindSeen).toBeGreaterThan(0);
    expect(missedMessages).toBeGreaterThan(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Presence } from '../../src/protocol/presence.ts';

describe('presence', () => {
  it('counts a client while it polls and until the linger after its last poll ended', () => {
    const presence = new Presence(30_000);
    presence.pollBegan(0, 'ann');
    expect(presence.isOnline(3_600_000, 'ann')).toBe(true);
    presence.pollEnded(3_600_000, 'ann');
    expect(presence.isOnline(3_630_000, 'ann')).toBe(true);
    expect(presence.isOnline(3_630_001, 'ann')).toBe(false);
    expect(presence.isOnline(0, 'bob')).toBe(false);
  });

  it('lets a client go only when the last of its polls has ended', () => {
    const presence = new Presence(0);
    presence.pollBegan(0, 'ann');
    presence.pollBegan(5, 'ann');
    presence.pollEnded(6, 'ann');
    expect(presence.isOnline(100, 'ann')).toBe(true);
    presence.pollEnded(100, 'ann');
    expect(presence.isOnline(101, 'ann')).toBe(false);
  });

  it('lists clients in the order in which they came, and one who was forgotten comes last', () => {
    const presence = new Presence(10);
    for (const client of ['ann', 'bob', 'cleo']) presence.pollBegan(0, client);
    presence.pollEnded(0, 'ann');
    presence.sweep(11);
    presence.pollBegan(12, 'ann');
    expect(presence.online(12)).toEqual(['bob', 'cleo', 'ann']);
  });

  it('crashes on the end of a poll that never began', () => {
    expect(() => new Presence(0).pollEnded(0, 'ann')).toThrow('ann');
  });

  it('agrees with a plain list of polls, whatever begins, ends and is swept', () => {
    const clients = ['ann', 'bob', 'cleo'];
    const step = fc.record({
      dt: fc.nat(15),
      client: fc.constantFrom(...clients),
      act: fc.constantFrom('begin', 'end', 'sweep'),
    });
    fc.assert(
      fc.property(fc.nat(20), fc.array(step, { maxLength: 50, size: 'max' }), (lingerMs, steps) => {
        const presence = new Presence(lingerMs);
        const polls: { client: string; ended: number }[] = [];
        const isOnline = (name: string, now: number): boolean =>
          polls.some(({ client, ended }) => client === name && now - ended <= lingerMs);
        let now = 0;
        for (const { dt, client, act } of steps) {
          now += dt;
          const open = polls.find(
            (poll) => poll.client === client && poll.ended === Number.POSITIVE_INFINITY,
          );
          if (act === 'begin') {
            presence.pollBegan(now, client);
            polls.push({ client, ended: Number.POSITIVE_INFINITY });
          } else if (act === 'end' && open !== undefined) {
            presence.pollEnded(now, client);
            open.ended = now;
          }
          const expected = clients.filter((name) => isOnline(name, now));
          if (act === 'sweep') presence.sweep(now);
          expect(presence.online(now).sort()).toEqual(expected);
          for (const name of clients) expect(presence.isOnline(now, name)).toBe(expected.includes(name));
        }
      }),
    );
  });
});

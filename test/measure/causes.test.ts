import { describe, expect, it } from 'vitest';
import type { FaultSpan, Frame } from '../../src/measure/frame.ts';
import { Story } from './story.ts';

const fault = (more: Partial<FaultSpan> = {}): FaultSpan => ({
  index: 0,
  kind: 'server-restart',
  from: 12_000,
  to: 14_000,
  clients: null,
  ...more,
});
/** Nobody has a second chance here, so that every missing message is lost. */
const story = (faults: FaultSpan[], frame: Partial<Frame> = {}): Story =>
  new Story({ faults, resume: false, honestMs: 100, ...frame });
const broken = { status: null, reason: 'ECONNREFUSED' } as const;
const causes = (told: Story): Record<string, number> => told.summarise().messages.lost_by_cause;

describe('the cause of a loss', () => {
  /** A client that tries three times: it fails until 14,400, and is back at 14,600. */
  const trouble = (at: number, faults: FaultSpan[] = [fault()]): Story =>
    story(faults)
      .publish(0, at)
      .poll(0, 10_500, 12_001, 'broken', broken)
      .poll(0, 13_000, 13_004, 'broken', broken)
      .poll(0, 14_300, 14_400, 'broken', broken)
      .poll(0, 14_600, 15_600, 'empty')
      .poll(0, 15_700, 16_000, 'empty');

  it.each([
    [10_400, 'gap'],
    // Long before the fault: under the poll that it broke, but not its doing.
    [11_000, 'held'],
    [11_999, 'outage'],
    [12_500, 'outage'],
    [13_002, 'outage'],
    [13_999, 'outage'],
    [14_100, 'backoff'],
    [14_350, 'backoff'],
    [14_500, 'backoff'],
    [14_600, 'held'],
    [15_650, 'gap'],
  ])('published at %d is %s', (at, cause) => {
    expect(causes(trouble(at))).toEqual({ [cause]: 1 });
  });

  it('is the gap while a poll is still under way to the server, whether it ends or not', () => {
    const told = (at: number): Story =>
      story([], { transitMs: 20 }).publish(0, at).poll(0, 10_500, 12_000, 'empty');
    expect(causes(told(10_519))).toEqual({ gap: 1 });
    expect(causes(told(10_520))).toEqual({ held: 1 });
    const open = (at: number): Story => {
      const one = story([], { transitMs: 20 }).publish(0, at);
      one.open(0, 10_500);
      return one;
    };
    expect(causes(open(10_519))).toEqual({ gap: 1 });
    expect(causes(open(10_520))).toEqual({ held: 1 });
  });

  it('is as before for a client that the fault cannot touch, and where there is none', () => {
    for (const faults of [[], [fault({ clients: [] })]]) {
      expect(causes(trouble(12_500, faults))).toEqual({ gap: 1 });
      expect(causes(trouble(11_999, faults))).toEqual({ held: 1 });
      expect(causes(trouble(14_500, faults))).toEqual({ gap: 1 });
    }
  });

  it('is the gap while a poll is on its way to the server, and what it was before it failed', () => {
    const far = { transitMs: 100 };
    const told = (at: number): Story =>
      story([], far).publish(0, at).poll(0, 10_500, 12_000, 'empty').poll(0, 12_000, 13_000, 'empty');
    expect([12_050, 12_150].map((at) => causes(told(at)))).toEqual([{ gap: 1 }, { held: 1 }]);
    const open = story([], far).publish(0, 12_050).poll(0, 10_500, 12_000, 'empty');
    open.open(0, 12_000);
    expect(causes(open)).toEqual({ gap: 1 });
    const fails = story([fault()], far).publish(0, 12_050).poll(0, 10_500, 12_000, 'empty');
    expect(causes(fails.poll(0, 12_000, 12_200, 'broken', broken))).toEqual({ outage: 1 });
  });

  it('is the outage under a poll that hangs on a silent connection, if it ends or not', () => {
    const silent = [fault({ kind: 'half-open', from: 12_000, to: 12_000 })];
    const fails = story(silent).publish(0, 13_000).poll(0, 10_500, 15_000, 'timeout');
    expect(causes(fails)).toEqual({ outage: 1 });
    const hangs = (kind: string): Story => {
      const told = story([fault({ kind, from: 12_000, to: 12_000 })]).publish(0, 13_000);
      told.open(0, 10_500);
      return told;
    };
    expect(causes(hangs('half-open'))).toEqual({ outage: 1 });
    expect(causes(hangs('refuse'))).toEqual({ held: 1 });
    const leaves = (kind: string): Story =>
      story([fault({ kind, from: 12_000, to: 12_000 })])
        .publish(0, 13_000)
        .poll(0, 10_500, 15_000, 'abandoned')
        .happens(0, 'left', 15_000);
    expect(causes(leaves('half-open'))).toEqual({ outage: 1 });
    expect(causes(leaves('refuse'))).toEqual({ held: 1 });
  });

  it('is that the client was away, and then that its connection had died', () => {
    const lid = (at: number, kind: 'asleep' | 'offline' = 'asleep'): Story =>
      story([])
        .publish(0, at)
        .happens(0, kind, 12_000)
        .happens(0, kind === 'asleep' ? 'awake' : 'online', 14_000)
        .poll(0, 11_000, 14_200, 'broken', broken)
        .poll(0, 14_400, 14_500, 'broken', broken)
        .poll(0, 14_800, 14_900, 'empty')
        .poll(0, 15_000, 15_100, 'broken', broken);
    // Told in the order of their instants, as a history is.
    const told = (at: number, kind?: 'offline'): Record<string, number> => {
      const one = lid(at, kind);
      one.events.sort((a, b) => ('at' in a ? a.at : a.intendedAt) - ('at' in b ? b.at : b.intendedAt));
      return causes(one);
    };
    expect(told(12_000)).toEqual({ away: 1 });
    expect(told(13_999, 'offline')).toEqual({ away: 1 });
    expect(told(14_100)).toEqual({ outage: 1 });
    expect(told(14_300)).toEqual({ backoff: 1 });
    expect(told(14_450)).toEqual({ backoff: 1 });
    expect(told(14_850)).toEqual({ held: 1 });
    expect(told(15_050)).toEqual({ held: 1 });
  });

  it('is what the server says of it, wherever the client was', () => {
    const told = story([fault()])
      .publish(0, 12_500)
      .poll(0, 10_500, 12_001, 'broken', broken)
      .poll(0, 14_300, 14_400, 'behind');
    expect(causes(told)).toEqual({ behind: 1 });
  });

  it('is not looked for in what came after the client left', () => {
    const told = story([fault()])
      .publish(0, 12_500)
      .poll(0, 10_500, 12_001, 'broken', broken)
      .happens(0, 'left', 13_000)
      .happens(0, 'subscribed', 14_000)
      .publish(1, 14_200)
      .poll(0, 14_300, 14_400, 'behind');
    expect(causes(told)).toEqual({ outage: 1, behind: 1 });
  });

  it('is told of what is undelivered at the end as well', () => {
    const told = story([fault()], { resume: true })
      .publish(0, 12_500)
      .poll(0, 10_500, 12_001, 'broken', broken)
      .happens(0, 'stopped', 12_001);
    const { messages, faults } = told.summarise();
    expect(messages).toMatchObject({ lost: 0, lost_by_cause: {}, undelivered: 1 });
    expect(messages.undelivered_by_cause).toEqual({ stopped: 1 });
    expect(faults[0]).toMatchObject({ lost: {}, undelivered: { stopped: 1 } });
  });
});

describe('what a fault did to messages', () => {
  /** Hit at 12,001, back with the poll of 15,000; whatever is published between is the fault's. */
  const hit = (faults: FaultSpan[] = [fault()], frame: Partial<Frame> = {}): Story =>
    story(faults, frame).poll(0, 10_500, 12_001, 'broken', broken);

  it.each([
    ['a little before it', 11_800, 1],
    ['longer before it than any honest delivery takes', 11_799, 0],
    ['a little after the return', 15_200, 1],
    ['longer after that', 15_201, 0],
  ])('is a loss of what was published %s (%d): %d', (_, at, count) => {
    const { faults, messages } = hit().publish(0, at).poll(0, 15_000, 15_100, 'empty').summarise();
    expect(messages.lost).toBe(1);
    expect(Object.values(faults[0]!.lost).reduce((a, b) => a + b, 0)).toBe(count);
  });

  it('ends with the fault for a client that it did not hit', () => {
    const lost = (at: number): object =>
      story([fault()]).publish(0, at).poll(0, 11_000, 24_000, 'empty').summarise().faults[0]!.lost;
    expect(lost(14_200)).toEqual({ held: 1 });
    expect(lost(14_201)).toEqual({});
  });

  it('lasts for ever for a client that is never back, and until it left for one that leaves', () => {
    const later = hit().happens(0, 'stopped', 12_001).publish(0, 19_000);
    expect(later.summarise().faults[0]!.lost).toEqual({ stopped: 1 });
    const left = hit().happens(0, 'left', 16_000).happens(0, 'subscribed', 16_100).publish(0, 19_000);
    expect(left.summarise()).toMatchObject({ messages: { lost: 1 }, faults: [{ lost: {} }] });
  });

  it('is a message that came twice, or later than any honest one', () => {
    const told = (receivedAt: number): Story =>
      hit()
        .publish(0, 14_900, { sentAt: 14_950 })
        .poll(0, 15_000, receivedAt, [0])
        .poll(0, receivedAt, receivedAt + 1, [0]);
    expect(told(15_151).summarise().faults[0]).toMatchObject({
      duplicated: 1,
      delayed: 1,
      delayed_max_ms: 201,
    });
    expect(told(15_150).summarise().faults[0]).toMatchObject({
      duplicated: 1,
      delayed: 0,
      delayed_max_ms: null,
    });
    const unknown = hit([fault()], { honestMs: null }).publish(0, 14_900).poll(0, 15_000, 19_000, [0]);
    expect(unknown.summarise().faults[0]).toMatchObject({ delayed: 0 });
    const before = hit().publish(0, 11_000).poll(0, 15_000, 15_100, [0, 0]);
    expect(before.summarise().faults[0]).toMatchObject({ duplicated: 0, delayed: 0 });
  });

  it('belongs to the first fault that explains it, in the order of time', () => {
    const two = [
      fault({ index: 0, from: 14_000, to: 14_500 }),
      fault({ index: 1, from: 12_000, to: 14_200 }),
    ];
    const { faults } = hit(two).publish(0, 14_100).poll(0, 15_000, 15_100, 'empty').summarise();
    expect(faults.map(({ lost }) => lost)).toEqual([{}, { outage: 1 }]);
  });

  it('is told apart from a publish that nobody took, and from the lateness of one', () => {
    const told = story([fault()])
      .publish(0, 11_000, { sentAt: 11_003 })
      .publish(1, 12_100, { sentAt: 14_300, acknowledgedAt: null, status: null })
      .publish(2, 16_000, { acknowledgedAt: null, status: 500 })
      .summarise();
    expect(told.messages).toMatchObject({ published: 1, refused: 2, refused_in_fault: 1 });
    expect(told.stamping.publish_late_p99_ms).toBe(3);
    const soon = story([fault()]).publish(0, 14_200, { acknowledgedAt: null }).summarise();
    expect(soon.messages).toMatchObject({ refused: 1, refused_in_fault: 1 });
    expect(soon.stamping.publish_late_p99_ms).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/measure/frame.ts';
import type { PollEnd } from '../../src/protocol/event.ts';
import { Story } from './story.ts';

const everyMs = 500;
const looked = (frame: Partial<Frame> = {}): Story =>
  new Story({ presenceEveryMs: everyMs, presenceFrom: 0, ...frame });

/** One client: its first poll at 11,000, answered at 11,100, shown at 11,300. */
const there = (): Story => looked().poll(0, 11_000, 11_100, 'empty').happens(0, 'shown', 11_300);
const ghost = (told: Story): object => told.summarise().presence!.ghost_ms;
const absent = (told: Story): object => told.summarise().presence!.absent_ms;

describe('presence', () => {
  it('is not judged where nobody looked', () => {
    const blind = new Story()
      .poll(0, 11_000, 11_100, 'empty')
      .happens(0, 'shown', 11_300)
      .happens(0, 'left', 12_000);
    expect(blind.summarise()).toMatchObject({ presence: null, presence_ms: null });
  });

  it('comes so long after the first poll of a stay, and of each further stay', () => {
    const once = there();
    expect(once.summarise()).toMatchObject({
      presence: { sampled_every_ms: everyMs, clients: 1, ghost_ms: { count: 0 }, absent_ms: { count: 0 } },
      presence_ms: { count: 1, min: 300 },
    });
    const twice = there()
      .happens(0, 'left', 12_000)
      .happens(0, 'hidden', 12_400)
      .poll(0, 15_000, 15_020, 'empty')
      .happens(0, 'shown', 15_050);
    expect(twice.summarise().presence_ms).toMatchObject({ count: 2, min: 50, max: 300 });
  });

  it('is no news of a client that was shown all the while', () => {
    const still = there()
      .happens(0, 'left', 12_000)
      .poll(0, 13_000, 13_100, 'empty')
      .happens(0, 'hidden', 14_000)
      .happens(0, 'shown', 14_100);
    expect(still.summarise().presence_ms).toMatchObject({ count: 1, max: 300 });
    const unseen = looked()
      .poll(0, 11_000, 11_100, 'empty')
      .happens(0, 'left', 11_200)
      .happens(0, 'shown', 11_300);
    expect(unseen.summarise().presence_ms).toMatchObject({ count: 0 });
  });

  it.each([
    ['left'],
    ['stopped'],
    ['asleep'],
    ['offline'],
  ] as const)('is a ghost from when it %s until it is hidden', (kind) => {
    const told = there().happens(0, kind, 12_000).happens(0, 'hidden', 13_500);
    expect(ghost(told)).toMatchObject({ count: 1, min: 1_500 });
    expect(absent(told)).toMatchObject({ count: 0 });
  });

  it.each([
    ['left', null],
    ['asleep', 'awake'],
    ['offline', 'online'],
  ] as const)('is a ghost no longer when it is back, having %s', (kind, back) => {
    const told = there().happens(0, kind, 12_000);
    if (back === null) told.poll(0, 14_000, 14_100, 'empty');
    else told.happens(0, back, 14_000);
    expect(ghost(told)).toMatchObject({ count: 1, min: 2_000 });
  });

  it('is a ghost to the end, and no ghost for less than one look', () => {
    expect(ghost(there().happens(0, 'left', 12_000))).toMatchObject({ count: 1, min: 13_000 });
    const short = (hidden: number): Story => there().happens(0, 'left', 12_000).happens(0, 'hidden', hidden);
    expect(ghost(short(12_499))).toMatchObject({ count: 0 });
    expect(ghost(short(12_500))).toMatchObject({ count: 1 });
  });

  it('is missing from a client that is answered and not shown', () => {
    const late = looked().poll(0, 11_000, 11_100, 'empty').happens(0, 'shown', 12_000);
    expect(absent(late)).toMatchObject({ count: 1, min: 900 });
    const again = there().happens(0, 'hidden', 13_000).happens(0, 'shown', 13_700);
    expect(absent(again)).toMatchObject({ count: 1, min: 700 });
    const never = looked();
    never.open(0, 11_000);
    expect(absent(never)).toMatchObject({ count: 0 });
  });

  it('is not missing while its polls fail, nor asleep', () => {
    const failing = (end: PollEnd): Story =>
      there().happens(0, 'hidden', 12_000).poll(0, 11_200, 12_100, end).happens(0, 'shown', 14_000);
    expect(absent(failing('broken'))).toMatchObject({ count: 0 });
    expect(absent(failing('empty'))).toMatchObject({ count: 1, min: 2_000 });
    const lid = there().happens(0, 'asleep', 12_000).happens(0, 'hidden', 13_000).happens(0, 'awake', 15_000);
    expect(absent(lid)).toMatchObject({ count: 0 });
    lid.poll(0, 15_100, 15_200, 'empty').happens(0, 'shown', 16_000);
    expect(absent(lid)).toMatchObject({ count: 1, min: 800 });
  });

  it('is not judged before the first look, wherever that is known', () => {
    const told = (presenceFrom: number | null): Story =>
      looked({ presenceFrom })
        .poll(0, 11_000, 11_100, 'empty')
        .happens(0, 'shown', 12_000)
        .happens(0, 'left', 13_000)
        .happens(0, 'hidden', 13_100)
        .poll(0, 14_000, 14_100, 'empty')
        .happens(0, 'shown', 14_800);
    expect(absent(told(0))).toMatchObject({ count: 2, max: 900 });
    expect(told(0).summarise().presence_ms).toMatchObject({ count: 2 });
    expect(absent(told(11_400))).toMatchObject({ count: 2, min: 600 });
    expect(told(11_400).summarise().presence_ms).toMatchObject({ count: 1, max: 800 });
    expect(absent(told(null))).toMatchObject({ count: 1, max: 700 });
    expect(told(null).summarise().presence_ms).toMatchObject({ count: 1, max: 800 });
    const nobody = looked({ presenceFrom: null }).poll(0, 11_000, 11_100, 'empty');
    expect(absent(nobody)).toMatchObject({ count: 0 });
  });

  it('is not judged in channels that nobody looks at, and is a ghost in one that its client has left for them', () => {
    const told = looked({ clients: 2, channels: 2, presenceChannels: 1 })
      .poll(1, 11_000, 11_100, 'empty')
      .poll(0, 11_000, 11_100, 'empty')
      .happens(0, 'shown', 11_200)
      .happens(0, 'moved', 12_000, 1)
      .poll(0, 12_010, 12_020, 'empty')
      .happens(0, 'hidden', 14_000);
    expect(told.summarise().presence).toMatchObject({
      clients: 1,
      ghost_ms: { count: 1, min: 2_000 },
      absent_ms: { count: 0 },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { Observer } from '../../../src/measure/fit/observed.ts';
import type { Frame } from '../../../src/measure/frame.ts';
import { mostKept } from '../../../src/measure/samples.ts';

const frame: Frame = {
  ...{ clients: 4, channels: 4, window: { from: 0, to: 1e9 }, endedAt: 1e9, resume: true },
  ...{ publishes: [], silences: [], honestMs: null, faults: [], lanes: 0, seed: 1 },
};

describe('an observer', () => {
  it('knows how long polls take of which there are more than any list keeps', () => {
    const observer = new Observer(frame);
    const event = {
      kind: 'poll-ended' as const,
      at: 0,
      client: 0,
      poll: 0,
      sentAt: 0,
      end: 'empty' as const,
    };
    const ended = { ...event, status: 200, messages: 0, reason: null, bytesIn: 1, bytesOut: 1 };
    for (let poll = 1; poll <= mostKept + 1; poll++) {
      ended.sentAt = 100 * poll;
      ended.at = ended.sentAt + 40;
      observer.event(ended);
    }
    expect(observer.result()).toMatchObject({ roundMs: 40, emptyMs: 40 });
  });

  it('looks at every so many-th client, with messages that it is told of', () => {
    const observer = new Observer(frame, { stride: 2, sentAt: (message) => (message < 2 ? 10 : undefined) });
    for (const client of [0, 1, 2]) {
      observer.event({ kind: 'poll-sent', at: 5, client, poll: 1, waits: true });
      for (const message of [0, 1, 2])
        observer.event({ kind: 'delivered', at: 30, client, poll: 1, message });
    }
    const { arrivals, stride } = observer.result();
    expect(stride).toBe(2);
    expect(arrivals.map(({ client, message }) => [client, message])).toEqual([
      [0, 0],
      [0, 1],
      [2, 0],
      [2, 1],
    ]);
  });
});

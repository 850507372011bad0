import type { StagedFault } from '../../../src/world/play.ts';
import { simulate, timetableOf } from '../../../src/world/virtual/simulate.ts';
import type { Sink, VirtualPlayed, VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { smallSpec } from './scene.ts';

/** One thing that was told of a client: milliseconds after the beginning of the measured time, and words. */
export type Told = readonly [at: number, ...words: (string | number)[]];

/** One client, that joined at once, and no messages; 20 ms each way. */
export function oneClient(kind: 'regular' | 'long', change: Partial<VirtualSpec> = {}): VirtualSpec {
  return smallSpec(kind, {
    joinMs: [0],
    channels: ['c0'],
    publishes: { atMs: [], channel: [], bytes: 256 },
    ...change,
  });
}

export function fault(what: StagedFault['what'], clients: readonly number[] | null = null): StagedFault {
  return { index: 0, clients, what };
}

/** Messages to channel 0 at these times of the measured time. */
export function messagesAt(...atMs: number[]): VirtualSpec['publishes'] {
  return { atMs, channel: atMs.map(() => 0), bytes: 256 };
}

export interface Story {
  readonly played: VirtualPlayed;
  /** Each client's ends of polls, deliveries and events. */
  readonly of: (client: number, ...kinds: string[]) => Told[];
  readonly published: readonly { readonly acknowledgedAt: number | null; readonly status: number | null }[];
}

/** Plays a spec, and tells what happened from the beginning of the measured time. */
export function story(spec: VirtualSpec): Story {
  const times = timetableOf(spec);
  const { from } = times.window;
  const told: [client: number, Told][] = [];
  const published: Story['published'][number][] = [];
  const rounded = (at: number): number => Math.round((at - from) * 1000) / 1000;
  const tell = (client: number, at: number, ...words: (string | number)[]): void => {
    told.push([client, [rounded(at), ...words]]);
  };
  const sink: Sink = {
    pollSent: (at, client, _poll, waits) => tell(client, at, 'sent', waits ? 'waits' : 'asks'),
    pollEnded: (at, client, _poll, _sentAt, end, status, _messages, reason) =>
      tell(client, at, end, status ?? '', reason ?? ''),
    delivered: (at, client, _poll, message) => tell(client, at, 'delivered', message),
    client: (at, client, kind, count) => tell(client, at, kind, count),
    published: ({ acknowledgedAt, status }) => published.push({ acknowledgedAt, status }),
  };
  const played = simulate(spec, times, sink);
  const of = (client: number, ...kinds: string[]): Told[] =>
    told.flatMap(([whose, one]) =>
      whose === client && one[0] >= 0 && (kinds.length === 0 || kinds.includes(one[1] as string))
        ? [one]
        : [],
    );
  return { played, of, published };
}

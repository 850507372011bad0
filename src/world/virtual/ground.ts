import type { Instant } from '../../protocol/message.ts';
import { Alarms } from './alarms.ts';
import type { DueQueue } from './due-queue.ts';
import { OpenPolls } from './open-polls.ts';
import { Records } from './records.ts';
import { Shelf } from './shelf.ts';
import type { Sink, VirtualSpec } from './spec.ts';

/** What can be due. `atServer`, `atClient` and `holdEnds` (of a slot that is no client's own) bring a slot along, `publish` a message. */
export const due = {
  start: 0,
  wake: 1,
  atServer: 2,
  atClient: 3,
  holdEnds: 4,
  publish: 5,
  alarm: 6,
} as const;

/** What all parts of a virtual world stand on: the instant it is, what is due, who is asking, where it is written down. */
export class Ground {
  readonly spec: VirtualSpec;
  readonly sink: Sink;
  readonly queue: DueQueue;
  readonly records: Records;
  /** Replies that are on their way, or gave somebody a place. */
  readonly shelf = new Shelf();
  readonly polls: OpenPolls;
  readonly alarms: Alarms;
  now: Instant = 0;

  constructor(spec: VirtualSpec, sink: Sink, queue: DueQueue) {
    this.spec = spec;
    this.sink = sink;
    this.queue = queue;
    this.records = new Records(spec.joinMs.length);
    this.polls = new OpenPolls(this.records, this.shelf);
    this.alarms = new Alarms(this.records, queue, due.alarm);
  }
}

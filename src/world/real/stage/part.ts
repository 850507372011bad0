import { join } from 'node:path';
import type { Instant } from '../../../protocol/message.ts';
import type { Order, Report } from '../load/messages.ts';
import type { RecordFile } from '../load/record.ts';
import { Child } from './child.ts';
import { late } from './patience.ts';
import type { Troubles } from './troubles.ts';

const stopPatienceMs = 15_000;

/** A process that plays a part in a mode (clients, the publisher) and records what it sees. */
export class Part {
  readonly child: Child<Order, Report>;
  readonly records: RecordFile & { readonly reasons: string[] };
  readonly ready: Promise<unknown>;
  /** What happened before this instant is on file. */
  recordedUntil: Instant = 0;
  readonly #troubles: Troubles;

  constructor(
    name: string,
    entry: string,
    { folder, file, troubles }: { folder: string; file: string; troubles: Troubles },
  ) {
    this.child = new Child(name, entry);
    this.records = { file: join(folder, file), reasons: [] };
    this.#troubles = troubles;
    this.ready = this.child.next('ready');
    let said = '';
    this.child.listen((message) => {
      if (message.type === 'failed') said = message.text;
      else if (message.type === 'reason') this.records.reasons[message.code] = message.text;
      else if (message.type === 'tick' || message.type === 'published')
        this.recordedUntil = message.recordedUntil;
    });
    void this.child.ended.then((death) => troubles.died(death, said || this.child.lastWords));
  }

  /** Ends it. @returns the instant until which its records are whole; Infinity: all of them are */
  async stop(): Promise<Instant> {
    const { child } = this;
    if (!child.alive) return Number.POSITIVE_INFINITY;
    let wholeUntil = Number.POSITIVE_INFINITY;
    const done = child.next('done').then(
      (last) => {
        if (last.failure !== null) wholeUntil = last.wholeUntil ?? wholeUntil;
        return last.failure;
      },
      () => `${child.name} ended without a word`,
    );
    child.send({ type: 'stop' });
    const failure = await Promise.race([done, late(stopPatienceMs, `${child.name} did not stop`)]);
    if (failure !== null) this.#troubles.add(failure);
    await child.end();
    return wholeUntil;
  }
}

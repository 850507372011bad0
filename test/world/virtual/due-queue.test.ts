import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmActor, type DueQueue, HeapQueue, nobody } from '../../../src/world/virtual/due-queue.ts';
import { WheelQueue } from '../../../src/world/virtual/wheel-queue.ts';

/** Take so many out, then put these in, each so long after the newest instant. */
interface Turn {
  readonly takes: number;
  readonly puts: readonly { readonly after: number; readonly actor: number }[];
}

const halfTurn = 32_768;
const week = 7 * 86_400_000;

const after = fc.oneof(
  fc.constantFrom(0, 0, 0, 0.25, 1, 10_000),
  fc.double({ min: 0, max: 2, noNaN: true }),
  fc.nat(3),
  fc.nat(60_000),
  fc.constantFrom(halfTurn - 1, halfTurn, 2 * halfTurn - 1, 2 * halfTurn, 2 * halfTurn + 0.5),
  fc.constantFrom(3 * halfTurn, 86_400_000, week, 2 * week, Number.MAX_SAFE_INTEGER),
);
const actor = fc.oneof(
  fc.nat(3),
  fc.constant(nobody),
  fc.nat(2 ** 31 - 1),
  fc.integer({ min: alarmActor, max: -1 }),
);
const puts = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.record({ after, actor }), { maxLength: 8 }) },
  // Enough of them for the sorts that count.
  fc.array(fc.record({ after, actor }), { minLength: 30, maxLength: 200, size: 'max' }),
  fc
    .tuple(fc.constantFrom(0, 0.5, 3), fc.array(actor, { minLength: 30, maxLength: 300, size: 'max' }))
    .map(([after, actors]) => actors.map((actor) => ({ after, actor }))),
);
const turns = fc.array(fc.record({ takes: fc.nat(120), puts }), { maxLength: 30 });

type Ordered = Omit<DueQueue, 'foresee'>;

function show({ at, actor, what, detail }: Ordered): number[] {
  return [at, actor, what, detail];
}

/** All that comes out, to the last event; the number of each put is its detail. */
function playTurns(queue: Ordered, turns: readonly Turn[]): number[][] {
  const out: number[][] = [];
  let number = 0;
  for (const { takes, puts } of turns) {
    for (const { after, actor } of puts) queue.put(queue.at + after, actor, number % 7, number++);
    for (let i = 0; i < takes && queue.take(); i++) out.push(show(queue));
  }
  while (queue.take()) out.push(show(queue));
  return out;
}

/** The order that a queue has to keep, by its definition. */
class ListQueue implements Ordered {
  at = 0;
  actor = 0;
  what = 0;
  detail = 0;
  #events: { at: number; actor: number; what: number; detail: number }[] = [];

  get size(): number {
    return this.#events.length;
  }

  put(at: number, actor: number, what: number, detail: number): void {
    this.#events.push({ at, actor, what, detail });
    // Sorting is stable: of equals the one that was put in first stays first.
    this.#events.sort((a, b) => a.at - b.at || a.actor - b.actor);
  }

  take(): boolean {
    const first = this.#events.shift();
    Object.assign(this, first);
    return first !== undefined;
  }
}

it('the wheel foresees whom the next events of its millisecond befall', () => {
  const wheel = new WheelQueue();
  for (const [actor, at] of [7.5, 7.25, 7.75, 8].entries()) wheel.put(at, actor, 0, 0);
  wheel.take();
  expect(wheel.actor).toBe(1);
  expect([0, 1, 2].map((others) => wheel.foresee(others))).toEqual([0, 2, nobody]);
});

describe.each([
  ['heap', () => new HeapQueue()],
  ['wheel', () => new WheelQueue()],
] as const)('the %s', (_name, make) => {
  it('takes out by instant, then actor, then order of puts, whatever is put in when', () => {
    fc.assert(
      fc.property(turns, (turns) => {
        expect(playTurns(make(), turns)).toEqual(playTurns(new ListQueue(), turns));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the order of instants between which no number lies', () => {
    const queue = make();
    const list = new ListQueue();
    for (let i = 0; i < 200; i++)
      for (const one of [queue, list]) one.put(i % 3 === 0 ? 0 : Number.MIN_VALUE, i % 5, 0, i);
    expect(playTurns(queue, [])).toEqual(playTurns(list, []));
  });

  it('counts what is in it', () => {
    const queue = make();
    for (const at of [0, 5, 5, 70_000, 3 * week]) queue.put(at, 1, 0, 0);
    const sizes = [queue.size];
    while (queue.take()) sizes.push(queue.size);
    expect(sizes).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it('refuses an event in the past', () => {
    const queue = make();
    queue.put(7.5, 1, 0, 0);
    queue.take();
    queue.put(7.5, 0, 0, 0);
    expect(() => queue.put(7.25, 1, 0, 0)).toThrow('7.5 is over');
    expect(() => queue.put(Number.NaN, 1, 0, 0)).toThrow('7.5 is over');
  });
});

describe('heap and wheel', () => {
  it('take out the same of a broadcast of 200,000, the answers to which fall into the same instant', () => {
    const play = (queue: DueQueue): number[] => {
      const order: number[] = [];
      const clients = 200_000;
      for (let i = 0; i < clients; i++) queue.put(3.5, (i * 7919) % clients, 0, i);
      while (queue.take()) {
        order.push(queue.at, queue.actor, queue.detail);
        if (queue.what === 0) queue.put(queue.at + (queue.actor % 3) / 4, queue.actor, 1, queue.detail);
      }
      return order;
    };
    const [heap, wheel] = [play(new HeapQueue()), play(new WheelQueue())];
    expect(wheel.length).toBe(3 * 400_000);
    expect(wheel.findIndex((x, i) => x !== heap[i])).toBe(-1);
  });
});

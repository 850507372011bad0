/** Who meets which faults. */
export interface Lanes {
  /** The faults of each lane, by their places in the list. */
  readonly lanes: readonly (readonly number[])[];
  /** The lane of each client. */
  readonly laneOf: readonly number[];
}

/** Clients that meet the same faults share a lane, and every client has one. @param touches of each fault: null: all */
export function lanesOf(clients: number, touches: readonly (readonly number[] | null)[]): Lanes {
  const sets = touches.map((some) => (some === null ? null : new Set(some)));
  const lanes: number[][] = [];
  const known = new Map<string, number>();
  const laneOf = Array.from({ length: clients }, (_, client) => {
    const met = sets.flatMap((set, place) => (set === null || set.has(client) ? [place] : []));
    const key = met.join(' ');
    let lane = known.get(key);
    if (lane === undefined) {
      lane = lanes.push(met) - 1;
      known.set(key, lane);
    }
    return lane;
  });
  return { lanes, laneOf };
}

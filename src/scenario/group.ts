/** Clients with a timeline of their own. Times are milliseconds from the beginning of the measured time. */
export interface Group {
  readonly name: string;
  /** How many of the clients; groups take theirs one after the other, by number drawn from the seed. */
  readonly count: number;
  /** Each client does every step later by its own random time up to this. */
  readonly spreadMs: number;
  readonly steps: readonly GroupStep[];
  /** Clients leave at this rate (together, per second, at random), and come back after a while; null: nobody does. */
  readonly churn: { readonly ratePerS: number; readonly awayMs: number } | null;
}

interface StepBase {
  readonly atMs: number;
  /** Again after so long, and so on while the measured time lasts; null: once. */
  readonly everyMs: number | null;
  /** Each client does it with this chance, 0 to 1. */
  readonly chance: number;
}

/** What becomes of the connection of a client that was away: it works on as if nothing had been, or is dead. */
export type Survival = 'kept' | 'lost';

export type GroupStep = StepBase &
  /** A group whose first step is this is not there before it. Spread evenly over `overMs`. */
  (
    | { readonly do: 'join'; readonly overMs: number }
    | { readonly do: 'leave'; readonly overMs: number }
    /** Like a laptop whose lid is closed: nothing of it runs, and nobody is told. */
    | { readonly do: 'sleep'; readonly forMs: number; readonly connection: Survival }
    /** The network is away: open connections are dead for the client, new ones fail at once; nobody is told. */
    | { readonly do: 'offline'; readonly forMs: number; readonly connection: Survival }
    /** Goes over to another channel. */
    | { readonly do: 'channel'; readonly to: 'next' | 'random' | number }
    /** Messages go out on the client's channel, all at that instant. */
    | { readonly do: 'publish'; readonly count: number }
  );

/** One thing that one client does, at its own instant after publishing began (warm-up included). */
export interface ScriptStep {
  readonly atMs: number;
  readonly do: 'join' | 'leave' | 'sleep' | 'wake' | 'offline' | 'online' | 'move';
  /** `move`: its new channel. */
  readonly channel?: number;
  /** `wake` and `online`: what became of its connection meanwhile. */
  readonly connection?: Survival;
}

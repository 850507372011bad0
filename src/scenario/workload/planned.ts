import type { ScriptStep } from '../group.ts';

/** One scheduled publish. */
export interface PlannedPublish {
  /** 0, 1, 2 … in the order of `atMs`. */
  readonly message: number;
  /** 0 to channels - 1. */
  readonly channel: number;
  /** Intended time in ms; 0 is when publishing starts, once every client is subscribed. */
  readonly atMs: number;
}

/** When one client comes, and what it does then. */
export interface PlannedClient {
  /** 0 to count - 1. */
  readonly client: number;
  readonly channel: number;
  /**
   * First poll, in ms since the set-up began; the schedule of regular polling counts from here. Null: a client
   * that comes later, by its script.
   */
  readonly joinMs: number | null;
  /** What it does on the way, in order; times count from when publishing starts. */
  readonly script: readonly ScriptStep[];
}

/** What happens in one repetition, the same for each of its modes, so that their differences are paired. */
export interface Workload {
  /** Of this repetition; every further draw (jitter, retries, delays) derives from it. */
  readonly seed: number;
  readonly publishes: readonly PlannedPublish[];
  readonly clients: readonly PlannedClient[];
  /** For each fault of the scenario the clients that it can touch, ascending; null: all. The same for every mode. */
  readonly touched: readonly (readonly number[] | null)[];
  /** The last client joins now. */
  readonly setupMs: number;
  /** Publishes from here on are measured (the length of the warm-up). */
  readonly measuredFromMs: number;
  /** Publishing ends; the cool-down begins. */
  readonly endMs: number;
}

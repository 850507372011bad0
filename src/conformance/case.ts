import type { Measured } from './constants.ts';
import type { Need } from './need.ts';
import type { Probe } from './probe/probe.ts';

/** How much a requirement binds (RFC 2119); `OBSERVE` has no right answer and is only recorded. */
export type Level = 'MUST' | 'SHOULD' | 'MAY' | 'OBSERVE';

/** Where a requirement comes from: the article, an RFC's section, practice of several deployed systems, or the target's own promise. */
export type Authority = 'SEED' | 'PRACTICE' | 'CLAIM' | `RFC ${string}`;

/** What a profile can promise, and thereby turn into a duty. */
export type Claim = 'resume' | 'durable' | 'ordered' | 'dedupe' | 'mailbox' | 'selfDelivery' | 'coalesces';

/** One reason for which a target owes this row. */
export interface Duty {
  readonly level: Level;
  readonly authority: Authority;
  /** Binds only a target whose profile claims this. */
  readonly whenClaimed?: Claim;
}

/** Rows that cost time, open thousands of connections, may kill the target, or need its process. */
export type Tag = 'slow' | 'load' | 'hostile' | 'process';

/** Other ends than the preferred one, by a short name: what was seen then, in words. */
export type Accepted = Readonly<Record<string, string>>;

/** What a case saw. Nothing, or only `seen`: the preferred outcome. A named outcome is one of the case's own lists. */
export interface Observation {
  /** A name out of `lenient` or `info`. */
  readonly outcome?: string;
  /** The facts in one line, numbers included. */
  readonly seen?: string;
  /** Figures for the card of measured constants. */
  readonly measured?: Measured;
}

/** One row of the catalogue: what is demanded, why, and a short story that finds out. */
export interface Case {
  /** As in the catalogue; never reused, never renamed. */
  readonly id: string;
  readonly duties: readonly Duty[];
  /** The requirement in one sentence; also what a report prints as expected. */
  readonly requires: string;
  /** Why anybody needs that: what breaks otherwise, where it was seen. */
  readonly because: string;
  /** What the profile must be able to say, beyond subscribing and publishing. */
  readonly needs?: readonly Need[];
  readonly tags?: readonly Tag[];
  /** Rows without which this one says nothing. */
  readonly dependsOn?: readonly string[];
  /** Second-best outcomes that are accepted. */
  readonly lenient?: Accepted;
  /** Outcomes that are neither right nor wrong. */
  readonly info?: Accepted;
  /** Must not run beside other rows: it is sensitive to them, or they to it. */
  readonly alone?: boolean;
  /** Played when everything else is over, because it judges the whole run. */
  readonly afterAll?: boolean;
  /** Slow limits of the target that the row needs; they are probed before the rows begin where the profile does not state them. */
  readonly limits?: readonly ('hold' | 'keep-alive')[];
  /** A requirement under public dispute. */
  readonly contested?: string;
  /** Why no planted defect can break this row; only where that is so. */
  readonly unbreakable?: string;
  /** Expected seconds under this target; decides whether the row is slow. Default 1. */
  seconds?(probe: Pick<Probe, 'profile' | 'constants'>): number;
  /**
   * Plays the story.
   * @throws Violation when the target is wrong, Unclear when nothing can be said, NotApplicable when it turns
   * out that the row has no meaning here
   */
  run(probe: Probe): Promise<Observation | undefined>;
}

/** Names a case; the group's list is all the registration there is. */
export function defineCase(it: Case): Case {
  return it;
}

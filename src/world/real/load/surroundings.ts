import type { RunEvent } from '../../../protocol/event.ts';
import type { Adapter } from '../../../wire/dialogue.ts';
import type { Profile } from '../../../wire/profile.ts';
import type { Lag } from '../../network.ts';
import type { Clock } from '../clock.ts';
import type { TlsChoice } from './connector.ts';
import type { Token } from './token.ts';

/** What all virtual clients of a process share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly origin: string;
  readonly profile: Profile;
  /** Code of the profile's own, where it has any. */
  readonly adapter?: Adapter | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly regular: boolean;
  readonly run: string;
  readonly channels: readonly string[];
  readonly lag: Lag;
  readonly keepAliveMs: number;
  readonly tls: TlsChoice;
  record(event: RunEvent): void;
  /** A message in the client's hand, for the progress line; the record has it too. */
  handed(token: Token, at: number): void;
  /** A client that is there from the beginning has written its first poll; then, once, that it is subscribed. */
  joined(): void;
  subscribed(): void;
}

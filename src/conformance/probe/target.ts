import type { Adapter } from '../../wire/dialogue.ts';
import type { Profile } from '../../wire/profile.ts';
import type { TlsChoice } from '../../world/real/load/connection.ts';

/** The server that is judged, and how it speaks. */
export interface Target {
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly tls: TlsChoice;
  /** Headers of the person's own, secrets filled in. */
  readonly headers: Readonly<Record<string, string>>;
  readonly profile: Profile;
  readonly adapter: Adapter | undefined;
  /** Texts that no transcript may show. */
  readonly secrets: readonly string[];
}

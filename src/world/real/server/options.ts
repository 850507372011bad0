import { type Semantics, semanticsNames } from '../../../wire/http.ts';
import { isOrigin } from '../../../wire/http-cors.ts';
import { UsageError } from '../../../wire/usage.ts';
import { descriptorLimit } from '../descriptors.ts';

/** How a server behaves; durations in milliseconds, sizes in bytes. */
export interface ServerSettings {
  readonly semantics: Semantics;
  /** Longest time for which a poll is held. */
  readonly holdMs: number;
  /** How long a client counts as online after its last poll ended. */
  readonly lingerMs: number;
  /** Messages kept per channel, and for how long. */
  readonly backlog: number;
  readonly backlogAgeMs: number;
  readonly maxBodyBytes: number;
  /** Most requests held at once. */
  readonly maxHeld: number;
  readonly maxChannels: number;
  /** How long an idle connection is kept open. */
  readonly keepAliveMs: number;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Origins whose pages may read the answers; `*` for all. */
  readonly cors: readonly string[];
  /** Two held polls of one client on one channel: hold both, or answer the older one empty. */
  readonly sameClient: 'all' | 'newest';
}

export type ServerOptions = Partial<ServerSettings>;

const fixedDefaults: Omit<ServerSettings, 'maxHeld'> = {
  semantics: 'buffered',
  holdMs: 25_000,
  lingerMs: 30_000,
  backlog: 10_000,
  backlogAgeMs: 300_000,
  maxBodyBytes: 1024 * 1024,
  maxChannels: 100_000,
  keepAliveMs: 75_000,
  host: '127.0.0.1',
  port: 8080,
  cors: [],
  sameClient: 'all',
};

/** Descriptors left for everything that is not a held request. */
const spareDescriptors = 500;

/** The settings used when nothing is said. */
export function defaultSettings(): ServerSettings {
  return { ...fixedDefaults, maxHeld: Math.max(1, descriptorLimit() - spareDescriptors) };
}

/**
 * Fills in the defaults and checks everything.
 * @throws UsageError with one complaint for each setting that cannot be
 */
export function serverSettings(options: ServerOptions = {}): ServerSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: ServerSettings = { ...defaultSettings(), ...given };
  const complaints: string[] = [];
  const check = (name: keyof ServerSettings, good: boolean, wanted: string): void => {
    if (!good) complaints.push(`${name}: ${wanted}, not ${JSON.stringify(settings[name])}`);
  };
  check('semantics', semanticsNames.includes(settings.semantics), `must be ${semanticsNames.join(' or ')}`);
  check('sameClient', ['all', 'newest'].includes(settings.sameClient), 'must be all or newest');
  for (const name of ['holdMs', 'lingerMs', 'backlogAgeMs'] as const) {
    check(name, Number.isFinite(settings[name]) && settings[name] >= 0, 'must be 0 or more milliseconds');
  }
  check('keepAliveMs', inside(settings.keepAliveMs, 1000, 2 ** 31 - 1), 'must be 1 s to 24 days');
  for (const name of ['maxHeld', 'maxChannels', 'maxBodyBytes'] as const) {
    check(name, inside(settings[name], 1, 2 ** 40), 'must be a whole number of 1 or more');
  }
  check('backlog', inside(settings.backlog, 0, 2 ** 40), 'must be a whole number of 0 or more');
  check('port', inside(settings.port, 0, 65_535), 'must be a whole number from 0 to 65535');
  check('host', typeof settings.host === 'string' && settings.host !== '', 'must name an address');
  for (const origin of settings.cors) {
    if (!isOrigin(origin)) {
      complaints.push(`cors: ${JSON.stringify(origin)} is no origin; write https://example.org, or *`);
    }
  }
  if (complaints.length > 0) throw new UsageError(complaints);
  return settings;
}

function inside(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

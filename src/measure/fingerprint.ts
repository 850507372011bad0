import { createHash } from 'node:crypto';

/** What makes two runs comparable. */
export interface Comparable {
  /** As resolved; its title, seed and report do not count. */
  readonly scenario: object;
  readonly world: 'real' | 'virtual';
  /** What configured times were divided by; 1 when nothing was scaled. */
  readonly timeScale: number;
  /** The target's profile as resolved; null for our own server. */
  readonly profile: unknown;
  /** Our version, `major.minor.patch`; only the major one counts. */
  readonly toolVersion: string;
}

/** JSON with sorted keys, so that equal things are written equally; infinities and NaN keep their names. */
function canonical(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${String(value)}"`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** The same for two runs exactly when they may be compared: 32 hexadecimal digits. */
export function fingerprint(run: Comparable): string {
  const {
    title: _title,
    seed: _seed,
    report: _report,
    ...scenario
  } = run.scenario as Record<string, unknown>;
  const { world, timeScale, profile, toolVersion } = run;
  const major = toolVersion.split('.')[0];
  return createHash('sha256')
    .update(canonical({ scenario, world, timeScale, profile: profile ?? null, major }))
    .digest('hex')
    .slice(0, 32);
}

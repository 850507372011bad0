import type { Result } from '../result.ts';

/** What says of a run whether another may be compared with it. */
export type Identity = Pick<Result, 'scenario' | 'world' | 'scaled' | 'target' | 'tool' | 'fingerprint'>;

/** More than this are counted. */
const mostTold = 20;

/**
 * In what two runs differ that should be the same, each as `clients.count: 20 against 50`; empty when their fingerprints
 * match. What the fingerprint leaves out (title, seed, report) is no difference.
 */
export function differences(base: Identity, other: Identity): string[] {
  if (base.fingerprint === other.fingerprint) return [];
  const found = differing(identifying(base), identifying(other), '');
  if (found.length === 0)
    return [
      `the fingerprints (${base.fingerprint} against ${other.fingerprint}), by something that the files do not tell, like the factor of a time scale`,
    ];
  const told = found.slice(0, mostTold);
  return found.length === told.length ? told : [...told, `and ${found.length - told.length} more`];
}

function identifying({ scenario, world, scaled, target, tool }: Identity): Record<string, unknown> {
  const { title: _title, seed: _seed, report: _report, ...rest } = scenario;
  const profile: unknown = target?.profile ?? null;
  return { ...rest, world, scaled, 'target profile': profile, 'major version': tool.version.split('.')[0] };
}

type Fields = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function differing(a: unknown, b: unknown, path: string): string[] {
  if (isMap(a) && isMap(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const place = (key: string): string =>
      Array.isArray(a) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return keys.flatMap((key) => differing(a[key], b[key], place(key)));
  }
  if (Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b)) return [];
  return [`${path}: ${told(a)} against ${told(b)}`];
}

function told(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

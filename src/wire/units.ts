/**
 * Quantities as people write them: durations `10s 250ms 1m30s 2h 1d` (milliseconds), rates `2/s 10/min 1/h 5/d`
 * (per second), sizes `256B 64KiB 1MiB` (bytes), shares `1%` (0 to 1). A number without a unit is none of these:
 * half of all readers would take it for seconds and the other half for milliseconds.
 */
export type Quantity = 'duration' | 'rate' | 'size' | 'share';

type Units = Readonly<Record<string, number>>;

const durationUnits: Units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const rateUnits: Units = { s: 1, min: 60, h: 3600, d: 86_400 };
const sizeUnits: Units = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

const number = '\\d+(?:\\.\\d+)?';

/** The shape of each quantity as a regular expression, also for the JSON Schemas. */
export const quantityPatterns: Readonly<Record<Quantity, RegExp>> = {
  duration: new RegExp(
    `^(?=\\d)(?:${number}d)?(?:${number}h)?(?:${number}m(?!s))?(?:${number}s)?(?:${number}ms)?$`,
  ),
  rate: new RegExp(`^${number}/(?:s|min|h|d)$`),
  size: new RegExp(`^${number}(?:B|KiB|MiB|GiB)$`),
  share: new RegExp(`^${number}%$`),
};

/** `1m30s` is 90,000; parts go from large to small. Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!quantityPatterns.duration.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    const value = Number(digits);
    // 1.001 * 1000 is not 1001 in binary; a millionth of a millisecond is finer than anything here.
    total += unit === 'ms' ? value : Math.round(value * durationUnits[unit!]! * 1e6) / 1e6;
  }
  return Number.isFinite(total) ? total : undefined;
}

/** The shortest usual form that `parseDuration` reads back as the same number of milliseconds (0 or more). */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (!Number.isInteger(ms) || ms % 1000 !== 0) return `${plain(ms)}ms`;
  let rest = ms;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's']) {
    const count = Math.floor(rest / durationUnits[unit]!);
    rest -= count * durationUnits[unit]!;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** `10/min` is 0.1666…; per second, or undefined when the text is no rate. */
export function parseRate(text: string): number | undefined {
  if (!quantityPatterns.rate.test(text)) return undefined;
  const [count, unit] = text.split('/');
  return finite(Number(count) / rateUnits[unit!]!);
}

/** The shortest form that `parseRate` reads back as the same rate per second. */
export function formatRate(perS: number): string {
  const exact = `${plain(perS)}/s`;
  return shortest(exact, perS, parseRate, Object.entries(rateUnits), (scale, unit) => [
    perS * scale,
    `/${unit}`,
  ]);
}

/** `64KiB` is 65,536. Whole bytes, or undefined when the text is no size. */
export function parseSize(text: string): number | undefined {
  if (!quantityPatterns.size.test(text)) return undefined;
  const [, digits, unit] = /^([\d.]+)(\w+)$/.exec(text)!;
  const bytes = Number(digits) * sizeUnits[unit!]!;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The largest unit in which the number of bytes is whole. */
export function formatSize(bytes: number): string {
  const unit = ['GiB', 'MiB', 'KiB'].find((name) => bytes > 0 && bytes % sizeUnits[name]! === 0) ?? 'B';
  return `${plain(bytes / sizeUnits[unit]!)}${unit}`;
}

/** `1%` is 0.01; undefined when the text is no share or is above 100 %. */
export function parseShare(text: string): number | undefined {
  if (!quantityPatterns.share.test(text)) return undefined;
  const share = Number(`${text.slice(0, -1)}e-2`);
  return share <= 1 ? share : undefined;
}

/** The shortest form that `parseShare` reads back as the same share (0 to 1). */
export function formatShare(share: number): string {
  return shortest(`${plain(share * 100)}%`, share, parseShare, [['%', 100]], (scale) => [share * scale, '%']);
}

export const parsers: Readonly<Record<Quantity, (text: string) => number | undefined>> = {
  duration: parseDuration,
  rate: parseRate,
  size: parseSize,
  share: parseShare,
};

const examples: Readonly<Record<Quantity, string>> = {
  duration: '10s, 250ms or 1m30s',
  rate: '2/s, 10/min, 1/h or 5/d',
  size: '256B, 64KiB or 1MiB',
  share: '1% or 0.5%',
};

/** How people spell units elsewhere. A key is matched whole, in lower case, without a plural s. */
const spellings: Readonly<Record<Quantity, Readonly<Record<string, string>>>> = {
  duration: {
    ...{ ms: 'ms', msec: 'ms', milli: 'ms', millisecond: 'ms', s: 's', sec: 's', second: 's', m: 'm' },
    ...{ min: 'm', minute: 'm', h: 'h', hr: 'h', hour: 'h', d: 'd', day: 'd' },
  },
  rate: {
    ...{ s: '/s', sec: '/s', second: '/s', hz: '/s', rps: '/s', m: '/min', min: '/min', minute: '/min' },
    ...{ h: '/h', hr: '/h', hour: '/h', d: '/d', day: '/d' },
  },
  size: {
    ...{ b: 'B', byte: 'B', k: 'KiB', kb: 'KiB', kib: 'KiB', kilobyte: 'KiB' },
    ...{ m: 'MiB', mb: 'MiB', mib: 'MiB', megabyte: 'MiB', g: 'GiB', gb: 'GiB', gib: 'GiB' },
  },
  share: { '%': '%', percent: '%', pct: '%' },
};

/** The right spelling of what was probably meant: `10 sec` is `10s`, a bare 10 is `10s or 10ms`. */
export function suggestQuantity(kind: Quantity, written: string | number): string | undefined {
  const text = String(written).trim().toLowerCase();
  if (new RegExp(`^${number}$`).test(text)) {
    if (kind === 'duration') return `${text}s or ${text}ms`;
    if (kind === 'rate') return `${text}/s or ${text}/min`;
    if (kind === 'size') return `${text}B`;
    return `${plain(Number(text) * (Number(text) < 1 ? 100 : 1))}%`;
  }
  const parts = [
    ...text.matchAll(new RegExp(`(${number})\\s*(?:/|per |a )?\\s*(%|[a-z]+)(?:[\\s,]|(?=\\d)|$)`, 'g')),
  ];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('').length !== text.length) return undefined;
  const known = spellings[kind];
  const spelled = parts.map(([, digits, unit]) => {
    const right = known[unit!] ?? known[unit!.replace(/s$/, '')];
    return right === undefined ? undefined : `${digits}${right}`;
  });
  if (spelled.includes(undefined)) return undefined;
  const suggestion = spelled.join('');
  return parsers[kind](suggestion) === undefined ? undefined : suggestion;
}

/** The complaint itself: `"10 sec" is not a duration; write 10s`. */
export function notA(kind: Quantity, written: unknown): string {
  const simple = typeof written === 'string' || typeof written === 'number';
  const suggestion = simple ? suggestQuantity(kind, written) : undefined;
  const shown = JSON.stringify(written) ?? 'nothing';
  return `${shown} is not a ${kind}; write ${suggestion ?? `for example ${examples[kind]}`}`;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Decimal digits without an exponent, which none of the grammars has. */
function plain(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value < 1 ? value.toFixed(30).replace(/0+$/, '').replace(/\.$/, '') : BigInt(value).toString();
}

/** The shortest text that means exactly `value`, among the value in each unit rounded to 12 digits. */
function shortest(
  exact: string,
  value: number,
  parse: (text: string) => number | undefined,
  units: readonly (readonly [string, number])[],
  express: (scale: number, unit: string) => readonly [number, string],
): string {
  let best: string | undefined;
  for (const [unit, scale] of units) {
    const [count, suffix] = express(scale, unit);
    const text = `${plain(Number(count.toPrecision(12)))}${suffix}`;
    if (parse(text) === value && (best === undefined || text.length < best.length)) best = text;
  }
  return best ?? exact;
}

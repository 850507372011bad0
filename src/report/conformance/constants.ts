import type { ConformanceConstants } from '../../conformance/result.ts';
import { formatBytes, formatCount, formatMs } from '../numbers.ts';

/** One measured constant as a person reads it. */
export interface Constant {
  /** As the catalogue calls it: `H`; empty when it has no letter. */
  readonly symbol: string;
  readonly name: string;
  /** `25.0 s`; `not known`. */
  readonly value: string;
  /** Where it comes from, when that is not a measurement. */
  readonly source: string;
  readonly known: boolean;
}

type TimeKey = Exclude<keyof ConformanceConstants, 'loss_curve' | 'fanout_skew' | 'sources'>;

const unknown = 'not known';

/** The constants in the order in which people look for them, those that nobody has measured left out at the end. */
export function constantList(constants: ConformanceConstants): Constant[] {
  const { delivery_p50_ms: p50, delivery_p99_ms: p99 } = constants;
  const item = (
    symbol: string,
    name: string,
    key: TimeKey,
    format: (value: number) => string = formatMs,
  ): Constant => {
    const value = constants[key];
    return {
      symbol,
      name,
      value: value === null ? unknown : format(value),
      source: sourceOf(constants, key, format),
      known: value !== null,
    };
  };
  const both = p50 === null && p99 === null ? unknown : [p50, p99].map((ms) => orUnknown(ms)).join(' / ');
  const core: Constant[] = [
    item('H', 'hold limit', 'hold_ms'),
    item('K', 'idle keep-alive', 'keepalive_ms'),
    {
      symbol: '',
      name: 'delivery p50 / p99',
      value: both,
      source: '',
      known: both !== unknown,
    },
    item('D', 'delivery budget', 'delivery_budget_ms'),
    item('S', 'settle time', 'settle_ms'),
    item('R', 'release budget', 'release_ms'),
  ];
  const further = [
    item('I', 'poll interval', 'interval_ms'),
    item('', 'ordinary request p99', 'request_p99_ms'),
    item('', 'largest accepted body', 'largest_body_bytes', formatBytes),
    item('', 'header bytes per message', 'header_bytes_per_message', formatBytes),
    ...constants.fanout_skew.map(({ subscribers, skew_ms }) => ({
      symbol: '',
      name: `first to last of ${formatCount(subscribers)}`,
      value: formatMs(skew_ms),
      source: '',
      known: true,
    })),
  ];
  return [...core, ...further.filter(({ known }) => known)];
}

function orUnknown(ms: number | null): string {
  return ms === null ? unknown : formatMs(ms);
}

function sourceOf({ sources }: ConformanceConstants, key: string, format: (value: number) => string): string {
  const source = sources[key];
  if (source === undefined) return '';
  const { from, measured, note } = source;
  const said = {
    measured: '',
    profile: measured === null ? 'from the profile' : `from the profile; measured ${format(measured)}`,
    default: 'default',
  }[from];
  return [said, note ?? ''].filter((part) => part !== '').join('; ');
}

/** `lost at 0 ms 299 of 300, …`; null without a curve. */
export function lossLine({ loss_curve: curve }: Pick<ConformanceConstants, 'loss_curve'>): string | null {
  if (curve.length === 0) return null;
  const points = curve.map(
    ({ spacing_ms, sent, lost }) => `${formatCount(lost)} of ${formatCount(sent)} at ${spacing_ms} ms`,
  );
  return `lost by spacing of publishes: ${points.join(', ')}`;
}

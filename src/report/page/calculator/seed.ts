import type { ModeResult, Result } from '../../../measure/result.ts';
import { formatDuration, formatRate, parseDuration, parseSize } from '../../../wire/units.ts';
import { knownOf } from '../../chart/predicted.ts';
import { scenarioField } from '../../label.ts';
import { measuredModes, secondsOf } from '../modes.ts';
import type { Given, Texts } from './inputs.ts';

/** Where the run tells nothing: as `pollmark theory` has it. */
const usual = {
  everyMs: 10_000,
  holdMs: 25_000,
  keepAliveMs: 5_000,
  emptyBytes: 0,
  requestBytes: 430,
  answerBytes: 108,
  messageBytes: 50,
};

/** Three digits: nobody changes `0.0499771/s`. */
const short = (value: number): number => Number(value.toPrecision(3));

/** What the calculator begins with: the run's own clients, rate, interval, hold, round trip, gap and sizes. */
export function seedOf(result: Result): { texts: Texts; given: Given } {
  const modes = measuredModes(result);
  const first = (kind: ModeResult['kind']): ModeResult | undefined =>
    modes.find((mode) => mode.kind === kind);
  const [regular, long] = [first('regular'), first('long')];
  const known = (['long', 'regular'] as const).flatMap((kind) => {
    const mode = first(kind);
    return (mode === undefined ? null : knownOf(result, mode)) ?? [];
  });
  const { upMs = 0, downMs = 0 } = known[0]?.circumstances ?? {};
  const clients = Number(scenarioField(result, 'clients', 'count'));
  const count = Number.isSafeInteger(clients) && clients > 0 ? clients : 1_000;
  const written = (mode: ModeResult | undefined, field: string, otherwise: number): number => {
    const all = scenarioField(result, 'modes');
    const own = Array.isArray(all)
      ? all.find((one) => (one as { name?: unknown } | null)?.name === mode?.name)
      : null;
    const text = (own as Record<string, unknown> | null | undefined)?.[field];
    return typeof text === 'string' ? (parseDuration(text) ?? otherwise) : otherwise;
  };
  const keepAlive = scenarioField(result, 'clients', 'keepAlive');
  const gap = known.find(({ polling }) => polling.kind === 'long')?.circumstances.turnaroundMs ?? 0;
  return {
    texts: {
      clients: String(count),
      rate: formatRate(short(rateOf(modes, count))),
      interval: formatDuration(written(regular, 'every', usual.everyMs) || usual.everyMs),
      hold: formatDuration(written(long, 'hold', usual.holdMs)),
      roundTrip: formatDuration(short(upMs + downMs)),
    },
    given: {
      turnaroundMs: short(gap),
      keepAliveMs:
        typeof keepAlive === 'string' ? (parseDuration(keepAlive) ?? usual.keepAliveMs) : usual.keepAliveMs,
      sizes: sizesOf(result, long ?? regular),
    },
  };
}

/** Messages per client and second as they came; in a room that is the room's rate. */
function rateOf(modes: readonly ModeResult[], clients: number): number {
  const fitted = modes.flatMap(({ theory }) => theory?.circumstances?.rate_per_s ?? [])[0];
  if (fitted !== undefined) return fitted;
  const [mode] = modes;
  if (mode === undefined) return 0;
  const expected = mode.repetitions.reduce((sum, { messages }) => sum + messages.expected, 0);
  const seconds = secondsOf(mode);
  return seconds > 0 ? expected / seconds / clients : 0;
}

/** Of an exchange as it was on the wire: what is not the message counts as its headers. */
function sizesOf(result: Result, mode: ModeResult | undefined): Given['sizes'] {
  const size = scenarioField(result, 'arrivals', 'size', 'bytes');
  const written = typeof size === 'number' ? size : typeof size === 'string' ? parseSize(size) : undefined;
  const messageBytes = written ?? usual.messageBytes;
  const sum = (of: (one: ModeResult['repetitions'][number]) => number): number =>
    (mode?.repetitions ?? []).reduce((total, one) => total + of(one), 0);
  const ended = sum(({ requests }) => requests.total - requests.unended);
  const delivered = sum(({ messages }) => messages.delivered + messages.duplicates);
  const answers = sum(({ bytes }) => bytes.in) - delivered * messageBytes;
  const { requestBytes, answerBytes, emptyBytes } = usual;
  const asked = sum(({ bytes }) => bytes.out);
  if (ended === 0 || answers <= 0 || asked === 0)
    return { requestBytes, answerBytes, emptyBytes, messageBytes };
  return {
    requestBytes: Math.round(asked / ended),
    answerBytes: Math.round(answers / ended),
    emptyBytes,
    messageBytes,
  };
}

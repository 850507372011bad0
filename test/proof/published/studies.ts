import type { RepetitionResult } from '../../../src/measure/result.ts';
import { holdHerdShare } from '../../../src/measure/theory/hold-herd.ts';
import { predict } from '../../../src/measure/theory/predict.ts';
import { formatCount, formatMs, formatNumber, formatShare } from '../../../src/report/numbers.ts';
import { alone, type Row, type Study } from './study.ts';

type Of = (repetition: RepetitionResult) => number | null;

/** Reads one number of one mode at one value of the sweep. */
function at(value: string, mode: string, of: Of): Row['of'] {
  return (results) => {
    const found = results.get(value)?.modes.find(({ name }) => name === mode)?.repetitions[0];
    return found === undefined ? null : of(found);
  };
}

const requests: Of = ({ requests: { total } }) => total;
const perDelivery: Of = (r) => r.requests.per_delivery;
const perS: Of = (r) => r.requests.per_s;
const emptyShare: Of = ({ requests: { empty, total, unended } }) =>
  total === unended ? null : empty / (total - unended);
const lostShare: Of = ({ messages: { expected, lost, undelivered } }) =>
  expected === 0 ? null : (lost + undelivered) / expected;
const superseded: Of = ({ messages: { delivered, superseded: count } }) =>
  count === null || delivered === 0 ? null : count / delivered;
const meanMs: Of = (r) => r.delivery_ms.mean;
const maxMs: Of = (r) => r.delivery_ms.max;

const abril: Study = {
  scenario: 'published/abril-2017',
  title: 'Five updates, one a second',
  source: 'A. Abril, "Real-time methods" (2017), the HAR files of Chrome 60',
  simulated: [],
  real: [],
  rows: [
    {
      what: 'requests, polling',
      published: '15 (HTTP/1.1), 16 (HTTP/2)',
      predicted: 4.5 / 0.3,
      format: formatCount,
      of: at(alone, 'polling', requests),
    },
    {
      what: 'of them for nothing',
      published: '10 of 15',
      predicted: 2 / 3,
      format: formatShare,
      of: at(alone, 'polling', emptyShare),
    },
    {
      what: 'requests, long polling',
      published: '5',
      predicted: 5,
      format: formatCount,
      of: at(alone, 'long', requests),
    },
  ],
  note: 'His page asked 250 ms after each answer; 15 requests in 4.5 s say that a round took 300 ms.',
};

/** One way, milliseconds, of `rfc-transits`. */
const transitMs = 50;
const transits: Study = {
  scenario: 'published/rfc-transits',
  title: 'From one transit to two on the average, three at most',
  source: 'RFC 6202 (2011), section 2; the mean between both ends by the renewal argument',
  simulated: [],
  real: ['clients.count=10', 'clients.channels=10', 'duration=20s'],
  realAt: ['0.1/s', '1/s', '5/s', '10/s', '20/s'],
  rows: [0.1, 1, 5, 10, 20, 200].flatMap((ratePerS): Row[] => {
    const way = { upMs: transitMs, downMs: transitMs, serviceMs: 0, turnaroundMs: 0 };
    const { delivery } = predict({ kind: 'long', holdMs: 25_000 }, { ratePerS, ...way });
    const format = (ms: number): string => `${(ms / transitMs).toFixed(2)} transits`;
    const quiet = ratePerS === 0.1;
    return [
      {
        what: `mean at ${ratePerS}/s`,
        published: quiet ? 'close to one' : '-',
        predicted: delivery.mean,
        format,
        of: at(`${ratePerS}/s`, 'long', meanMs),
      },
      ...(ratePerS === 20
        ? [
            {
              what: 'longest at 20/s',
              published: 'three',
              predicted: delivery.max,
              format,
              of: at('20/s', 'long', maxMs),
            },
          ]
        : []),
    ];
  }),
  note: 'A gap between two held requests is 100 ms; a real one is a little longer, since clients and server take their time as well.',
};

const gapLoss: Study = {
  scenario: 'published/gap-loss',
  title: 'What a server without a memory loses',
  source: 'nmosafi/aspComet, issue 3 (0.1 s in every 10 s is 1 %); Erlang B with one trunk',
  simulated: ['duration=10h'],
  real: ['duration=1m'],
  realAt: ['1/s', '10/s'],
  rows: [0.1, 1, 10].map((ratePerS) => ({
    what: `lost at ${ratePerS}/s`,
    published: ratePerS === 0.1 ? '1 %' : '-',
    predicted: (ratePerS * 0.1) / (1 + ratePerS * 0.1),
    format: formatShare,
    of: at(`${ratePerS}/s`, 'long', lostShare),
  })),
  note: 'In ten simulated hours 3,600, 36,000 and 360,000 messages were published; a real minute at 1/s holds 60, so that the last column may lie seven points off by chance.',
};

const periods = [
  { everyS: 1, rate: '60/min' },
  { everyS: 5, rate: '12/min' },
  { everyS: 15, rate: '4/min' },
  { everyS: 50, rate: '72/h' },
];
const grid: Study = {
  scenario: 'published/ajax-grid',
  title: 'Pull against publish, all intervals',
  source:
    'Bozdag, Mesbah, van Deursen, WSE 2007 (arXiv 0706.3984): the grid; its conclusion, here as numbers',
  simulated: [],
  real: ['clients.count=20', 'duration=100s', 'cooldown=55s'],
  realAt: ['60/min', '4/min'],
  rows: [
    ...periods.flatMap(({ everyS, rate }) =>
      [1, 5, 15, 50].map(
        (pullS): Row => ({
          what: `requests for each publish, publish every ${everyS} s, pull every ${pullS} s`,
          published: pullS === everyS ? 'one' : '-',
          predicted: everyS / pullS,
          format: formatNumber,
          of: at(rate, `pull-${pullS}`, perDelivery),
        }),
      ),
    ),
    ...[5, 15, 50].map(
      (pullS): Row => ({
        what: `values superseded unseen, publish every 1 s, pull every ${pullS} s`,
        published: 'misses data',
        predicted: 1 - 1 / pullS,
        format: formatShare,
        of: at('60/min', `pull-${pullS}`, superseded),
      }),
    ),
    {
      what: 'requests for each publish, push, publish every 15 s',
      published: 'one, none missed',
      predicted: 1,
      format: formatNumber,
      of: at('4/min', 'push', perDelivery),
    },
  ],
  note: 'Counts only: with periods locked to one another mean delays hang on the phase. Their processor times (push 7 times pull, at unequal latency) were a server of 2007 and are not reproduced.',
};

const sensor: Study = {
  scenario: 'published/sensor-4hz',
  title: 'The cliff at a round trip of 250 ms',
  source: 'Pimentel, Nickerson, IEEE Internet Computing 16(4), 2012: four readings a second',
  simulated: [],
  real: ['duration=20s'],
  rows: [50, 100, 120, 130, 150].map((oneWayMs) => ({
    what: `mean at a round trip of ${2 * oneWayMs} ms`,
    published: '-',
    // Below the cliff one transit; above it the reading waits half a gap on the average.
    predicted: 2 * oneWayMs < 250 ? oneWayMs : oneWayMs + oneWayMs,
    format: formatMs,
    of: at(`${oneWayMs}ms`, 'long', meanMs),
  })),
  note: 'Beyond the cliff the phases of readings and polls lock, so that a mean may lie a good deal off half a gap. Their table of latencies was not to be had.',
};

const receives: Study = {
  scenario: 'published/empty-receives',
  title: 'A weekend of empty receives',
  source:
    'Amazon SQS, developer guide; the reckoning of okulbida.com: 1,000 workers, 60 h, 0.40 USD a million',
  simulated: ['duration=60h'],
  real: ['duration=1m', 'order=together'],
  rows: (
    [
      ['short', 1000, { kind: 'regular', everyMs: 1000, schedule: 'fixed-rate' }, '216 million, 86 USD'],
      ['long', 50, { kind: 'long', holdMs: 20_000 }, '10.8 million, 4.30 USD'],
    ] as const
  ).flatMap(([mode, ratePerS, polling, published]): Row[] => {
    const still = { upMs: 0, downMs: 0, serviceMs: 0, turnaroundMs: 0 };
    const { emptyShare: empty } = predict(polling, { ratePerS: 1 / 3600, ...still });
    const weekend = (perSecond: number): string => {
      const millions = (perSecond * 60 * 3600) / 1e6;
      return `${millions.toFixed(1)} million, ${(millions * 0.4).toFixed(2)} USD`;
    };
    return [
      {
        what: `requests in 60 h, ${mode}`,
        published,
        predicted: ratePerS,
        format: weekend,
        of: at(alone, mode, perS),
      },
      {
        what: `of them empty, ${mode}`,
        published: '-',
        predicted: empty,
        format: formatShare,
        of: at(alone, mode, emptyShare),
      },
    ];
  }),
  note: 'The real run is of one minute, and extrapolated. One message an hour and worker wakes a few of the long polls.',
};

const herdClients = 1000;
const herd: Study = {
  scenario: 'hold-herd',
  title: 'Holds that end together, for ever',
  source: 'Consul (a random sixteenth on top of each wait), Kubernetes (randomised watch timeouts, PR 8574)',
  simulated: [],
  real: ['duration=44s'],
  rows: (
    [
      ['constant', 0, 'all together'],
      ['sixteenth', 625, 'spread by wait/16'],
      ['double', 10_000, 'spread over a whole wait'],
    ] as const
  ).map(([mode, jitterMs, published]) => ({
    what: `share of the clients in the worst 100 ms, ${mode}`,
    published,
    // The worst is that of the first round.
    predicted: holdHerdShare(jitterMs, 1, 100),
    format: formatShare,
    of: at(alone, mode, (r) => r.herd.peak_per_100ms / herdClients),
  })),
  note: 'A real machine cannot make a thousand connections in one instant, so its clients are spread from the beginning.',
};

const policies = [
  'immediate',
  'fixed',
  'exponential',
  'full-jitter',
  'equal-jitter',
  'decorrelated',
] as const;
/** Calls of the public simulator (aws-samples/aws-arch-backoff-simulator), 100 clients that contend; another story, same order. */
const calls = { exponential: '1855', 'full-jitter': '795', 'equal-jitter': '813', decorrelated: '1001' };
const outage: Study = {
  scenario: 'outage',
  title: 'Policies of coming back',
  source: 'AWS, "Exponential Backoff And Jitter" (2015) and its simulator: the order of the policies',
  simulated: [],
  real: [],
  rows: policies.flatMap((mode): Row[] => [
    {
      what: `attempts in vain for each client, ${mode}`,
      published: mode in calls ? `${calls[mode as keyof typeof calls]} calls, contending` : '-',
      predicted: predictedBack(mode, 'wasted_per_client'),
      format: formatNumber,
      of: measuredBack(mode, 'wasted_per_client'),
    },
    {
      what: `mean wait after the outage, ${mode}`,
      published: '-',
      predicted: predictedBack(mode, 'wait_mean_ms'),
      format: formatMs,
      of: measuredBack(mode, 'wait_mean_ms'),
    },
  ]),
  note: 'Their clients contend for one record, ours come back to a server; what carries over is that jitter beats none, and which kinds try more often.',
};

type Back = 'wasted_per_client' | 'wait_mean_ms';

function backOf(mode: string, field: Back, side: 'predicted' | 'measured'): Row['of'] {
  return (results) => {
    const theory = results.get(alone)?.modes.find(({ name }) => name === mode)?.theory;
    return theory?.reconnection?.[0]?.[field][side] ?? null;
  };
}

function predictedBack(mode: string, field: Back): Row['of'] {
  return backOf(mode, field, 'predicted');
}

function measuredBack(mode: string, field: Back): Row['of'] {
  return backOf(mode, field, 'measured');
}

export const studies: readonly Study[] = [abril, transits, gapLoss, grid, sensor, receives, herd, outage];

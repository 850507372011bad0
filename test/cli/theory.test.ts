import { describe, expect, it } from 'vitest';
import { theorySchema } from '../../src/report/theory/record.ts';
import { run } from './run.ts';

const theory = (...args: string[]) => run(['theory', ...args]);

async function record(...args: string[]) {
  const { code, out, err } = await theory(...args, '--json');
  expect([code, err]).toEqual([0, []]);
  return theorySchema.parse(JSON.parse(out));
}

const million = ['--clients', '1000000', '--interval', '10s', '--hold', '30s', '--round-trip', '100ms'];

/** Digits as the table has them. */
const to = (value: number, digits: number): number => Number(value.toPrecision(digits));

describe('pollmark theory', () => {
  // A million clients, 430 and 108 bytes of headers, messages of 50 bytes: rates, and what each mode does.
  it.each([
    ['1/h', null, null],
    ['0.1/min', [100_000, 5.05, 9.95, 98.3, 10, 4656], [34_100, 0.05, 0.05, 95.1, 997, 1591]],
    ['1/min', [100_000, 5.05, 9.95, 84.6, 10, 4720], [42_200, 0.05, 0.05, 60.6, 996, 2036]],
    ['6/min', [100_000, 5.05, 9.95, 36.8, 10, 5080], [105_000, 0.051, 0.055, 4.9, 989, 5321]],
    ['1/s', [100_000, 5.05, 9.95, 0, 10, 8968], [995_000, 0.055, 0.14, 0, 900, 50_579]],
    ['10/s', null, [7_310_000, 0.087, 0.149, 0, 269, 383_019]],
  ])('has the table of its documentation: %s', async (rate, regular, long) => {
    const { modes } = await record(...million, '--rate', rate);
    for (const [mode, row] of [
      [modes[0]!, regular],
      [modes[1]!, long],
    ] as const) {
      if (row === null) continue;
      const [requests, mean, p99, empty, held, gigabytes] = row as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      expect(to(mode.requests_per_s, 3)).toBe(requests);
      expect(Math.abs(mode.delivery_ms.mean / 1000 - mean)).toBeLessThan(0.00051);
      expect(Math.abs(mode.delivery_ms.p99 / 1000 - p99)).toBeLessThan(0.00051);
      expect(Math.abs(mode.empty_share * 100 - empty)).toBeLessThan(0.0501);
      expect(Math.round(mode.held / 1000)).toBe(held);
      expect(Math.round(mode.bytes_per_day / 1e9)).toBe(gigabytes);
    }
  });

  it('has costs, a crossover and a loss', async () => {
    const { modes, crossover } = await record(...million, '--rate', '0/s', '--price', '0.40');
    expect(modes.map(({ cost_per_day }) => Math.round(cost_per_day!))).toEqual([3456, 1148]);
    expect(crossover.rate_per_s).toBeCloseTo(0.094, 3);
    expect(crossover.seconds_per_message).toBeCloseTo(10.6, 1);
    expect(crossover.note).toContain('every 10.6 s');
    const lossy = await record('--rate', '1/s', '--round-trip', '300ms', '--hold', '100d');
    expect(lossy.modes.map(({ loss_unbuffered }) => loss_unbuffered)).toEqual([
      null,
      expect.closeTo(0.231, 3),
    ]);
    const unpriced = await record();
    expect(unpriced.modes.map(({ cost_per_day }) => cost_per_day)).toEqual([null, null]);
  });

  it('takes every number that it is given', async () => {
    const { inputs, modes } = await record(
      ...[
        '--one-way',
        '20ms',
        '--service',
        '5ms',
        '--turnaround',
        '30ms',
        '--pause',
        '70ms',
        '--interval',
        '2s',
      ],
      ...[
        '--schedule',
        'fixed-delay',
        '--request-bytes',
        '1KiB',
        '--answer-bytes',
        '0B',
        '--empty-bytes',
        '7B',
      ],
      ...[
        '--message-bytes',
        '3B',
        '--keep-alive',
        '1m',
        '--idle-limit',
        '1m',
        '--clients',
        '7',
        '--rate',
        '2/h',
      ],
    );
    expect(inputs).toEqual({
      clients: 7,
      rate_per_s: 2 / 3600,
      interval_s: 2,
      schedule: 'fixed-delay',
      hold_s: 25,
      one_way_s: 0.02,
      service_s: 0.005,
      turnaround_s: 0.1,
      request_bytes: 1024,
      answer_bytes: 0,
      empty_bytes: 7,
      message_bytes: 3,
      keep_alive_s: 60,
      price_per_million: null,
      idle_limit_s: 60,
    });
    expect(modes[0]!.delivery_ms.max).toBeCloseTo(25 + 2045, 9);
    expect(modes[1]!.delivery_ms.max).toBeCloseTo(25 + 145, 9);
    expect(modes.map(({ connections }) => connections)).toEqual([
      { open: 7, opened_per_s: 0 },
      { open: 7, opened_per_s: 0 },
    ]);
  });

  it('says what changes if one thing changes', async () => {
    const { changes } = await record(...million, '--rate', '6/min');
    const told = changes.map(({ what, modes }) => [
      what,
      ...modes.flatMap(({ requests_per_s, delivery_p99_ms }) => [
        to(requests_per_s, 3),
        to(delivery_p99_ms, 3),
      ]),
    ]);
    expect(told).toEqual([
      ['half the interval', 200_000, 5000, 105_000, 54.9],
      ['twice the interval', 50_000, 19_900, 105_000, 54.9],
      ['a hold of 55 s', 100_000, 9950, 100_000, 50.4],
      ['ten times the messages', 100_000, 9950, 995_000, 140],
      ['ten times the distance', 100_000, 10_400, 104_000, 1400],
    ]);
  });

  it('is one sheet, with a unit at every number, as wide as the terminal', async () => {
    const { code, out } = await theory(
      ...million,
      '--rate',
      '6/min',
      '--price',
      '0.40',
      '--idle-limit',
      '29s',
    );
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const line of [
      '1,000,000 clients, one message per client every 10 s, round trip 100 ms',
      '                         regular, every 10 s  long, held 30 s',
      'delivery, mean                        5.05 s            51 ms',
      'requests, all clients              100,000/s        105,179/s',
      '  answered without one                36.8 %            4.9 %',
      'traffic a day                         5.1 TB           5.3 TB',
      'cost a day                             3,456            3,635',
      'lost without a buffer              needs one            1.0 %',
      '  half the interval       200,000/s  5.00 s  105,179/s   55 ms          0.53',
    ])
      expect(lines).toContain(line);
    expect(out.replaceAll(/\n +/g, ' ').replaceAll('\n', ' ')).toContain(
      'not below the idle limit of 29 s: the proxy cuts 5,761/s; hold for 27.2 s at most',
    );
    const narrow = await run(['theory', ...million], undefined, 60);
    expect(Math.max(...narrow.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe('nonsense', () => {
  const advised = async (...args: string[]): Promise<string> => {
    const { crossover, advice, doubts } = await record(...args);
    return [crossover.note, ...advice, ...doubts].join('\n');
  };

  it('is answered by what it means', async () => {
    expect(await advised('--hold', '5s')).toMatch(
      /There is no crossover: hold and gap together \(5 s and 100 ms\)[\s\S]*The hold is too short: above 9.90 s/,
    );
    expect(await advised('--round-trip', '20s')).toContain('never sends more requests');
    expect(await advised('--round-trip', '20s')).toContain('ticks that find a poll open are skipped');
    expect(await advised('--pause', '15s')).toContain('Long polling saves requests here, and is slower');
    expect(await advised('--pause', '1s', '--hold', '0s', '--interval', '500ms')).toContain('saves requests');
    expect(await advised('--rate', '0/s')).toContain('No message ever comes');
    expect(await advised('--hold', '0s')).toContain('A hold of 0 is no long polling');
    expect(await advised('--rate', '100/s')).toContain('More than one message per two gaps');
    expect(await advised('--rate', '1/h')).toContain('wins on both counts');
    expect(await advised('--idle-limit', '50ms')).toContain('no hold at all fits below it');
    expect(await advised('--hold', '58s', '--idle-limit', '60s')).toContain('at most 56.4 s is safe');
    expect(await advised('--hold', '55s')).toContain('Say yours with --idle-limit');
    expect(await advised('--hold', '55s', '--idle-limit', '60s')).not.toMatch(/idle limit|--idle-limit/);
    const absurd = await advised(
      ...['--clients', '9000000000', '--rate', '5000/s', '--round-trip', '1h', '--interval', '2d'],
      ...['--hold', '3h', '--message-bytes', '1GiB'],
    );
    expect(
      absurd
        .split('\n')
        .filter((line) => /more than there are|the rate is per|moon|hardly|no path|A2/.test(line)),
    ).toHaveLength(6);
  });

  it('has no number that is none, whatever is asked', async () => {
    for (const rate of ['0/s', '0.000001/d', '1000000000/s'])
      for (const hold of ['0s', '1ms', '10000d'])
        for (const trip of ['0s', '100ms', '1d']) {
          if (hold === '0s' && trip === '0s') continue;
          const { out } = await theory('--rate', rate, '--hold', hold, '--round-trip', trip, '--json');
          theorySchema.parse(JSON.parse(out));
          const sheet = await theory('--rate', rate, '--hold', hold, '--round-trip', trip);
          expect(sheet.out, `${rate} ${hold} ${trip}`).not.toMatch(/NaN|Infinity|∞|undefined/);
        }
  });

  it('is refused where it means nothing, all at once, by the name of the option', async () => {
    const { code, out, err } = await theory(
      ...['--round-trip', '-5ms', '--hold=-1s', '--price', '-0.4', '--rate', '-1/s', '--intervall', '5s'],
      ...['--clients', '0', '--service', '10', '--idle-limit', '0s', 'now'],
    );
    expect([code, out]).toEqual([2, '']);
    expect(err.toSorted()).toEqual([
      'error: --clients: "0" is not a whole number of 1 or more; write for example --clients 5',
      'error: --hold: "-1s" is negative; it must be 0 or more',
      'error: --idle-limit: must be more than 0s',
      'error: --price: "-0.4" is negative; it must be 0 or more',
      'error: --rate: "-1/s" is negative; it must be 0 or more',
      'error: --round-trip: "-5ms" is negative; it must be 0 or more',
      'error: --service: "10" is not a duration; write 10s or 10ms',
      'error: unexpected "now"',
      'error: unknown option --intervall; did you mean --interval?',
    ]);
    const { code: again, err: clashes } = await theory(
      ...['--one-way', '0s', '--round-trip', '0s', '--hold', '0s', '--interval', '0s'],
    );
    expect([again, clashes]).toEqual([
      2,
      [
        'error: --one-way and --round-trip say the same thing; give one of them',
        'error: --interval: must be more than 0s; who polls without a pause does long polling with --hold 0s',
        'error: --hold 0s, with a round trip and a turn-around of 0s: that would be endlessly many requests',
      ],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { deliveriesOf } from '../../src/scenario/audience.ts';
import type { ScriptStep } from '../../src/scenario/group.ts';
import { scaleScenario } from '../../src/scenario/scale.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { layWorkload } from '../../src/scenario/workload.ts';
import { complaintsOf, sample } from './sample.ts';

/** Ten clients, of which a group does something; a minute is measured after 20 s of warm-up. */
const withGroup = (fields: string, clients = 'count: 10, channels: 5', more = ''): Scenario =>
  sample(
    {
      clients: `{ ${clients}, groups: [{ name: g, ${fields} }] }`,
      arrivals: '{ process: fixed, rate: 1/s }',
    },
    `warmup: 20s\n${more}`,
  );
const wrong = (fields: string, clients?: string): readonly string[] =>
  complaintsOf(() => withGroup(fields, clients)).map((line) => line.replace(/^.*?clients\.groups/, 'groups'));
const timeline = (...steps: string[]): string =>
  `count: 4, timeline: [${steps.map((step) => `{ ${step} }`).join(', ')}]`;
const scripts = (scenario: Scenario): (readonly ScriptStep[])[] =>
  layWorkload(scenario, 0)
    .clients.map(({ script }) => script)
    .filter(({ length }) => length > 0);
const seconds = (steps: readonly ScriptStep[]): string[] =>
  steps.map((step) => `${step.do} ${step.atMs / 1000}`);

describe('a group in the file', () => {
  it('has a number of clients, or a share of them', () => {
    expect(withGroup('share: 33%').clients.groups[0]!.count).toBe(3);
    expect(wrong('count: 2, share: 3%')).toEqual(['groups[0]: needs either share or count']);
    expect(wrong('spread: 1s')).toEqual(['groups[0]: needs either share or count']);
    expect(wrong('share: 1%')).toEqual(['groups[0].share: is not one of 10 clients; write count: 1']);
    expect(wrong('count: 11')).toEqual(['groups[0]: with it the groups have 11 clients, and there are 10']);
    const two = 'count: 6 }, { name: g, count: 5';
    expect(wrong(two)).toEqual([
      'groups[1]: with it the groups have 11 clients, and there are 10',
      'groups[1].name: there is another group "g"',
    ]);
  });

  it.each([
    ['at: 1s, do: slep, for: 5s', 'timeline[0].do: "slep" is not one of join, leave, sleep'],
    ['at: 1s, do: sleep, fro: 5s', 'timeline[0]: unknown key "fro"; did you mean "for"?'],
    ['at: 1s, do: sleep', 'timeline[0].for: is missing; expected a duration'],
    ['at: 1s, do: leave, connection: lost', 'timeline[0]: unknown key "connection"'],
    ['at: 60s, do: leave', 'timeline[0].at: 1m is not inside the 1m measured'],
    ['at: 58s, do: leave, over: 3s', 'timeline[0].at: it would be over at 1m1s, after the 1m measured'],
    ['at: 1s, do: sleep, for: 1m', 'timeline[0].at: it would be over at 1m1s, after the 1m measured'],
    ['at: 1s, do: channel, to: 5', 'timeline[0].to: there are 5 channels, 0 to 4; there is no 5'],
    ['at: 1s, do: channel, to: nxt', 'timeline[0].to: "nxt" is not one of next, random'],
    ['at: 1s, do: publish, every: 1ms', 'timeline[0].every: it would be there more than 10000 times'],
    ['at: 1s, do: publish, chance: 0%', 'timeline[0].chance: must be more than 0%'],
  ])('refuses { %s }', (step, complaint) => {
    expect(wrong(timeline(step)).join('\n')).toContain(complaint);
  });

  it('counts the spread to a step, and needs channels to go to', () => {
    expect(wrong(`spread: 5s, ${timeline('at: 56s, do: leave')}`)).toEqual([
      'groups[0].timeline[0].at: it would be over at 1m1s for the last client, with the spread, after the 1m measured',
    ]);
    expect(wrong(timeline('at: 1s, do: channel, to: next'), 'count: 10')).toEqual([
      'groups[0].timeline[0].to: there is only one channel; write clients.channels',
    ]);
  });

  it.each([
    [
      ['at: 10s, do: sleep, for: 20s', 'at: 20s, do: offline, for: 5s'],
      'timeline[1].do: offline at 20s: the clients are asleep until 30s by timeline[0]',
    ],
    [
      ['at: 20s, do: publish', 'at: 10s, do: offline, for: 20s'],
      'timeline[0].do: publish at 20s: the clients are offline until 30s by timeline[1]',
    ],
    [
      ['at: 10s, do: leave', 'at: 20s, do: sleep, for: 5s'],
      'timeline[1].do: sleep at 20s: the clients are not there',
    ],
    [
      ['at: 10s, do: leave, over: 5s', 'at: 12s, do: join'],
      'timeline[1].do: join at 12s: the clients are still leaving until 15s by timeline[0]',
    ],
    [
      ['at: 10s, do: leave', 'at: 15s, do: join', 'at: 30s, do: join'],
      'timeline[2].do: join at 30s: the clients are there already',
    ],
    [
      ['at: 0s, do: join', 'at: 5s, do: sleep, for: 10s, every: 8s'],
      'timeline[1].do: sleep at 13s: the clients are asleep until 15s by timeline[1]',
    ],
    [
      ['at: 10s, do: publish, every: 20s', 'at: 29s, do: leave'],
      'timeline[0].do: publish at 30s: the clients are not there',
    ],
  ])('refuses what contradicts itself: %j', (steps, complaint) => {
    expect(wrong(timeline(...steps))).toEqual([`groups[0].${complaint}`]);
  });

  it('lets chance decide who is there', () => {
    expect(
      wrong(timeline('at: 1s, do: leave, chance: 50%', 'at: 9s, do: sleep, for: 1s', 'at: 20s, do: join')),
    ).toEqual([]);
    expect(wrong(timeline('at: 1s, do: sleep, for: 9s', 'at: 10s, do: sleep, for: 9s'))).toEqual([]);
  });
});

describe('the scripts', () => {
  it('have each step at its time, warm-up included, for as many clients as the group has', () => {
    const lay = scripts(
      withGroup(timeline('at: 10s, do: sleep, for: 5s, connection: kept', 'at: 20s, do: offline, for: 1s')),
    );
    expect(lay).toHaveLength(4);
    for (const steps of lay) {
      expect(steps).toEqual([
        { atMs: 30_000, do: 'sleep' },
        { atMs: 35_000, do: 'wake', connection: 'kept' },
        { atMs: 40_000, do: 'offline' },
        { atMs: 41_000, do: 'online', connection: 'lost' },
      ]);
    }
  });

  it('repeat what has an interval while it fits', () => {
    const [steps] = scripts(withGroup(timeline('at: 10s, do: sleep, for: 5s, every: 15s')));
    expect(seconds(steps!)).toEqual([
      ...['sleep 30', 'wake 35', 'sleep 45', 'wake 50', 'sleep 60', 'wake 65', 'sleep 75', 'wake 80'],
    ]);
  });

  it('let late clients join one after the other, and no sooner', () => {
    const { clients, setupMs } = layWorkload(
      withGroup(timeline('at: 10s, do: join, over: 8s', 'at: 30s, do: leave, over: 4s')),
      0,
    );
    const late = clients.filter(({ joinMs }) => joinMs === null);
    expect(late).toHaveLength(4);
    expect(setupMs).toBe(Math.max(...clients.map(({ joinMs }) => joinMs ?? 0)));
    expect(late.map(({ script }) => seconds(script).join()).sort()).toEqual([
      ...['join 30,leave 50', 'join 32,leave 51', 'join 34,leave 52', 'join 36,leave 53'],
    ]);
  });

  it('give each client a delay of its own, the same for all of its steps', () => {
    const lay = scripts(
      withGroup(`spread: 5s, ${timeline('at: 10s, do: sleep, for: 5s', 'at: 40s, do: leave')}`),
    );
    const delays = lay.map((steps) => steps[0]!.atMs - 30_000);
    expect(new Set(delays).size).toBe(4);
    expect(delays.every((delay) => delay >= 0 && delay < 5000)).toBe(true);
    lay.forEach((steps, i) => {
      expect(steps[2]!.atMs - 60_000).toBeCloseTo(delays[i]!, 6);
    });
  });

  it('move clients to where they were told to', () => {
    const channels = (to: string): number[][] => {
      const scenario = withGroup(timeline(`at: 10s, do: channel, to: ${to}, every: 10s`));
      return layWorkload(scenario, 0)
        .clients.filter(({ script }) => script.length > 0)
        .map(({ channel, script }) => [channel, ...script.map((step) => step.channel!)]);
    };
    for (const [first, ...rest] of channels('next'))
      expect(rest).toEqual([1, 2, 3, 4, 5].map((n) => (first! + n) % 5));
    for (const walk of channels('random'))
      walk.slice(1).forEach((channel, i) => {
        expect(channel).not.toBe(walk[i]);
        expect(channel >= 0 && channel < 5).toBe(true);
      });
    for (const walk of channels('3')) expect(walk.slice(1)).toEqual(walk[0] === 3 ? [] : [3]);
  });

  it('publish on the channel on which the client then is, numbered among the others', () => {
    const base = layWorkload(withGroup('count: 4'), 0);
    const scenario = withGroup(timeline('at: 10s, do: channel, to: 2', 'at: 20500ms, do: publish, count: 3'));
    const { publishes } = layWorkload(scenario, 0);
    expect(publishes).toHaveLength(base.publishes.length + 12);
    expect(publishes.map(({ message }) => message)).toEqual(publishes.map((_, i) => i));
    expect(publishes.every(({ atMs }, i) => i === 0 || atMs >= publishes[i - 1]!.atMs)).toBe(true);
    const own = publishes.filter(({ atMs }) => atMs === 40_500);
    expect(own.map(({ channel }) => channel)).toEqual(Array(12).fill(2));
  });

  it('draw for each client and time whether it does a step', () => {
    const scenario = withGroup(
      'count: 200, timeline: [{ at: 0s, do: publish, every: 1s, chance: 25% }]',
      'count: 200',
    );
    const drawn = layWorkload(scenario, 0).publishes.length - 80;
    expect(Math.abs(drawn - 3000)).toBeLessThan(5 * Math.sqrt(12_000 * 0.25 * 0.75));
  });

  it('leave out what does not apply to a client by chance', () => {
    const scenario = withGroup(
      'count: 100, timeline: [{ at: 1s, do: leave, chance: 50% }, { at: 9s, do: sleep, for: 1s }, { at: 20s, do: join }]',
      'count: 100',
    );
    const kinds = new Set(scripts(scenario).map((steps) => steps.map((step) => step.do).join()));
    expect(kinds).toEqual(new Set(['leave,join', 'sleep,wake']));
  });

  it('churn at the rate, take away only who is free, and bring everybody back', () => {
    const scenario = withGroup(
      'count: 80, timeline: [{ at: 25s, do: sleep, for: 10s }], churn: { rate: 2/s, away: 3s }',
      'count: 100',
    );
    const lay = scripts(scenario);
    expect(lay.length).toBeLessThanOrEqual(80);
    let leaves = 0;
    for (const steps of lay) {
      steps.forEach((step, i) => {
        const before = steps[i - 1];
        expect(step.atMs >= (before?.atMs ?? 0)).toBe(true);
        if (step.do === 'join') {
          expect(before?.do).toBe('leave');
          expect(step.atMs - before!.atMs).toBeCloseTo(3000, 6);
        }
        if (step.do === 'leave') leaves++;
        else if (before?.do === 'leave') expect(step.do).toBe('join');
        // Who sleeps from 45 to 55 s neither leaves nor is away then.
        if (step.do === 'leave') expect(step.atMs < 42_000 || step.atMs > 55_000).toBe(true);
      });
      const last = steps.at(-1)!;
      if (last.do === 'leave') expect(last.atMs).toBeGreaterThan(77_000);
    }
    // Nobody is free for thirteen of the sixty seconds.
    expect(Math.abs(leaves - 94)).toBeLessThan(5 * Math.sqrt(94));
  });

  it('are the same for the same seed and repetition, and another otherwise', () => {
    const scenario = withGroup(
      'count: 4, spread: 5s, timeline: [{ at: 1s, do: leave }], churn: { rate: 1/s, away: 1s }',
    );
    expect(layWorkload(scenario, 0)).toEqual(layWorkload(scenario, 0));
    expect(layWorkload(scenario, 1).clients).not.toEqual(layWorkload(scenario, 0).clients);
  });

  it('do not move the dice of anything else', () => {
    const bare = layWorkload(
      sample(
        { clients: '{ count: 10, channels: 5 }', arrivals: '{ process: fixed, rate: 1/s }' },
        'warmup: 20s\n',
      ),
      0,
    );
    const grouped = layWorkload(
      withGroup(
        'count: 4, spread: 2s, timeline: [{ at: 1s, do: leave, chance: 50% }], churn: { rate: 1/s, away: 1s }',
      ),
      0,
    );
    expect(grouped.publishes).toEqual(bare.publishes);
    expect(grouped.clients.map(({ joinMs }) => joinMs)).toEqual(bare.clients.map(({ joinMs }) => joinMs));
  });
});

describe('whom a fault touches', () => {
  const touched = (clients: string) =>
    layWorkload(withGroup('count: 4', 'count: 10', `faults: [{ at: 1s, kind: half-open${clients} }]\n`), 0)
      .touched[0];

  it('is everybody, a share drawn from the seed, or who is in a group', () => {
    expect(touched('')).toBeNull();
    const share = touched(', clients: 30%')!;
    expect(share).toHaveLength(3);
    expect(share).toEqual(share.toSorted((a, b) => a - b));
    expect(touched(', clients: 1%')).toHaveLength(1);
    expect(touched(', clients: 50%')).toEqual(expect.arrayContaining([...share]));
    const lay = layWorkload(
      withGroup(
        'count: 4, timeline: [{ at: 1s, do: leave }]',
        'count: 10',
        'faults: [{ at: 1s, kind: half-open, clients: { groups: [g] } }]\n',
      ),
      0,
    );
    expect(lay.touched[0]).toEqual(
      lay.clients.flatMap(({ client, script }) => (script.length > 0 ? [client] : [])),
    );
  });
});

describe('who is drawn', () => {
  it('is somebody else in another repetition, for groups and for faults', () => {
    const scenario = withGroup(
      'count: 50, timeline: [{ at: 1s, do: leave }]',
      'count: 100',
      'faults: [{ at: 1s, kind: half-open, clients: 50% }]\n',
    );
    const drawn = (repetition: number) => {
      const { clients, touched } = layWorkload(scenario, repetition);
      return [clients.flatMap(({ client, script }) => (script.length > 0 ? [client] : [])), touched[0]!];
    };
    const [members, touched] = drawn(0);
    const [others, othersTouched] = drawn(1);
    expect(members).not.toEqual(others);
    expect(touched).not.toEqual(othersTouched);
    // Whom a fault touches says nothing about who is in a group.
    expect(members).not.toEqual(touched);
  });
});

describe('what is delivered', () => {
  it('goes to whoever reads the channel when it is published', () => {
    const deliveries = (fields: string, clients = 'count: 4'): number =>
      deliveriesOf(layWorkload(withGroup(fields, clients), 0));
    expect(deliveries('count: 2')).toBe(240);
    expect(deliveries('count: 2, timeline: [{ at: 30s, do: leave }]')).toBe(180);
    expect(deliveries('count: 2, timeline: [{ at: 45s, do: join }]')).toBe(150);
    expect(deliveries('count: 2, timeline: [{ at: 10s, do: sleep, for: 20s }]')).toBe(240);
    expect(
      deliveries('count: 1, timeline: [{ at: 30s, do: channel, to: next }]', 'count: 2, channels: 2'),
    ).toBe(120);
  });
});

describe('a scaled scenario', () => {
  it('has its timelines shorter and its churn faster', () => {
    const steps = '{ at: 10s, do: sleep, for: 5s, every: 20s }, { at: 56s, do: leave, over: 1s }';
    const scenario = withGroup(`count: 4, spread: 2s, churn: { rate: 1/s, away: 5s }, timeline: [${steps}]`);
    expect(scaleScenario(scenario, 10).clients.groups).toMatchObject([
      {
        ...{ count: 4, spreadMs: 200, churn: { ratePerS: 10, awayMs: 500 } },
        steps: [
          { atMs: 1000, forMs: 500, everyMs: 2000 },
          { atMs: 5600, overMs: 100, everyMs: null },
        ],
      },
    ]);
  });
});

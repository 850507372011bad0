import { describe, expect, it } from 'vitest';
import { loadProfile } from '../../src/scenario/find.ts';
import {
  channelCount,
  hasOwnChannels,
  stageSpec,
  type Target,
  whySkipped,
} from '../../src/scenario/staging.ts';
import { layWorkload } from '../../src/scenario/workload.ts';
import { monotonicClock } from '../../src/world/real/clock.ts';
import { sample } from './sample.ts';

const profile = (name: string) => loadProfile(name, process.cwd());
const own: Target = { url: null, profile: profile('reference'), headers: {}, tls: {} };
const article: Target = { ...own, url: 'http://127.0.0.1:9', profile: profile('article') };
const scenario = sample({
  clients: '{ count: 5, channels: 3, keepAlive: 7s }',
  modes:
    '[{ name: regular, kind: regular, every: 2s, jitter: 100ms }, { name: long, kind: long, hold: 9s, pause: 1s }]',
});
const [regular, long] = [scenario.modes[0]!, scenario.modes[1]!];
const place = { clock: monotonicClock(), folder: '/nowhere', run: 'r', seed: 's' };

describe('a mode', () => {
  it('runs unless it is left out, or the server has nothing like it', () => {
    expect(whySkipped(regular, own, null)).toBeNull();
    expect(whySkipped(regular, own, ['long'])).toBe('left out by --mode');
    expect(whySkipped(long, own, ['long'])).toBeNull();
    expect(whySkipped(regular, article, null)).toBe('the profile article has no regular polling');
    expect(whySkipped(long, article, null)).toBeNull();
  });

  it('gets what it needs and nothing of the other kind', () => {
    const load = layWorkload(scenario, 0);
    expect(stageSpec(scenario, regular, own, load, place).mode).toMatchObject({
      ...{ kind: 'regular', everyMs: 2000, jitterMs: 100, holdMs: 0, pauseMs: 0 },
      requestTimeoutMs: regular.requestTimeoutMs,
      retry: regular.retry,
    });
    expect(stageSpec(scenario, long, own, load, place).mode).toMatchObject({
      ...{ kind: 'long', everyMs: 0, jitterMs: 0, holdMs: 9000, pauseMs: 1000 },
      requestTimeoutMs: long.requestTimeoutMs,
    });
  });

  it('never gives up a poll that a server may hold for ever', () => {
    const { mode } = stageSpec(scenario, long, article, layWorkload(scenario, 0), place);
    expect(mode.requestTimeoutMs).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('a stage', () => {
  it('plays the workload on channels of its own: client and message meet on the same one', () => {
    const load = layWorkload(scenario, 0);
    const spec = stageSpec(scenario, long, own, load, place);
    expect(spec).toMatchObject({
      name: 'long',
      run: 'r',
      channels: ['r-0', 'r-1', 'r-2'],
      keepAliveMs: 7000,
    });
    expect(spec.server).toEqual({ start: scenario.server });
    expect(spec.joinMs).toEqual(load.clients.map(({ joinMs }) => joinMs));
    expect(spec.publishes.atMs).toEqual(load.publishes.map(({ atMs }) => atMs));
    expect(spec.publishes.channel).toEqual(load.publishes.map(({ channel }) => channel));
    expect(new Set(spec.publishes.channel)).toEqual(new Set([0, 1, 2]));
    for (const { client, channel } of load.clients) expect(client % spec.channels.length).toBe(channel);
  });

  it('has one channel where the server knows none, and every message goes there', () => {
    const spec = stageSpec(scenario, long, article, layWorkload(scenario, 0), place);
    expect(spec.server).toEqual({ origin: article.url });
    expect(spec.channels).toEqual(['r-0']);
    expect(new Set(spec.publishes.channel)).toEqual(new Set([0]));
    expect([channelCount(scenario, own.profile), channelCount(scenario, article.profile)]).toEqual([3, 1]);
  });

  it('shares no server with another one that would hear it', () => {
    expect(hasOwnChannels(own)).toBe(true);
    expect(hasOwnChannels({ ...own, url: article.url })).toBe(true);
    expect(hasOwnChannels(article)).toBe(false);
    // A server of our own is started for each mode.
    expect(hasOwnChannels({ ...article, url: null })).toBe(true);
  });
});

describe('a stage where things go wrong', () => {
  const wrong = sample(
    {
      clients: `{ count: 6, channels: 3, groups: [
        { name: movers, count: 2, timeline: [{ at: 5s, do: channel, to: next }, { at: 9s, do: leave }] } ] }`,
    },
    `faults:
  - { at: 1s, kind: server-restart, down: 5s, signal: kill }
  - { at: 20s, kind: add-latency, oneWay: 5ms, modes: [long] }
  - { at: 30s, kind: half-open, clients: { groups: [movers] } }
`,
  );
  const load = layWorkload(wrong, 0);
  const staged = (mode: 0 | 1, target = own) => stageSpec(wrong, wrong.modes[mode]!, target, load, place);

  it('gets the faults of its mode by their place in the scenario, and nothing that is no matter of a stage', () => {
    const movers = load.clients.flatMap(({ client, script }) => (script.length > 0 ? [client] : []));
    const [restart, latency, silent] = [
      { index: 0, clients: null, what: { kind: 'server-restart', atMs: 1000, forMs: 5000, signal: 'kill' } },
      {
        ...{ index: 1, clients: null },
        what: { kind: 'add-latency', atMs: 20_000, forMs: Infinity, oneWayMs: 5, jitterMs: 0 },
      },
      { index: 2, clients: movers, what: { kind: 'half-open', atMs: 30_000, forMs: 0 } },
    ];
    expect(staged(0).faults).toEqual([restart, silent]);
    expect(staged(1).faults).toEqual([restart, latency, silent]);
  });

  it('has a proxy in every mode as soon as a fault of any mode needs one', () => {
    const proxied = (faults: typeof wrong.faults): boolean =>
      stageSpec({ ...wrong, faults }, wrong.modes[0]!, own, { ...load, touched: [null] }, place).proxied;
    expect(proxied([wrong.faults[1]!])).toBe(true);
    expect(proxied([wrong.faults[0]!])).toBe(false);
    expect(proxied([])).toBe(false);
  });

  it('gets the scripts of those that have one, and no moves where there is one channel only', () => {
    const scripts = load.clients.flatMap(({ client, script: steps }) =>
      steps.length > 0 ? [{ client, steps }] : [],
    );
    expect(scripts).toHaveLength(2);
    expect(staged(1).scripts).toEqual(scripts);
    expect(staged(1, article).scripts).toEqual(
      scripts.map(({ client, steps }) => ({ client, steps: steps.filter((step) => step.do === 'leave') })),
    );
  });

  it('knows how to restart what is not ours, and what real proxy stands before it', () => {
    expect(staged(1)).toMatchObject({ restartCommand: null, behind: null });
    expect(staged(1, { ...article, restartCommand: 'make restart' }).restartCommand).toBe('make restart');
    const behind = sample({ modes: '[{ kind: long, behind: { proxy: haproxy, idle: 30s } }]' });
    const spec = stageSpec(behind, behind.modes[0]!, own, layWorkload(behind, 0), place);
    expect(spec.behind).toEqual({ proxy: 'haproxy', idleMs: 30_000 });
  });
});

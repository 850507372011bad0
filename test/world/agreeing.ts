/** A scenario with many modes, and what happens in each of them: it is to be seen in both worlds. */
export interface Agreeing {
  readonly name: string;
  readonly file: string;
  readonly happens: Readonly<Record<string, object>>;
  /** Modes whose loop does not wait: each round takes a real machine a little longer, so that there are fewer. */
  readonly hot?: readonly string[];
}

/**
 * Everybody polls in step, messages come at whole seconds, and what goes wrong does so at about 2.4 s: far from a message,
 * from a tick of the regular pollers (about 0.8 s after a message, or up to a third of a second earlier where a real run
 * begins late), and from when somebody asks again, so that a machine that is late decides nothing.
 */
const at = 2450;
/** The article's client waits for a second, and is to be back before the next message. */
const articleAt = 2350;
const clients = 6;

function head(name: string, extra = `clients: { count: ${clients}, start: aligned }\n`): string {
  return `version: 1
name: ${name}
duration: 8s
cooldown: 4s
order: together
seed: 3
network: { oneWay: 40ms }
arrivals: { process: fixed, rate: 1/s }
${extra}`;
}

const long = (name: string, extra = 'hold: 20s'): string =>
  `  - { name: ${name}, kind: long, retry: { policy: fixed, base: 700ms }, ${extra} }\n`;
const regular = (name: string, extra = ''): string =>
  `  - { name: ${name}, kind: regular, every: 1s${extra} }\n`;

/** One thing that goes wrong, and how polls end of it, for each client. */
interface Trouble {
  readonly name: string;
  readonly faults: readonly string[];
  readonly long: Readonly<Record<string, number>>;
  readonly regular: Readonly<Record<string, number>>;
  readonly longExtra?: string;
  readonly regularExtra?: string;
}

/** Two modes for each trouble, each on a server of its own. */
function troubles(name: string, list: readonly Trouble[]): Agreeing {
  const modes = list.map(
    (one) => long(`long-${one.name}`, one.longExtra) + regular(`regular-${one.name}`, one.regularExtra),
  );
  const faults = list.flatMap((one) =>
    one.faults.map((fault) => `  - { modes: [long-${one.name}, regular-${one.name}], ${fault} }\n`),
  );
  const all = (each: Readonly<Record<string, number>>): object => ({
    errors: Object.fromEntries(Object.entries(each).map(([kind, count]) => [kind, clients * count])),
  });
  return {
    name,
    file: `${head('troubles')}modes:\n${modes.join('')}faults:\n${faults.join('')}`,
    happens: Object.fromEntries(
      list.flatMap((one) => [
        [`long-${one.name}`, all(one.long)],
        [`regular-${one.name}`, all(one.regular)],
      ]),
    ),
  };
}

const group = (name: string, step: string): string =>
  `    - { name: ${name}, count: 2, timeline: [{ at: ${at}ms, ${step} }] }\n`;

export const agreeing: readonly Agreeing[] = [
  troubles('servers that go away', [
    {
      name: 'term',
      faults: [`at: ${at}ms, kind: server-restart, down: 2s`],
      long: { 'status 503': 1, ECONNREFUSED: 2 },
      regular: { 'status 503': 1 },
    },
    {
      name: 'kill',
      faults: [`at: ${at}ms, kind: server-restart, signal: kill, down: 2s`],
      long: { closed: 1, ECONNREFUSED: 2 },
      regular: { ECONNREFUSED: 2 },
    },
    { name: 'freeze', faults: [`at: ${at}ms, kind: server-freeze, for: 2s`], long: {}, regular: {} },
  ]),
  troubles('connections that end', [
    {
      name: 'away',
      faults: [`at: ${at}ms, kind: proxy-restart, down: 2s`],
      long: { ECONNRESET: 1, ECONNREFUSED: 2 },
      regular: { ECONNREFUSED: 2 },
    },
    {
      name: 'resets',
      faults: [`at: ${at}ms, kind: connection-reset, for: 2s`],
      long: { ECONNRESET: 2 },
      regular: { ECONNRESET: 2 },
    },
    {
      name: 'refuse',
      faults: [`at: ${at}ms, kind: connection-reset`, `at: ${at - 100}ms, kind: refuse, for: 2s`],
      long: { ECONNRESET: 1, ECONNREFUSED: 2 },
      regular: { ECONNREFUSED: 2 },
    },
    {
      name: 'silent',
      faults: [`at: ${at}ms, kind: half-open, for: 1s`],
      long: { timeout: 1 },
      regular: { timeout: 1 },
      longExtra: 'hold: 1700ms, requestTimeout: 2s',
      regularExtra: ', requestTimeout: 1500ms',
    },
  ]),
  troubles('answers that are none', [
    {
      name: 'truncate',
      faults: [`at: ${at}ms, kind: truncate, for: 2s`],
      long: { truncated: 2 },
      regular: { truncated: 2 },
    },
    {
      name: 'bad',
      faults: [`at: ${at}ms, kind: proxy-502, for: 2s`],
      long: { 'status 502': 3 },
      regular: { 'status 502': 2 },
    },
    {
      name: 'late',
      faults: [`at: ${at}ms, kind: proxy-504, for: 2s, after: 600ms`],
      long: { 'status 504': 2 },
      regular: { 'status 504': 2 },
    },
    {
      name: 'idle',
      faults: [`at: ${at}ms, kind: cut-idle, idle: 400ms, for: 3s`],
      long: { ECONNRESET: 2 },
      regular: {},
    },
  ]),
  troubles('answers that wait', [
    {
      name: 'limit',
      faults: [`at: ${at}ms, kind: rate-limit, rate: ${clients / 2}/s, for: 900ms`],
      long: { 'status 429': 0.5 },
      regular: { 'status 429': 0.5 },
    },
    { name: 'lag', faults: [`at: ${at}ms, kind: add-latency, oneWay: 300ms`], long: {}, regular: {} },
    { name: 'slow', faults: [`at: ${at}ms, kind: slow-bytes, bytesPerS: 2KiB`], long: {}, regular: {} },
  ]),
  {
    name: 'scripts',
    file: `${head(
      'scripts',
      `clients:\n  count: 14\n  channels: 2\n  start: aligned\n  groups:\n${[
        group('sleepers', 'do: sleep, for: 2s'),
        group('dreamers', 'do: sleep, for: 2s, connection: kept'),
        group('tunnel', 'do: offline, for: 2s'),
        group('leavers', 'do: leave'),
        group('comers', 'do: join'),
        group('movers', 'do: channel, to: next'),
      ].join('')}`,
    )}modes:\n${long('long')}${regular('regular')}`,
    happens: {
      long: { errors: { asleep: 2, ENETUNREACH: 6 } },
      regular: { errors: { ENETUNREACH: 4 } },
    },
  },
  {
    name: "the article's client and server",
    file: `${head(
      'article',
      `server: { semantics: article }\nclients:\n  count: 8\n  start: aligned\n  groups:\n${[
        'cut',
        'bad',
        'idle',
      ]
        .map((name) => `    - { name: ${name}, count: 2 }\n`)
        .join('')}`,
    )}modes:
  - { name: literal, kind: long, retry: { policy: article } }
  - { name: repaired, kind: long, retry: { policy: article-repaired } }
faults:
  - { at: ${articleAt}ms, kind: connection-reset, clients: { groups: [cut] } }
  - { at: ${articleAt}ms, for: 1s, kind: proxy-502, clients: { groups: [bad] } }
  - { at: ${articleAt}ms, for: 1s, kind: cut-idle, idle: 400ms, how: 504, clients: { groups: [idle] } }
`,
    happens: {
      literal: { messages: { lost: 14 } },
      repaired: { messages: { lost: 2 }, errors: { 'status 502': 4 } },
    },
    hot: ['literal'],
  },
  {
    name: 'real proxies',
    file: `${head('proxies')}modes:\n${['nginx', 'haproxy']
      .map(
        (proxy) =>
          long(`${proxy}-idle`, `hold: 20s, behind: { proxy: ${proxy}, idle: 700ms }`) +
          long(`${proxy}-gone`, `hold: 20s, behind: { proxy: ${proxy}, idle: 3s }`),
      )
      .join(
        '',
      )}faults:\n  - { at: ${at}ms, kind: server-restart, signal: kill, down: 2s, modes: [nginx-gone, haproxy-gone] }\n`,
    happens: {
      'nginx-idle': {},
      'nginx-gone': { errors: { 'status 502': 3 * clients } },
      'haproxy-idle': {},
      'haproxy-gone': { errors: { closed: clients } },
    },
  },
];

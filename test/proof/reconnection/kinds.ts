import type { RepetitionResult } from '../../../src/measure/result.ts';
import { readScenario } from '../../../src/scenario/file.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';

/** A fault and what makes it bite: what is done, and the entries that do it, the first instant at `at` seconds. */
export interface Kind {
  readonly name: string;
  faults(at: number): string[];
}

const lasting = (kind: string, more = ''): Kind => ({
  name: kind,
  faults: (at) => [`{ kind: ${kind}, at: ${at}s, for: 2s${more} }`],
});
const cut = (how: string): Kind => ({
  ...lasting('cut-idle', `, idle: 200ms, how: ${how}`),
  name: `cut-idle, ${how}`,
});

/** Everything that costs a server with a memory no message. A restart of the server itself takes its memory away. */
export const kinds: readonly Kind[] = [
  { name: 'proxy-restart', faults: (at) => [`{ kind: proxy-restart, at: ${at}s, down: 1500ms }`] },
  {
    name: 'connection-reset',
    faults: (at) => [0, 1, 2].map((i) => `{ kind: connection-reset, at: ${1000 * at + 700 * i}ms }`),
  },
  { name: 'half-open', faults: (at) => [`{ kind: half-open, at: ${at}s }`] },
  {
    // Open connections stay, so they are reset: whoever needs a new one meets the refusal.
    name: 'refuse, after a reset',
    faults: (at) => [
      `{ kind: refuse, at: ${at}s, for: 2s }`,
      `{ kind: connection-reset, at: ${1000 * at + 100}ms }`,
    ],
  },
  cut('reset'),
  cut('close'),
  cut('504'),
  lasting('add-latency', ', oneWay: 100ms, jitter: 50ms'),
  lasting('truncate', ', chance: 50%'),
  lasting('slow-bytes', ', bytesPerS: 2KiB'),
  lasting('proxy-502'),
  lasting('proxy-504', ', after: 50ms'),
  lasting('rate-limit', ', rate: 10/s, retryAfter: 1s'),
  lasting('server-freeze'),
];

const clients = 12;

function scenarioOf(name: string, durationS: number, faults: readonly string[]): Scenario {
  return readScenario(
    `
version: 1
name: ${name.replace(/[^a-z0-9]+/g, '-')}
duration: ${durationS}s
cooldown: 5s
order: together
clients: { count: ${clients}, channels: ${clients} }
arrivals: { rate: 10/s }
modes:
  - { name: regular, kind: regular, every: 500ms, requestTimeout: 1s }
  - { name: long, kind: long, hold: 1s, requestTimeout: 1500ms, retry: { policy: full-jitter, base: 100ms, cap: 1s, firstDelay: 100ms } }
faults:
${faults.map((fault) => `  - ${fault}`).join('\n')}
`,
    'account.yaml',
  );
}

/** A run of a few seconds with one kind. */
export function alone(kind: Kind): Scenario {
  return scenarioOf(kind.name, 5, kind.faults(1));
}

const everyS = 5;

/** All of them in one run, one after the other. */
export function inTurn(): Scenario {
  const faults = kinds.flatMap(({ faults: of }, i) => of(1 + everyS * i));
  return scenarioOf('every-kind', 1 + everyS * kinds.length, faults);
}

/** What one mode's account says, as a row. */
export function accountOf({ messages, faults, errors }: RepetitionResult): string[] {
  const { expected, delivered, lost, undelivered, duplicates } = messages;
  const hit = faults.reduce((sum, fault) => sum + fault.hit, 0);
  const delayed = faults.reduce((sum, fault) => sum + fault.delayed, 0);
  const wrong = Object.entries(errors.by_kind).map(([kind, count]) => `${count} ${kind}`);
  return [
    ...[hit, expected, delivered, lost, undelivered, duplicates, delayed].map(String),
    wrong.join(', ') || '-',
  ];
}

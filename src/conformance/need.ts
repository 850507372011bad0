import { hasChannels, type Profile } from '../wire/profile.ts';
import { variablesOf } from '../wire/template.ts';

/** What a row may need of a target beyond subscribing and publishing. Derived from what its profile says, never listed twice. */
export const needs = {
  poll: ['regular polling', (p) => p.regular !== undefined],
  cursor: ['a cursor that the client sends back', (p) => p.cursor.length > 0],
  place: ['a place in the stream: a cursor, an identity or a session', (p) => hasPlace(p)],
  cursorOrPoll: ['a cursor or regular polling', (p) => p.cursor.length > 0 || p.regular !== undefined],
  again: [
    'a way to ask the same question again: a cursor, a counter, or a place kept by name',
    (p) => asksAgain(p),
  ],
  bound: [
    'a bound of what is kept: a retention count or a mailbox',
    (p) => p.claims.retention?.count !== undefined || p.claims.mailbox,
  ],
  everyMessage: [
    'the delivery of every message: only the newest state counts here',
    (p) => !p.claims.coalesces,
  ],
  names: [
    'a channel or a client that is named by the client',
    (p) => hasChannels(p) || p.identity?.kind === 'client',
  ],
  identity: ['an identity of the client', (p) => p.identity !== undefined],
  cookieIdentity: ['an identity in a cookie', (p) => p.identity?.kind === 'cookie'],
  mailbox: ['a place that the server keeps for each client', (p) => p.claims.mailbox],
  channels: ['more than one channel', (p) => hasChannels(p)],
  presence: ['a way to ask how many are held or who is online', (p) => p.presence !== undefined],
  ownName: ['an identity that the client chooses', (p) => p.identity?.kind === 'client'],
  keptPlace: [
    'a place that moves on: a cursor, a session or a mailbox',
    (p) => p.cursor.length > 0 || p.open.length > 0 || p.claims.mailbox,
  ],
  online: ['a way to ask who is online', (p) => p.presence !== undefined && 'online' in p.presence],
  counter: [
    'how many polls are held, nor its process',
    (p) => (p.presence !== undefined && 'held' in p.presence) || p.process?.pid !== undefined,
  ],
  holdLimit: ['an end of the hold', (p) => p.hold.kind !== 'unbounded'],
  clientParam: ['a hold time that the client chooses', (p) => p.hold.kind === 'requested'],
  preferWait: ['Prefer: wait', (p) => p.hold.preferWait],
  batch: ['more than one message in an answer', (p) => p.messages.format !== 'whole'],
  max: ['a client-chosen bound on the messages of an answer', (p) => usesMax(p)],
  retention: ['a stated retention', (p) => p.claims.retention !== undefined],
  dedupe: ['idempotent publishing', (p) => p.claims.dedupe !== undefined && p.claims.dedupe !== false],
  jsonp: ['JSONP', (p) => p.payload.jsonp !== undefined],
  binary: ['messages that need not be text', (p) => !p.payload.textOnly],
  cors: ['origins that may read', (p) => p.cors !== undefined],
  pid: ['the process id of the target', (p) => p.process !== undefined],
  process: ['a target that can be started and stopped', (p) => p.process?.start !== undefined],
  static: ['files that it serves', (p) => p.static !== undefined],
  health: ['a health URL', (p) => p.health !== undefined],
} as const satisfies Record<string, readonly [string, (profile: Profile) => boolean]>;

export type Need = keyof typeof needs;

function hasPlace(profile: Profile): boolean {
  return profile.cursor.length > 0 || profile.identity !== undefined || profile.open.length > 0;
}

function asksAgain({ cursor, counters, claims }: Profile): boolean {
  return cursor.length > 0 || Object.keys(counters).length > 0 || claims.mailbox;
}

function usesMax(profile: Profile): boolean {
  return variablesOf(JSON.stringify([profile.subscribe, profile.regular ?? {}])).includes('max');
}

import { CursorCodec } from '../protocol/cursor.ts';
import { type Channel, isName } from '../protocol/message.ts';
import type { From, Poll } from '../protocol/poll.ts';
import {
  type Answer,
  bareAnswer,
  type Complaint,
  complaintAnswer,
  type RequestHead,
  refusal,
  type Semantics,
} from './http.ts';
import { type Fields, hostIsGood, preferredWait, readFields } from './http-header.ts';
import { readQuery, readTarget } from './http-target.ts';

/** What a server must know of itself to read a request. */
export interface Rules {
  readonly semantics: Semantics;
  /** Longest hold, in milliseconds. */
  readonly holdMs: number;
  /** What the page loads, as named in its URL. */
  readonly scripts: readonly string[];
}

const routes = [
  'poll',
  'subscribe',
  'publish',
  'presence',
  'healthz',
  'metrics',
  'page',
  'script',
  'other',
] as const;
export type Route = (typeof routes)[number];

/** Something that the server has to do. */
export type Question =
  | { readonly kind: 'poll'; readonly poll: Poll; readonly appliedWait: string | undefined }
  | { readonly kind: 'publish'; readonly channel: Channel }
  | { readonly kind: 'presence'; readonly channel: Channel }
  | { readonly kind: 'healthz' | 'metrics' | 'page' }
  | { readonly kind: 'script'; readonly name: string }
  | { readonly kind: 'options'; readonly allow: string }
  /** Nothing is left to do but to send this. */
  | { readonly kind: 'answer'; readonly answer: Answer };

export interface Reading {
  readonly route: Route;
  readonly face: 'poll' | 'text';
  readonly fields: Fields;
  readonly question: Question;
}

const paths: ReadonlyMap<string, Route> = new Map([
  ['/poll', 'poll'],
  ['/subscribe', 'subscribe'],
  ['/publish', 'publish'],
  ['/presence', 'presence'],
  ['/healthz', 'healthz'],
  ['/metrics', 'metrics'],
  ['/', 'page'],
]);

const mainChannel: Channel = 'main';
const mostMessages = 1000;
/** Node counts no further than 2,000 and drops the rest without a word. */
const mostFields = 500;
const nameRule = 'must be 1 to 128 of A-Z a-z 0-9 . _ ~ -';

/** Reads one request of our protocol: what to do, or the answer that refuses it. Never throws. */
export function readRequest(head: RequestHead, rules: Rules): Reading {
  const fields = readFields(head.rawHeaders);
  const target = readTarget(head.target);
  const known = target === undefined ? undefined : routeOf(target.path, rules);
  const hidden = rules.semantics === 'article' && (known === 'poll' || known === 'presence');
  const route: Route = known === undefined || hidden ? 'other' : known;
  const face = route === 'poll' || route === 'presence' ? 'poll' : 'text';
  const reading = (question: Question): Reading => ({ route, face, fields, question });
  const refuse = (status: number, detail: string, extra?: readonly string[]): Reading =>
    reading({ kind: 'answer', answer: refusal(face, status, detail, extra) });

  if (head.rawHeaders.length > 2 * mostFields) {
    return refuse(431, `more than ${mostFields} header fields`);
  }
  if (!hostIsGood(head.version, fields.hosts)) return refuse(400, 'exactly one good Host field is needed');
  if (target === undefined) return refuse(400, 'the request target cannot be read');
  if (target.path === '*') {
    if (head.method === 'OPTIONS') return reading({ kind: 'options', allow: 'GET, HEAD, POST, OPTIONS' });
    return refuse(400, 'the target * is for OPTIONS alone');
  }
  if (route === 'other') return refuse(404, 'no such URL here');
  const allow = route === 'publish' ? 'POST, OPTIONS' : 'GET, HEAD, OPTIONS';
  if (head.method === 'OPTIONS') return reading({ kind: 'options', allow });
  if (!allow.split(', ').includes(head.method)) {
    return refuse(405, `${head.method} is not for this URL; allowed: ${allow}`, ['Allow', allow]);
  }
  const complaints: Complaint[] = [];
  const question = readQuestion(route, target, fields, rules, complaints);
  if (complaints.length > 0) return reading({ kind: 'answer', answer: complaintAnswer(face, complaints) });
  if (head.method === 'HEAD' && question.kind === 'poll') return reading(headOnly(route, question.poll));
  return reading(question);
}

function routeOf(path: string, { scripts }: Rules): Route | undefined {
  return scripts.some((name) => path === `/${name}`) ? 'script' : paths.get(path);
}

/** A HEAD must not wait, consume or be seen, so it never reaches the hub; what can be judged here is judged. */
function headOnly(route: Route, poll: Poll): Question {
  const face = route === 'poll' ? 'poll' : 'text';
  const { from } = poll;
  if (from !== 'now' && from !== 'oldest' && from !== 'place') {
    const { kind } = new CursorCodec(poll.channel, '0').read(from);
    if (kind === 'malformed' || kind === 'other-channel') {
      const detail = kind === 'malformed' ? 'is malformed' : 'is of another channel';
      return { kind: 'answer', answer: complaintAnswer(face, [{ parameter: 'cursor', detail }]) };
    }
  }
  const type = face === 'poll' ? 'application/json' : 'text/plain;charset=utf-8';
  return { kind: 'answer', answer: bareAnswer(200, ['Content-Type', type]) };
}

function readQuestion(
  route: Exclude<Route, 'other'>,
  { path, query }: { readonly path: string; readonly query: string },
  fields: Fields,
  rules: Rules,
  complaints: Complaint[],
): Question {
  const article = rules.semantics === 'article';
  switch (route) {
    case 'poll':
      return readPoll(query, fields, rules, complaints);
    case 'subscribe': {
      const values = readQuery(query, article ? [] : ['channel', 'cursor'], complaints);
      const cursor = values.get('cursor');
      const channel = readName(values, 'channel', complaints) ?? mainChannel;
      const from = readFrom(cursor, complaints) ?? 'now';
      // Without a cursor the client is one written for the seed, which takes an empty answer for an error.
      const waitMs = cursor === undefined ? Number.POSITIVE_INFINITY : rules.holdMs;
      return { kind: 'poll', poll: { channel, from, waitMs, max: 1 }, appliedWait: undefined };
    }
    case 'publish':
    case 'presence': {
      const values = readQuery(query, article ? [] : ['channel'], complaints);
      return { kind: route, channel: readName(values, 'channel', complaints) ?? mainChannel };
    }
    case 'script':
      return { kind: 'script', name: path.slice(1) };
    default:
      return { kind: route };
  }
}

function readPoll(query: string, fields: Fields, rules: Rules, complaints: Complaint[]): Question {
  const values = readQuery(query, ['channel', 'client', 'cursor', 'wait', 'max'], complaints);
  const channel = readName(values, 'channel', complaints) ?? mainChannel;
  const client = readName(values, 'client', complaints);
  const from = readFrom(values.get('cursor'), complaints) ?? (client === undefined ? 'now' : 'place');
  const max = readMax(values.get('max'), complaints);
  const asked = values.get('wait');
  let waitMs = 0;
  let appliedWait: string | undefined;
  if (asked !== undefined) {
    if (/^\d+(\.\d+)?$/.test(asked)) waitMs = Math.min(Number(asked) * 1000, rules.holdMs);
    else complaints.push({ parameter: 'wait', detail: 'must be seconds, such as 25 or 0.5' });
  } else if (!complaints.some((c) => c.parameter === 'wait')) {
    const preferred = preferredWait(fields.prefer);
    if (preferred !== undefined) {
      waitMs = Math.min(preferred * 1000, rules.holdMs);
      appliedWait = String(waitMs / 1000);
    }
  }
  const poll: Poll = { channel, from, waitMs, max, ...(client === undefined ? {} : { client }) };
  return { kind: 'poll', poll, appliedWait };
}

function readName(
  values: ReadonlyMap<string, string>,
  parameter: string,
  complaints: Complaint[],
): string | undefined {
  const name = values.get(parameter);
  if (name !== undefined && !isName(name)) complaints.push({ parameter, detail: nameRule });
  return name;
}

function readFrom(cursor: string | undefined, complaints: Complaint[]): From | undefined {
  // `place` is the hub's own word for a place that it keeps itself; nobody outside may say it.
  if (cursor === 'place') complaints.push({ parameter: 'cursor', detail: 'is malformed' });
  return cursor as From | undefined;
}

function readMax(text: string | undefined, complaints: Complaint[]): number {
  if (text === undefined) return mostMessages;
  const max = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (max >= 1 && max <= mostMessages) return max;
  complaints.push({ parameter: 'max', detail: `must be a whole number from 1 to ${mostMessages}` });
  return mostMessages;
}

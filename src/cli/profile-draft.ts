import type { Talk } from './profile-talk.ts';

/** What one harmless question brought. */
export interface Finding {
  readonly path: string;
  readonly talk: Talk;
}

/** What the answers suggest, and nothing more than that. */
interface Guess {
  readonly subscribe: string;
  readonly messages: string;
  readonly cursor: string;
  readonly hold: string;
}

const cursorNames = [
  'cursor',
  'next_batch',
  'next',
  'since',
  'offset',
  'last_id',
  'lastId',
  'token',
  'ts',
  'seq',
];

/**
 * A commented profile to begin with, valid as it is.
 * @param headers given on the command line; a value that names no variable of the environment is left out
 */
export function draftProfile(
  origin: string,
  findings: readonly Finding[],
  headers: readonly { readonly name: string; readonly value: string }[],
): string {
  const guess = guessFrom(findings);
  const seen = findings.map(({ path, talk }) => `#   GET ${path.padEnd(12)}${inWords(talk)}`);
  const fields = headers.map(({ name, value }) =>
    /\$\{env:/.test(value)
      ? `  ${name}: ${JSON.stringify(value)}`
      : `  ${name}: "\${env:SECRET}"   # the value was given with -H; put it into the environment`,
  );
  return `# A first draft by "pollmark profile init". docs/profiles.md explains every field.
# What the server answered:
${seen.join('\n')}
# Go through the lines marked with (?), then: pollmark profile check THIS-FILE --target ${origin}
name: my-server
baseUrl: ${origin}
${fields.length > 0 ? `headers:\n${fields.join('\n')}` : `# headers: { Authorization: "Bearer \${env:TOKEN}" }   # with every request`}

# --- How a client asks for messages (?). {channel} and {client} are names that pollmark makes up, {wait} is how long
# the server may hold the request. A query item or header whose variable is not set is left out.
subscribe: { method: GET, url: "${guess.subscribe}" }
# The same without waiting, if the server can do that; else remove it.
# regular: { url: "..." }

# --- How a message is published (?). {message|json} where it stands inside JSON, or write the body as a map.
publish: { method: POST, url: "/publish", body: "{message}", ok: [200] }

# --- How messages stand in an answer (?): whole, json, frames, prefixed-json, regex or multipart.
${guess.messages}
# --- What the client sends back to go on (?), as variables for subscribe: from header, json, regex or max.
${guess.cursor}
# Variables of a client that has no cursor yet.
# starts: { now: { cursor: now } }

# --- An answer without news (?): 204, 304, 408, or a list with nothing in it.
empty: [{ status: 204 }, { status: 304 }, { status: 408 }${guess.messages.includes('json') ? ', { status: 200, noMessages: true }' : ''}]
# gone: [{ status: 410 }]

# --- Who ends a hold (?). server: it does, after this time; requested: the client asks by {wait}; unbounded: nobody.
${guess.hold}

# --- A session, where the server wants one: what is sent first, and what is kept of the answers.
# open:
#   - { url: /session, capture: [{ var: sid, from: json, path: id }] }
# lost: [{ status: 401 }]

# --- What the server promises. Only what is claimed here is held against it.
claims: { resume: false, ordered: false, selfDelivery: false }
`;
}

function inWords({ answer, problem, tookMs }: Talk): string {
  if (problem === 'timeout') return `no answer within ${Math.round(tookMs)} ms: it may be held`;
  if (answer === undefined) return `no answer (${problem})`;
  const type = String(answer.headers['content-type'] ?? '').split(';')[0];
  return `${answer.status}${type ? ` ${type}` : ''}, ${answer.text.length} characters`;
}

function guessFrom(findings: readonly Finding[]): Guess {
  const asked = findings.filter(({ path }) => path !== '/');
  const held = asked.find(({ talk }) => talk.problem === 'timeout');
  const json = asked.map(jsonFace).find((face) => face !== undefined);
  const path = held?.path ?? json?.path ?? '/subscribe';
  const face = json !== undefined && json.path === path ? json : undefined;
  const messages =
    face === undefined
      ? 'messages: { format: whole }\n'
      : `messages: { format: json, items: "${face.items}", value: "" }   # value: path of the text within an item\n`;
  const cursor =
    face?.cursor === undefined
      ? '# cursor: [{ var: cursor, from: header, name: X-Cursor }]'
      : `cursor: [{ var: cursor, from: json, path: ${face.cursor} }]`;
  return {
    subscribe: face?.cursor === undefined ? path : `${path}?cursor={cursor}`,
    messages,
    cursor,
    hold: held === undefined ? 'hold: { kind: server, time: 25s }' : 'hold: { kind: unbounded }',
  };
}

/** What an answer in JSON shows: its list, and what might be a cursor. */
function jsonFace({ path, talk }: Finding): { path: string; items: string; cursor?: string } | undefined {
  if (talk.answer?.status !== 200) return undefined;
  let tree: unknown;
  try {
    tree = JSON.parse(talk.answer.text);
  } catch {
    return undefined;
  }
  if (Array.isArray(tree)) return { path, items: '' };
  if (typeof tree !== 'object' || tree === null) return undefined;
  const list = Object.entries(tree).find(([, value]) => Array.isArray(value));
  if (list === undefined) return undefined;
  const cursor = cursorNames.find((name) =>
    ['string', 'number'].includes(typeof (tree as Record<string, unknown>)[name]),
  );
  return { path, items: list[0], ...(cursor !== undefined && { cursor }) };
}

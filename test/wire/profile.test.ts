import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  hasChannels,
  pollTemplate,
  readProfile,
  requestsOf,
  withoutCredentials,
} from '../../src/wire/profile.ts';
import { UsageError } from '../../src/wire/usage.ts';
import { sessionProfileText } from '../world/real/session-server.ts';

const smallest = `name: x
subscribe: { url: /sub }
publish: { url: /pub }
messages: { format: whole }
hold: { kind: server }
`;

function complaints(text: string): readonly string[] {
  try {
    readProfile(text, 'p.yaml');
  } catch (error) {
    if (error instanceof UsageError) return error.complaints;
    throw error;
  }
  return [];
}

describe('a profile', () => {
  it('needs little, and has a default for everything else', () => {
    const profile = readProfile(smallest, 'x');
    expect(profile).toMatchObject({
      baseUrl: 'http://127.0.0.1:8080',
      open: [],
      firstPollHeld: true,
      behindBalancer: false,
      payload: { textOnly: false, boundaries: true },
      publish: { method: 'POST', ok: [200], as: 'anyone' },
      hold: { slack: 1000, jitter: 0, preferWait: false },
      claims: { resume: false, durable: false, mailbox: false, coalesces: false },
    });
    // What is sent to the processes as JSON comes out the same.
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
  });

  it('can say everything at once', () => {
    const everything = `${sessionProfileText}
version: "1"
note: of a test
untried: true
adapter: ./mine.mjs
bases: { other: "http://{sid}.example" }
vars: { a: b }
firstPollHeld: false
identity: { kind: cookie, sameClient: reject }
presence: { url: "/who/{channel}", online: "list.*.name" }
payload: { textOnly: true, maxBytes: 64KiB, boundaries: false, jsonp: { url: "/j?callback={callback}&c={channel}" } }
refuses: { emptyPublish: [400, 422], badCursor: [400], oversized: [413] }
cors: { origins: ["https://a.example"] }
process: { start: [node, server.js, --port, "{port}"], cwd: ., ready: { output: "listening" }, stopSignal: SIGINT, pid: 7 }
static: { serves: [/], mustNotServe: [/server.js] }
shutdown: { heldAnswer: [{ status: [503, 410] }] }
health: /healthz
timing: { settle: 100ms, deliveryBudget: 1s, hold: 5s, keepAlive: 10s, release: 1s, interval: 2s, probeHold: 65s, probeRequest: 2m }
behindBalancer: true
notApplicable: { row.id: because }
unsafe: [other.row]
`;
    expect(complaints(everything)).toEqual([]);
    expect(requestsOf(readProfile(everything, 'x')).map(({ path }) => path.join('.'))).toEqual([
      'channelSetup.0',
      'open.0',
      'open.1',
      'subscribe',
      'regular',
      'publish',
      'reply.0.request',
      'ack',
      'close.0',
      'presence',
    ]);
  });

  it('says everything that is wrong with it at once, where, and what was meant', () => {
    const wrong = `name: x
subscribe: { url: "/sub?c={channal}", base: cotrol }
publish: { url: pub, as: sesion }
messages: { format: jsn }
hold: { kind: server, time: 5 }
bases: { control: "http://127.0.0.1:1" }
empty: [ { status: 99 }, { bodyPattern: "(" }, { json: { path: a } } ]
claim: { resume: true }
`;
    expect(complaints(wrong)).toEqual([
      'p.yaml:3:17  publish.url: a path from the root of the server, such as /subscribe',
      'p.yaml:3:26  publish.as: "sesion" is not one of anyone, session; did you mean "session"?',
      'p.yaml:4:21  messages.format: "jsn" is not one of whole, json, frames, prefixed-json, regex, multipart; did you mean "json"?',
      'p.yaml:5:29  hold.time: 5 is not a duration; write 5s or 5ms',
      'p.yaml:7:20  empty[0].status: must be at least 100, got 99',
      'p.yaml:7:41  empty[1].bodyPattern: "(" is not a regular expression',
      'p.yaml:7:50  empty[2].json: needs either "equals" or "exists"',
      'p.yaml:8:1  unknown key "claim"; did you mean "claims"?',
    ]);
  });

  it('names only variables, counters and bases that are there', () => {
    const wrong = `name: x
subscribe: { url: "/sub?c={channal}&r={rod++}&w={wait++}", base: cotrol }
publish: { url: /pub, body: { deep: [ "{mesage}" ] }, headers: { X: "\${env:KEY}" } }
messages: { format: whole }
hold: { kind: server }
counters: { rid: { start: 1 } }
bases: { control: "http://{sever}" }
open: [ { url: /a, capture: [ { var: server, from: body } ] } ]
ack: { url: "/ack/{id}" }
payload: { jsonp: { url: "/j?c={calback}" } }
process: { start: [x, "{prt}"] }
`;
    expect(complaints(wrong)).toEqual([
      'p.yaml:2:1  subscribe: no variable {channal}; did you mean {channel}?',
      'p.yaml:2:1  subscribe: no counter {rod}; did you mean {rid}?',
      'p.yaml:2:1  subscribe: no counter {wait}; there are rid',
      'p.yaml:2:66  subscribe.base: no base "cotrol"; did you mean "control"?',
      'p.yaml:3:1  publish: no variable {mesage}; did you mean {message}?',
      'p.yaml:3:1  publish: a secret of the environment stands only in headers and vars; name a variable of vars here',
      'p.yaml:7:19  bases.control: no variable {sever}; did you mean {server}?',
      'p.yaml:9:1  ack: needs ids: say in messages.id where an item has its own',
      'p.yaml:10:26  payload.jsonp.url: no variable {calback}; did you mean {callback}?',
      'p.yaml:11:23  process.start[1]: no variable {prt}; did you mean {port}?',
    ]);
  });

  it('has channels where its requests, or its session, name one', () => {
    const named = (text: string): boolean => hasChannels(readProfile(text, 'x'));
    expect(named(smallest)).toBe(false);
    expect(named(smallest.replace('/sub', '"/sub/{channel}"'))).toBe(false);
    expect(named(smallest.replace('/sub', '"/sub/{channel}"').replace('/pub', '"/pub/{channel}"'))).toBe(
      true,
    );
    expect(named(sessionProfileText)).toBe(true);
  });

  it('a regular poll with a body of its own has not that of the long one', () => {
    const profile = readProfile(
      `${smallest.replace('{ url: /sub }', '{ url: /sub, method: POST, form: { a: b } }')}regular: { body: now }\n`,
      'x',
    );
    expect(pollTemplate(profile, true)).toEqual({ method: 'POST', url: '/sub', headers: {}, body: 'now' });
    expect(pollTemplate(profile, false)).toMatchObject({ form: { a: 'b' } });
  });

  it('is shown without the credentials that are written out in it, wherever they stand', () => {
    const headers = 'headers: { Authorization: hush-1, Cookie: hush-2, X-Api-Key: hush-3, X-Team: blue }';
    const request = `{ url: /x, ${headers}, form: { password: hush-4, color: red } }`;
    const text = `name: x
${headers}
vars: { token: hush-5, other: seen, apiToken: "\${env:TOKEN}" }
channelSetup: [ ${request} ]
open: [ ${request} ]
close: [ ${request} ]
subscribe: ${request}
regular: { ${headers}, vars: { secret: hush-6 } }
publish: ${request}
reply: [ { when: { status: 200 }, request: ${request} } ]
ack: ${request}
presence: { url: /x, ${headers}, held: n }
messages: { format: json, items: "", value: "", id: i }
hold: { kind: server }
`;
    const shown = JSON.stringify(withoutCredentials(readProfile(text, 'x')));
    expect(shown).not.toContain('hush');
    for (const kept of ['blue', 'red', 'seen', '${'.concat('env:TOKEN}')]) expect(shown).toContain(kept);
    expect(shown.match(/\(redacted\)/g)!.length).toBeGreaterThan(30);
  });
});

describe('the shipped profiles', () => {
  const files = readdirSync('profiles').filter((name) => name.endsWith('.yaml'));

  it.each(files)('%s is valid, and claims nothing that it was not tried for', (name) => {
    const text = readFileSync(`profiles/${name}`, 'utf8');
    const profile = readProfile(text, name);
    expect(`${profile.name}.yaml`).toBe(name);
    if (profile.untried === true) expect(text.replaceAll('\n# ', ' ')).toContain('never tried');
  });

  it('are those of the design', () => {
    expect(files).toEqual(
      expect.arrayContaining(
        ['reference', 'reference-article', 'article', 'nchan', 'telegram', 'matrix', 'consul', 'sqs'].map(
          (name) => `${name}.yaml`,
        ),
      ),
    );
  });
});
